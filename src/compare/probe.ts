import type { Engine, Host } from '../model/ir/engine.ts';
import { compileSequential } from '../model/ir/sequential/sequential-engine.ts';
import { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE, type ClientProgram, type OpcodeName } from '../model/machine/client-program.ts';
import type { Instance } from '../model/machine/instance.ts';
import { OBJECT_SIZE } from '../model/machine/object-kinds.ts';
import { Memory } from '../model/memory/memory.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { Random } from '../model/vocabulary/random.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';

/** The largest number of rounds that a probe churns one slot. */
export const PROBED_ROUNDS = 1 << 22;
const FORGED_TRIES = 4096;
const LIVE_OBJECTS = 16;
const KIND = 2;

/** What running a representation shows about stale and forged references, one thread. */
export interface Measured {
  /** Reuses until the first handle came back, by running; null when it did not within `roundsProbed`. */
  readonly reusesToAba: number | null;
  /** Rounds of create and destroy that the probe ran; fewer than {@link PROBED_ROUNDS} when creates were exhausted. */
  readonly roundsProbed: number;
  /** Whether creates ran out on one slot's churn. */
  readonly exhausted: boolean;
  /** What a use right after free gave: `refused`, or a verdict. */
  readonly staleUse: VerdictCode | 'refused';
  /** What it gave when the next object had taken the freed memory. */
  readonly staleUseAfterReuse: VerdictCode | 'refused';
  /** Share of uniformly random bit patterns of the reference's width that were accepted with 16 live objects. */
  readonly randomBitsAccepted: number;
  /** Share of one-bit corruptions of live references that were accepted. */
  readonly bitFlipsAccepted: number;
}

/** Runs the probes on fresh objects; the same answers every time. */
export function probe(instance: Instance, machine: MachineSettings): Measured {
  const churn = probeChurn(instance, machine);
  return {
    ...churn,
    staleUse: verdictAfter(instance, machine, [
      ['alloc', 0, KIND, OBJECT_SIZE],
      ['free', 0],
      ['use', 0],
    ]),
    staleUseAfterReuse: verdictAfter(instance, machine, [
      ['alloc', 0, KIND, OBJECT_SIZE],
      ['free', 0],
      ['alloc', 1, KIND, OBJECT_SIZE],
      ['use', 0],
    ]),
    randomBitsAccepted: acceptedShare(instance, machine, randomForgeries(instance)),
    bitFlipsAccepted: acceptedShare(instance, machine, corruptions(instance)),
  };
}

type Step = readonly [name: OpcodeName, ...operands: number[]];

function programOf(steps: readonly Step[]): ClientProgram {
  const code = new Int32Array(steps.length * STRIDE);
  steps.forEach(([name, ...operands], number) => code.set([Opcode[name], ...operands], number * STRIDE));
  return { code, callbacks: new Map() };
}

function clientFor(instance: Instance, machine: MachineSettings, forges: boolean): Client {
  const random = new Random(0);
  const makeEngine = (host: Host): Engine => compileSequential(instance.program, host);
  return new Client(instance, new Memory(machine, random), makeEngine, { contract: 'any', forges, random });
}

function probeChurn(
  instance: Instance,
  machine: MachineSettings,
): Pick<Measured, 'reusesToAba' | 'roundsProbed' | 'exhausted'> {
  const client = clientFor(instance, machine, false);
  const { world } = client;
  client.run(
    programOf([
      ['alloc', 0, KIND, OBJECT_SIZE],
      ['free', 0],
    ]),
  );
  world.violations.length = 0;
  client.stopAtFirst = true;
  client.run(programOf([['churn', PROBED_ROUNDS, 0, KIND]]));
  const first = world.violations[0];
  const reissue = first?.event === 'reissue';
  return {
    reusesToAba: reissue ? first.round + 1 : null,
    roundsProbed: world.round,
    exhausted: first?.code === 'exhausted',
  };
}

/** The first verdict of the last step, or `refused` when it gave none. */
function verdictAfter(instance: Instance, machine: MachineSettings, steps: readonly Step[]): VerdictCode | 'refused' {
  const client = clientFor(instance, machine, false);
  const program = programOf(steps);
  for (let operation = 0; operation < steps.length; operation++) client.step(program, operation);
  const last = client.world.violations.find((violation) => violation.operation === steps.length - 1);
  return last?.code ?? 'refused';
}

function randomForgeries({ reference }: Instance): readonly Step[] {
  const random = new Random(1);
  const width = reference.layout?.width ?? (reference.kind === 'word' ? reference.width : 64);
  const highMask = width > 32 ? 2 ** (width - 32) - 1 : 0;
  return Array.from(
    { length: FORGED_TRIES },
    () => ['forge', LIVE_OBJECTS, random.next(), random.next() & highMask] as const,
  );
}

function corruptions({ reference }: Instance): readonly Step[] {
  const width = reference.kind === 'word' ? reference.width : 64;
  const bits = Array.from({ length: width }, (_, bit) => bit);
  return Array.from({ length: LIVE_OBJECTS }, (_, variable) => variable).flatMap((variable) =>
    bits.map((bit) => ['corrupt', LIVE_OBJECTS, variable, bit] as const),
  );
}

/** Forged bits that happen to be issued ones count as copies, not as forgeries. */
function acceptedShare(instance: Instance, machine: MachineSettings, forgeries: readonly Step[]): number {
  const client = clientFor(instance, machine, true);
  const allocations = Array.from(
    { length: LIVE_OBJECTS },
    (_, variable) => ['alloc', variable, KIND, OBJECT_SIZE] as const,
  );
  const { violations } = client.world;
  const setUp = programOf(allocations);
  for (let operation = 0; operation < LIVE_OBJECTS; operation++) client.step(setUp, operation);
  let accepted = 0;
  for (const forgery of forgeries) {
    violations.length = 0;
    const program = programOf([forgery, ['use', LIVE_OBJECTS]]);
    client.step(program, 0);
    client.step(program, 1);
    if (violations.some(({ code }) => code === 'forged-handle')) accepted++;
  }
  return accepted / forgeries.length;
}
