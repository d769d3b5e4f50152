import { writeAtomically } from '../cli/atomic-file.ts';
import type { FuzzFinding } from '../fuzz/case-finding.ts';
import { fuzz as searchTargets } from '../fuzz/fuzz.ts';
import type { TargetReport } from '../fuzz/search.ts';
import type { FuzzEngine, FuzzTarget } from '../fuzz/target.ts';
import type { Contract } from '../model/machine/claims.ts';
import type { Representation } from '../model/machine/definition.ts';
import type { Finding } from '../model/machine/finding.ts';
import { instantiate } from '../model/machine/instance.ts';
import type { ParameterValue } from '../model/machine/parameters.ts';
import { parseScenario } from '../model/scenario/parser.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import { MACHINE_SETTINGS, type MachineSettings } from '../model/vocabulary/machine.ts';

/** What is held fixed while a representation is searched or generated for; everything else varies. */
export interface TargetOptions {
  /** Parameters that keep these values; the others are tried at their defaults and near them. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Machine settings that keep these values; the others vary. */
  readonly machine?: Partial<MachineSettings>;
  /** The widest contract that clients may use; `bypass`, which allows everything, unless given. */
  readonly client?: Contract;
  /** The mutant that runs instead of the representation, such as `drop-guard:resolve/same-generation`. */
  readonly mutant?: string;
}

export interface FuzzOptions extends TargetOptions {
  /** A 32-bit integer; 1 unless given. Equal seeds and `runs` give equal reports but for rates. */
  readonly seed?: number;
  /** Executions of client programs; 8192 unless given. Not together with `timeMs`. */
  readonly runs?: number;
  /** Wall time in milliseconds instead of a number of executions; what is found then depends on the speed of the machine. */
  readonly timeMs?: number;
  /** What makes the programs; `native`, provsim's own generator, unless given. */
  readonly engine?: FuzzEngine;
  /** Scenario texts to start from, all of this representation. */
  readonly corpus?: readonly string[];
  /** Ends soon after the first broken claim. */
  readonly stopOnFinding?: boolean;
  /** Folder that cases are written to, as `FOLDER/REPRESENTATION/SIGNATURE.scenario`, each as soon as it is found; nothing is
   * written unless given.
   */
  readonly folder?: string;
}

/** A finding with its case. */
export interface FoundCase extends Finding {
  /** The minimal scenario as text: what `repro` takes, and what a corpus keeps. */
  readonly scenario: string;
}

/** What a search of one representation did and found. */
export interface FuzzReport extends Omit<TargetReport, 'findings'> {
  /** Whether no claim is broken; known hazards do not count. */
  readonly ok: boolean;
  readonly seed: number;
  /** Each cause once, minimal and seen in two runs, in the order in which they were found. */
  readonly findings: readonly FoundCase[];
}

export const DEFAULT_SEED = 1;
export const DEFAULT_RUNS = 8192;
/** Where a case is said to stand when it is not written anywhere: where the command would put it. */
export const DEFAULT_FOLDER = '.provsim/findings';
const CLOCK = (): number => performance.now();

/**
 * Searches one representation for verdicts, in this thread: client programs, parameters and machine settings vary, findings come
 * out minimal. A broken claim does not throw; it is in the report.
 *
 * @throws InputError for an unknown parameter, machine setting or mutant, a value that is not accepted, or a corpus text that is
 * no scenario of this representation
 */
export async function fuzz(representation: Representation, options: FuzzOptions = {}): Promise<FuzzReport> {
  const { seed = DEFAULT_SEED, runs, timeMs, engine = 'native', corpus = [], stopOnFinding = false, folder } = options;
  if (runs !== undefined && timeMs !== undefined)
    throw new InputError('usage', 'expected either runs or timeMs, found both', {}, 'either runs or timeMs');
  const { runs: reports } = await searchTargets(
    {
      targets: [{ ...targetOf(representation, options), engine, corpus: scenariosOf(representation, corpus) }],
      seed,
      budget: timeMs === undefined ? { runs: runs ?? DEFAULT_RUNS } : { deadline: CLOCK() + timeMs },
      jobs: 1,
      folder: folder ?? DEFAULT_FOLDER,
      ...(stopOnFinding && { stopOn: ({ status }: Finding) => status === 'broken-claim' }),
    },
    { clock: CLOCK, ...(folder !== undefined && { onFinding: writeCase }) },
  );
  const [{ findings, ...rest }] = reports;
  const cases = findings.map(foundCase);
  return { ok: cases.every(({ status }) => status !== 'broken-claim'), seed, ...rest, findings: cases };
}

export function foundCase({ finding, text }: FuzzFinding): FoundCase {
  return { ...finding, scenario: text };
}

/** Writes a case to where its finding says that it is. */
export function writeCase({ finding, text }: FuzzFinding): void {
  writeAtomically(finding.case, text);
}

/**
 * A representation with what is held fixed, checked before anything runs.
 * @throws InputError
 */
export function targetOf(
  representation: Representation,
  { parameters = {}, machine = {}, client, mutant }: TargetOptions,
): FuzzTarget {
  checkMachine(machine);
  instantiate(representation, parameters, mutant);
  return {
    representation,
    source: { id: representation.id },
    parameters,
    machine,
    ...(client !== undefined && { client }),
    ...(mutant !== undefined && { mutant }),
  };
}

function checkMachine(machine: Partial<MachineSettings>): void {
  for (const [name, value] of Object.entries(machine)) {
    const setting = MACHINE_SETTINGS.find((each) => each.name === name);
    const expected = setting?.expected ?? `a machine setting (${MACHINE_SETTINGS.map((each) => each.name).join(', ')})`;
    if (setting === undefined || !setting.accepts.test(String(value)))
      throw new InputError(
        'bad-machine',
        `machine.${name}: expected ${expected}, found ${setting === undefined ? name : String(value)}`,
        {},
        expected,
      );
  }
}

function scenariosOf(representation: Representation, texts: readonly string[]): readonly Scenario[] {
  const lookup = (id: string) => (id === representation.id ? representation : undefined);
  return texts.map((text, index) => parseScenario(text, `corpus[${index}]`, lookup, [representation.id]));
}
