import { CONTRACTS, type Contract } from './claims.ts';
import { Phase } from './ghosts.ts';
import { FOREIGN_RECLAIM_VERDICTS, type Relation } from './judgement.ts';
import { OBJECT_SIZE } from './object-kinds.ts';
import type { World } from './world.ts';

const ANY = CONTRACTS.indexOf('any');

/** The operations that make and end objects: alloc, free, abandon, churn, and extras that retire. */
export class ObjectLife {
  readonly #world: World;
  /** Whether a client may keep using stale references, so that a re-issue is a finding. */
  readonly #keepsStale: boolean;

  constructor(world: World, contract: Contract) {
    this.#world = world;
    this.#keepsStale = CONTRACTS.indexOf(contract) >= ANY;
  }

  /** `x = alloc`: answers whether a reference was issued. */
  alloc(variable: number, kind: number, size: number): boolean {
    const world = this.#world;
    const object = this.#create(kind, size);
    if (object < 0) return false;
    const { objects, roles } = world;
    world.assign(variable, object, objects.bitsLow[object], objects.bitsHigh[object], roles.created.provenance);
    return true;
  }

  /** `free x`: the destroy role through a reference, whatever it is. */
  free(variable: number): void {
    const world = this.#world;
    const { references } = world;
    const object = world.objectOf(variable);
    this.#destroy(
      object,
      variable,
      references.low[variable],
      references.high[variable],
      references.provenance[variable],
    );
  }

  /** `abandon x`: the object's memory is freed behind the representation's back. */
  abandon(variable: number): void {
    const world = this.#world;
    const { objects, bytes } = world;
    const object = world.objectOf(variable);
    const fault = bytes.free(
      object,
      objects.addressLow[object],
      objects.addressHigh[object],
      objects.provenance[object],
    );
    world.observer?.phase(objects.identity[object], 'abandoned');
    if (fault !== 0) world.violateFault(fault, { variable, object: world.identityOf(object) });
    else world.setReclaimed(object);
  }

  /**
   * `churn N KIND`: N times alloc and free of an object that no variable names. Ends early when nothing can be issued, or at the
   * first verdict when `stopAtFirst`.
   */
  churn(times: number, kind: number, stopAtFirst: boolean): void {
    const world = this.#world;
    const { objects, violations } = world;
    for (world.round = 0; world.round < times; world.round++) {
      const object = this.#create(kind, OBJECT_SIZE);
      if (object < 0) break;
      this.#destroy(object, -1, objects.bitsLow[object], objects.bitsHigh[object], world.roles.created.provenance);
      if (stopAtFirst && violations.length > 0) break;
    }
  }

  /** An extra that retires every object: those that it did not reclaim itself are given back by the client. */
  retireAll(call: () => void): void {
    const world = this.#world;
    const { objects, bytes } = world;
    world.retiresAll = true;
    try {
      call();
    } finally {
      world.retiresAll = false;
    }
    for (let object = 0; object < objects.limit; object++) {
      const phase = objects.phase[object];
      if (phase !== Phase.live && phase !== Phase.retired) continue;
      const fault = bytes.free(
        object,
        objects.addressLow[object],
        objects.addressHigh[object],
        objects.provenance[object],
      );
      if (fault !== 0) world.violateFault(fault, { object: objects.identity[object] });
      else world.setReclaimed(object);
    }
  }

  /** Runs an extra that retires the object of its reference. */
  retire(variable: number, call: () => void): void {
    const world = this.#world;
    const object = world.objectOf(variable);
    this.#retire(object, variable, call);
  }

  #create(kind: number, size: number): number {
    const world = this.#world;
    const { objects, roles } = world;
    const object = objects.take(kind, size);
    if (!this.#place(object, kind, size)) return -1;
    try {
      roles.create(objects.addressLow[object], objects.addressHigh[object], objects.provenance[object], kind, size);
    } catch (stopped) {
      this.#giveUp(object);
      throw stopped;
    }
    if (!roles.created.present) {
      this.#giveUp(object);
      if (objects.live < world.capacity)
        world.violate('exhausted', { event: 'create', object: objects.identity[object] });
      return -1;
    }
    this.#issue(object, roles.created.low, roles.created.high);
    return object;
  }

  /** Finds memory for an object and writes its bytes. */
  #place(object: number, kind: number, size: number): boolean {
    const world = this.#world;
    const { roles, bytes } = world;
    let fault = 0;
    if (roles.allocate === undefined || roles.allocated === undefined) fault = bytes.allocate(object);
    else {
      roles.allocate(0, 0, 0, kind, size);
      if (!roles.allocated.present) {
        world.objects.phase[object] = Phase.reclaimed;
        world.objects.release(object);
        if (world.objects.live < world.capacity) world.violate('exhausted', { event: 'create' });
        return false;
      }
      bytes.place(object, roles.allocated.low, roles.allocated.high, roles.allocated.provenance);
    }
    if (fault === 0) fault = bytes.initialise(object);
    if (fault === 0) return true;
    world.violateFault(fault, { event: 'create', object: world.objects.identity[object] });
    world.objects.phase[object] = Phase.reclaimed;
    world.objects.release(object);
    return false;
  }

  #issue(object: number, low: number, high: number): void {
    const world = this.#world;
    const { objects, observer, issued } = world;
    world.creates++;
    objects.live++;
    objects.phase[object] = Phase.live;
    objects.bitsLow[object] = low;
    objects.bitsHigh[object] = high;
    const kept = this.#keepsStale ? world.retired.find(objects, low, high) : -1;
    if (kept >= 0) {
      const variable = world.references.object.indexOf(kept);
      world.violate('aba', {
        event: 'reissue',
        relation: 'stale',
        variable,
        object: objects.identity[kept],
        found: objects.identity[object],
      });
    }
    issued?.add(low, high, object, objects.identity[object]);
    observer?.phase(objects.identity[object], 'created');
    observer?.issued(object);
  }

  /** A create that answered nothing, or that ended in a fault or a panic: the client frees the memory that it had prepared. */
  #giveUp(object: number): void {
    const { objects, bytes } = this.#world;
    bytes.free(object, objects.addressLow[object], objects.addressHigh[object], objects.provenance[object]);
    objects.phase[object] = Phase.reclaimed;
    objects.release(object);
  }

  #destroy(object: number, variable: number, low: number, high: number, provenance: number): void {
    const world = this.#world;
    const kind = object < 0 ? 0 : world.objects.kind[object];
    const size = object < 0 ? 0 : world.objects.size[object];
    const relation = this.#beginRetirement(object);
    try {
      world.roles.destroy(low, high, provenance, kind, size);
    } finally {
      this.#endRetirement(object, relation);
    }
    this.#judgeForeign(relation, object, variable);
  }

  #retire(object: number, variable: number, call: () => void): void {
    const relation = this.#beginRetirement(object);
    try {
      call();
    } finally {
      this.#endRetirement(object, relation);
    }
    this.#judgeForeign(relation, object, variable);
  }

  #beginRetirement(object: number): Relation {
    const world = this.#world;
    const relation = world.relationTo(object);
    world.foreign = -1;
    if (relation === 'live') {
      world.objects.phase[object] = Phase.retiring;
      world.objects.live--;
    }
    return relation;
  }

  #endRetirement(object: number, relation: Relation): void {
    if (relation !== 'live') return;
    const world = this.#world;
    world.observer?.phase(world.objects.identity[object], 'retired');
    world.endRetirement(object);
  }

  #judgeForeign(relation: Relation, object: number, variable: number): void {
    const world = this.#world;
    const { foreign } = world;
    if (foreign < 0) return;
    world.violate(FOREIGN_RECLAIM_VERDICTS[relation], {
      event: 'destroy',
      relation,
      variable,
      object: world.identityOf(object),
      found: world.identityOf(foreign),
    });
  }
}
