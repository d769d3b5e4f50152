/**
 * The settings of the abstract machine, as a scenario's `machine` line spells them (design 3 and 5). They are data: the parser,
 * the printer, the command's `--machine` and the fuzzer's search all read {@link MACHINE_SETTINGS}.
 */
export interface MachineSettings {
  /** Which address a new allocation gets: `lifo`, `bump`, `reuse` or `quarantine:N` (N freed blocks are held back). */
  readonly addresses: string;
  /** User addresses lie in [0, 2^hostBits). */
  readonly hostBits: 32 | 47 | 48 | 52 | 57;
  /** Whether fresh addresses come from the bottom or from the top of the user address range. */
  readonly placement: 'low' | 'high';
  /** Integer to pointer: a wildcard (permissive) or `exposed-provenance` (strict). */
  readonly provenance: 'permissive' | 'strict';
  /** Alignment judged by the real address, or by what the allocation promised (symbolic). */
  readonly alignment: 'real' | 'symbolic';
  /** The memory model: which value a load may read. */
  readonly model: 'sc' | 'rc11';
}

export const DEFAULT_MACHINE: MachineSettings = {
  addresses: 'lifo',
  hostBits: 48,
  placement: 'low',
  provenance: 'permissive',
  alignment: 'real',
  model: 'sc',
};

interface MachineSetting {
  readonly name: keyof MachineSettings;
  readonly expected: string;
  readonly accepts: RegExp;
  readonly values: readonly (string | number)[];
}

/** Every setting in the order in which it is printed, the words it accepts, and the values that a search tries. */
export const MACHINE_SETTINGS: readonly MachineSetting[] = [
  {
    name: 'addresses',
    expected: 'lifo, bump, reuse or quarantine:N',
    accepts: /^(lifo|bump|reuse|quarantine:(0|[1-9][0-9]{0,5}))$/,
    values: ['lifo', 'bump', 'reuse', 'quarantine:4'],
  },
  {
    name: 'hostBits',
    expected: '32, 47, 48, 52 or 57',
    accepts: /^(32|47|48|52|57)$/,
    values: [48, 32, 47, 52, 57],
  },
  { name: 'placement', expected: 'low or high', accepts: /^(low|high)$/, values: ['low', 'high'] },
  {
    name: 'provenance',
    expected: 'permissive or strict',
    accepts: /^(permissive|strict)$/,
    values: ['permissive', 'strict'],
  },
  { name: 'alignment', expected: 'real or symbolic', accepts: /^(real|symbolic)$/, values: ['real', 'symbolic'] },
  { name: 'model', expected: 'sc or rc11', accepts: /^(sc|rc11)$/, values: ['sc', 'rc11'] },
];

/**
 * The settings with one of them given as text. Returns the text of what was expected instead when the name or value is unknown.
 * A host wider than 48 bits places fresh addresses high unless placement is set too: it is chosen to see what the upper bits do.
 */
export function withMachineSetting(
  settings: MachineSettings,
  name: string,
  value: string,
): MachineSettings | { readonly expected: string } {
  const setting = MACHINE_SETTINGS.find((candidate) => candidate.name === name);
  if (setting === undefined)
    return { expected: `a machine setting (${MACHINE_SETTINGS.map((each) => each.name).join(', ')})` };
  if (!setting.accepts.test(value)) return { expected: setting.expected };
  if (name === 'hostBits') {
    const hostBits = Number(value) as MachineSettings['hostBits'];
    return { ...settings, hostBits, placement: hostBits > 48 ? 'high' : settings.placement };
  }
  return { ...settings, [name]: value };
}
