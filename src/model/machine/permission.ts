import { CONTRACTS, type Contract } from './claims.ts';
import { Opcode } from './client-program.ts';
import * as ghosts from './ghosts.ts';
import { isOtherKind } from './kind-misuse.ts';
import type { World } from './world.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const { FLAGS, HOLDS, IS_FORGED, IS_SET, OBJECT, PHASE, VARIABLE_SHIFT } = ghosts;
const { live: LIVE } = ghosts.Phase;
const { alloc: ALLOC, free: FREE, use: USE } = Opcode;

const EXCLUSIVE = 0;
const VALID = 1;
const ANY = 2;
const BYPASS = 3;
/** The operation makes no sense here, under any contract. */
const IMPOSSIBLE = 4;

/**
 * The least contract, as a position in `CONTRACTS`, that allows a client to do an operation now (design 4); `IMPOSSIBLE` (4) for
 * operations on variables that hold nothing.
 */
export function requiredContract(world: World, opcode: number, a: number, b: number): number {
  // What clients do most comes first, in a function that is small enough to become part of its caller.
  if (opcode === ALLOC) return EXCLUSIVE;
  if (opcode === USE && b === 0) return forUse(world, a);
  return opcode === FREE ? forDestroy(world, a) : requiredForOther(world, opcode, a, b);
}

function requiredForOther(world: World, opcode: number, a: number, b: number): number {
  switch (opcode) {
    case USE:
      return isOtherKind(world, a, b) ? ANY : forUse(world, a);
    case Opcode.hold:
      return isHeld(world, a) ? IMPOSSIBLE : forUse(world, b);
    case Opcode.touch:
    case Opcode.drop:
      return isHeld(world, a) ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.copy:
      return isSet(world, b) ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.forge:
      return ANY;
    case Opcode.corrupt:
      return isSet(world, b) ? ANY : IMPOSSIBLE;
    case Opcode.abandon:
      return forUse(world, a) === EXCLUSIVE ? BYPASS : IMPOSSIBLE;
    case Opcode.extra:
      return forExtra(world, a, b);
    default:
      return EXCLUSIVE;
  }
}

/** Why an operation was left out, as a scenario's error says it. */
export function refusalText(required: number, contract: Contract): string {
  if (required >= IMPOSSIBLE) return 'an operation on variables that hold something of the right kind';
  return `an operation that clients under "${contract}" may do (this one needs "${CONTRACTS[required]}")`;
}

/**
 * Whether an operation is about a variable that holds nothing, because hold was refused or create answered no reference: then it
 * does nothing.
 */
export function concernsNothing(world: World, opcode: number, a: number, b: number): boolean {
  switch (opcode) {
    case Opcode.touch:
    case Opcode.drop:
      return !isHeld(world, a);
    case Opcode.hold:
    case Opcode.copy:
    case Opcode.corrupt:
      return !isSet(world, b);
    case FREE:
    case USE:
    case Opcode.abandon:
      return !isSet(world, a);
    case Opcode.extra:
      return world.takesReference[a] && !isSet(world, b);
    default:
      return false;
  }
}

function isSet({ references }: World, reference: number): boolean {
  return (references.rows[references.at(reference) + FLAGS] & IS_SET) !== 0;
}

function isHeld({ pointers }: World, pointer: number): boolean {
  return (pointers.rows[pointers.at(pointer) + FLAGS] & IS_SET) !== 0;
}

/** A reference of a live object may be used by everybody; stale and forged ones only under `any`. */
function forUse(world: World, reference: number): number {
  const { rows } = world.references;
  const row = reference << VARIABLE_SHIFT;
  const flags = rows[row + FLAGS];
  if (flags !== IS_SET) return (flags & IS_FORGED) !== 0 ? ANY : IMPOSSIBLE;
  const object = rows[row + OBJECT];
  return object >= 0 && world.objects.rows[object + PHASE] === LIVE ? EXCLUSIVE : ANY;
}

function forDestroy(world: World, reference: number): number {
  const use = forUse(world, reference);
  if (use !== EXCLUSIVE || world.heldCount === 0) return use;
  const { references, objects } = world;
  const object = references.rows[references.at(reference) + OBJECT];
  return objects.rows[object + HOLDS] > 0 ? VALID : EXCLUSIVE;
}

function forExtra(world: World, extra: number, argument: number): number {
  const effect = world.effects[extra];
  if (world.takesReference[extra] && effect === 'none') return forUse(world, argument);
  if (effect === 'retires') return forDestroy(world, argument);
  return effect === 'retiresAll' && world.heldCount > 0 ? VALID : EXCLUSIVE;
}
