import type { Contract } from '../model/machine/claims.ts';
import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import type { Representation } from '../model/machine/definition.ts';
import type { Finding } from '../model/machine/finding.ts';
import { defaultsOf, type ParameterValue } from '../model/machine/parameters.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../model/vocabulary/machine.ts';
import { decodeProgram } from './byte-program.ts';
import { caseFinding } from './case-finding.ts';
import { ConfigurationSpace } from './configuration.ts';
import { forges, HarnessCache, type Harness } from './harness.ts';
import { minimise } from './minimise/minimise.ts';
import { observe, symptomKey } from './observation.ts';
import { churnTimes, setChurnTimes } from './operations.ts';
import type { FuzzTarget } from './target.ts';

export interface ByteTargetOptions {
  /** Parameters that are not at their defaults. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** Settings of the machine that are not at their defaults. */
  readonly machine?: Partial<MachineSettings>;
  /** The widest contract that clients may use; all of them when it is absent. */
  readonly client?: Contract;
  /** The mutant that runs instead of the representation. */
  readonly mutant?: string;
  /** Rounds of all churns of one input together; 2^16 + 2^8 unless given, which wraps fields of up to 16 bits. At most 2^8 for inputs that forge. */
  readonly rounds?: number;
  /** Counts how often coverage points of the representation were reached, by name, for a fuzzer that can be told about them. */
  readonly counters?: Record<string, number>;
  /** A finding as the error's message; a summary and the case unless given. */
  readonly render?: (finding: Finding, text: string) => string;
}

/** A claim that an input breaks. */
export class BrokenClaim extends Error {
  readonly finding: Finding;
  /** The minimal case, as the text of a scenario. */
  readonly text: string;

  constructor(finding: Finding, text: string, message: string) {
    super(message);
    this.name = 'BrokenClaim';
    this.finding = finding;
    this.text = text;
  }
}

/** A whole wrap of 16 bits and a little more. */
const ROUNDS = 2 ** 16 + 2 ** 8;
/** Inputs that forge bits remember every reference that was issued, which makes a round slow. */
const FORGING_ROUNDS = 2 ** 8;

/**
 * A target for byte fuzzers (jsfuzz, Jazzer.js, OSS-Fuzz): it takes the bytes for a program of clients, runs it on one
 * configuration of the representation, and throws when a claim breaks. What breaks no claim is nobody's crash. The same bytes
 * always do the same, in any process.
 *
 * @throws InputError when the parameters do not go together
 */
export function makeTarget(
  representation: Representation,
  options: ByteTargetOptions = {},
): (data: Uint8Array) => void {
  const { rounds = ROUNDS, client, mutant, counters, render = plainText } = options;
  const parameters = { ...defaultsOf(representation.parameters), ...options.parameters };
  const machine = { ...DEFAULT_MACHINE, ...options.machine };
  const target: FuzzTarget = {
    representation,
    source: { id: representation.id },
    parameters,
    machine,
    ...(client !== undefined && { client }),
    ...(mutant !== undefined && { mutant }),
  };
  const harnesses = new HarnessCache(target);
  // Every setting is fixed, so that there is one configuration.
  const space = new ConfigurationSpace(target);
  const harness = harnesses.get(space.base);
  const harmless = new Set<string>();
  const names = namesOf(harness);
  return (data) => {
    const { code } = decodeProgram(data, harness.shape);
    const forging = forges(code);
    limitRounds(code, forging ? Math.min(rounds, FORGING_ROUNDS) : rounds);
    const violation = harness.execute(code, forging);
    if (counters !== undefined) count(harness, names, counters);
    if (violation === undefined) return;
    // Verdicts that look alike are one: what the first of them was is not asked again.
    const observed = observe(harness, code);
    const key = observed && symptomKey(observed.symptom);
    if (key === undefined || harmless.has(key)) return;
    const minimal = minimise(harnesses, space, { configuration: space.base, code }, () => false);
    const found = minimal && caseFinding(target, harness.shape, minimal, '.provsim/findings');
    if (found?.finding.status === 'broken-claim')
      throw new BrokenClaim(found.finding, found.text, render(found.finding, found.text));
    harmless.add(key);
  };
}

/** Shortens churns, in order, so that they have no more rounds together. */
function limitRounds(code: Int32Array, rounds: number): void {
  let left = rounds;
  for (let at = 0; at < code.length; at += STRIDE) {
    if (code[at] !== Opcode.churn) continue;
    const times = Math.min(churnTimes(code, at), left);
    setChurnTimes(code, at, times);
    left -= times;
  }
}

function namesOf({ instance }: Harness): readonly string[] {
  return instance.program.points.map(
    ({ id, entry, owner, name, outcome }) => `${id} ${entry}/${owner}/${name}:${outcome}`,
  );
}

function count({ client }: Harness, names: readonly string[], counters: Record<string, number>): void {
  if (client === undefined) return;
  const { coverage } = client.world.engine;
  for (let point = 0; point < names.length; point++)
    counters[names[point]] = (counters[names[point]] ?? 0) + coverage[point];
}

function plainText({ summary }: Finding, text: string): string {
  return `${summary}\n\n${text}`;
}
