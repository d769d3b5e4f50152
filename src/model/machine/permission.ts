import { CONTRACTS, type Contract } from './claims.ts';
import { Opcode } from './client-program.ts';
import { Phase } from './ghosts.ts';
import type { World } from './world.ts';

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
  switch (opcode) {
    case Opcode.free:
      return forDestroy(world, a);
    case Opcode.use:
      return forUse(world, a);
    case Opcode.hold:
      return world.pointers.isHeld[a] === 1 ? IMPOSSIBLE : forUse(world, b);
    case Opcode.touch:
    case Opcode.drop:
      return world.pointers.isHeld[a] === 1 ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.copy:
      return world.references.isSet[b] === 1 ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.forge:
      return ANY;
    case Opcode.corrupt:
      return world.references.isSet[b] === 1 ? ANY : IMPOSSIBLE;
    case Opcode.abandon:
      return isLive(world, a) ? BYPASS : IMPOSSIBLE;
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

function isLive(world: World, reference: number): boolean {
  const object = world.references.object[reference];
  return world.references.isSet[reference] === 1 && object >= 0 && world.objects.phase[object] === Phase.live;
}

function forUse(world: World, reference: number): number {
  if (world.references.isSet[reference] === 0) return IMPOSSIBLE;
  return isLive(world, reference) && world.references.isForged[reference] === 0 ? EXCLUSIVE : ANY;
}

function forDestroy(world: World, reference: number): number {
  const use = forUse(world, reference);
  if (use !== EXCLUSIVE) return use;
  return world.objects.holds[world.references.object[reference]] > 0 ? VALID : EXCLUSIVE;
}

function forExtra(world: World, extra: number, argument: number): number {
  const effect = world.effects[extra];
  if (world.takesReference[extra] && effect === 'none') return forUse(world, argument);
  if (effect === 'retires') return forDestroy(world, argument);
  return effect === 'retiresAll' && world.heldCount > 0 ? VALID : EXCLUSIVE;
}
