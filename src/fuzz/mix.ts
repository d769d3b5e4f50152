import { CONTRACTS, type Contract } from '../model/machine/claims.ts';
import { Opcode } from '../model/machine/client-program.ts';
import type { Random } from '../model/vocabulary/random.ts';
import type { ProgramShape } from './program-shape.ts';

/**
 * What one execution is made of: a random subset of the operations with random weights (swarm testing, Groce et al. 2012), how
 * many variables it uses, and how well its clients behave.
 */
export interface Mix {
  /** Opcodes to draw from, each as often as its weight. */
  readonly opcodes: readonly number[];
  readonly references: number;
  readonly pointers: number;
  /** How often a use or a free goes to a reference that may be stale. */
  readonly stale: number;
  /** The number of operations that is drawn on average. */
  readonly length: number;
  /** One kind and size for all objects, or any. */
  readonly plainObjects: boolean;
  /** How often something is done in a callback that an operation may come by. */
  readonly callbacks: number;
}

/** Opcodes by the least contract that clients need for them at all. */
const FOR_ALL = [Opcode.use, Opcode.hold, Opcode.touch, Opcode.drop, Opcode.copy, Opcode.churn];
const FOR_ANY = [Opcode.forge, Opcode.corrupt];
const LENGTHS = [6, 12, 32, 64];
const STALE = [0.1, 0.3, 0.6];
const CALLBACKS = [0, 0.3, 0.8];

export function drawMix(random: Random, contract: Contract, { extras, callbacks }: ProgramShape): Mix {
  // Manners: half of the executions do less than the contract allows, for what is allowed last ends an execution first.
  const level = random.chance(0.5) ? CONTRACTS.indexOf(contract) : random.below(CONTRACTS.indexOf(contract) + 1);
  const opcodes: number[] = [];
  const add = (opcode: number, weight: number): void => {
    for (let times = 0; times < weight; times++) opcodes.push(opcode);
  };
  add(Opcode.alloc, 2 + random.below(4));
  if (!random.chance(0.1)) add(Opcode.free, 1 + random.below(5));
  for (const opcode of FOR_ALL) if (random.chance(0.5)) add(opcode, 1 + random.below(4));
  if (level >= CONTRACTS.indexOf('any') && random.chance(0.2))
    for (const opcode of FOR_ANY) if (random.chance(0.6)) add(opcode, 1 + random.below(2));
  if (level >= CONTRACTS.indexOf('bypass') && random.chance(0.6)) add(Opcode.abandon, 1 + random.below(3));
  if (extras.length > 0 && random.chance(0.5)) add(Opcode.extra, 1 + random.below(1 + extras.length));
  return {
    opcodes,
    references: 1 + random.below(8),
    pointers: 1 + random.below(3),
    stale: level >= CONTRACTS.indexOf('any') && !random.chance(0.25) ? random.pick(STALE) : 0,
    length: random.pick(LENGTHS),
    plainObjects: random.chance(0.5),
    callbacks: callbacks.length === 0 ? 0 : random.pick(CALLBACKS),
  };
}
