import { HIGH, KIND, LOW, VARIABLE_PROVENANCE } from './ghosts.ts';
import type { World } from './world.ts';

/** Whether a use names another kind than that of the live object behind its reference, and resolve looks at kinds at all. */
export function isOtherKind(world: World, variable: number, kind: number): boolean {
  if (kind === 0 || !world.roles.resolvesByKind) return false;
  const object = world.objectOf(variable);
  return world.relationTo(object) === 'live' && world.objects.rows[object + KIND] !== kind;
}

/**
 * `use x as KIND`: a client that takes a reference for one of another kind, which only wild clients do. Refusing is success; a
 * pointer that comes back has lost the kind on its way, so nothing is read through it.
 */
export function useAsKind(world: World, variable: number, kind: number): void {
  const { references, roles } = world;
  const { rows } = references;
  const row = references.at(variable);
  if (world.heldCount === 0) roles.enter?.(0, 0, 0, 0, 0);
  roles.resolve(rows[row + LOW], rows[row + HIGH], rows[row + VARIABLE_PROVENANCE], kind, 0);
  const { present, low, high, provenance } = roles.resolved;
  if (world.heldCount === 0) roles.leave?.(0, 0, 0, 0, 0);
  if (!present) return;
  const object = world.identityOf(world.objectOf(variable));
  const found = world.identityOf(world.bytes.at(low, high, provenance));
  const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  // The pair of reference and kind was never issued.
  world.violate('type-confusion', { event: 'resolve', relation: 'forged', variable, object, found, address });
}
