import * as ghosts from './ghosts.ts';
import { FOREIGN_RECLAIM_VERDICTS, type Relation } from './judgement.ts';
import { OBJECT_SIZE } from './object-kinds.ts';
import type { World } from './world.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const {
  ADDRESS_HIGH,
  ADDRESS_LOW,
  BITS_HIGH,
  BITS_LOW,
  HIGH,
  IDENTITY,
  KIND,
  LOW,
  OBJECT_ROW,
  PHASE,
  PROVENANCE,
  SIZE,
  VARIABLE_PROVENANCE,
} = ghosts;
const { live: LIVE, reclaimed: RECLAIMED, retired: RETIRED, retiring: RETIRING } = ghosts.Phase;

/** The operations that make and end objects: alloc, free, abandon, churn, and extras that retire. */
export class ObjectLife {
  readonly #world: World;
  /** The provenance of the reference that the last create issued, when references are pointers. */
  #createdProvenance = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** `x = alloc`: answers whether a reference was issued. */
  alloc(variable: number, kind: number, size: number): boolean {
    const world = this.#world;
    const object = this.#create(kind, size);
    if (object < 0) return false;
    const { rows } = world.objects;
    world.assign(variable, object, rows[object + BITS_LOW], rows[object + BITS_HIGH], this.#createdProvenance);
    return true;
  }

  /** `free x`: the destroy role through a reference, whatever it is. */
  free(variable: number): void {
    const world = this.#world;
    const { references } = world;
    const { rows } = references;
    const row = references.at(variable);
    const object = world.objectOf(variable);
    this.#destroy(object, variable, rows[row + LOW], rows[row + HIGH], rows[row + VARIABLE_PROVENANCE]);
  }

  /** `abandon x`: the object's memory is freed behind the representation's back. */
  abandon(variable: number): void {
    const world = this.#world;
    const { objects, bytes } = world;
    const object = world.objectOf(variable);
    const fault = bytes.freeOwn(object);
    world.observer?.phase(objects.rows[object + IDENTITY], 'abandoned');
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
      const { rows } = objects;
      this.#destroy(object, -1, rows[object + BITS_LOW], rows[object + BITS_HIGH], this.#createdProvenance);
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
    for (let object = 0; object < objects.limit; object += OBJECT_ROW) {
      const phase = objects.rows[object + PHASE];
      if (phase !== LIVE && phase !== RETIRED) continue;
      const fault = bytes.freeOwn(object);
      if (fault !== 0) world.violateFault(fault, { object: world.identityOf(object) });
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
    const { rows } = objects;
    try {
      roles.create(rows[object + ADDRESS_LOW], rows[object + ADDRESS_HIGH], rows[object + PROVENANCE], kind, size);
    } catch (stopped) {
      this.#giveUp(object);
      throw stopped;
    }
    const { present, low, high, provenance } = roles.created;
    if (!present) return this.#refuse(object);
    this.#createdProvenance = provenance;
    this.#issue(object, low, high);
    return object;
  }

  /** A create that answered nothing: right only when the table is full. */
  #refuse(object: number): number {
    const world = this.#world;
    this.#giveUp(object);
    if (world.objects.live < world.capacity)
      world.violate('exhausted', { event: 'create', object: world.identityOf(object) });
    return -1;
  }

  /** Finds memory for an object and writes its bytes. */
  #place(object: number, kind: number, size: number): boolean {
    const { roles, bytes } = this.#world;
    if (roles.allocate !== undefined) return this.#placeInside(object, kind, size);
    const fault = bytes.allocate(object);
    return fault === 0 || this.#fail(object, fault);
  }

  /** The representation finds the memory. */
  #placeInside(object: number, kind: number, size: number): boolean {
    const world = this.#world;
    const { allocate, allocated } = world.roles;
    allocate?.(0, 0, 0, kind, size);
    if (allocated === undefined || !allocated.present) {
      this.#drop(object);
      if (world.objects.live < world.capacity) world.violate('exhausted', { event: 'create' });
      return false;
    }
    const fault = world.bytes.place(object, allocated.low, allocated.high, allocated.provenance);
    return fault === 0 || this.#fail(object, fault);
  }

  /** An object that got no memory, or memory that may not be written. */
  #fail(object: number, fault: number): false {
    const world = this.#world;
    world.violateFault(fault, { event: 'create', object: world.identityOf(object) });
    this.#drop(object);
    return false;
  }

  #drop(object: number): void {
    const { objects } = this.#world;
    objects.rows[object + PHASE] = RECLAIMED;
    objects.release(object);
  }

  #issue(object: number, low: number, high: number): void {
    const world = this.#world;
    const { objects, observer, issued } = world;
    world.creates++;
    objects.live++;
    const { rows } = objects;
    rows[object + PHASE] = LIVE;
    rows[object + BITS_LOW] = low;
    rows[object + BITS_HIGH] = high;
    if (world.retired !== undefined) this.#judgeReissue(object, world.retired.find(objects, low, high));
    if (issued !== undefined) issued.add(low, high, object, rows[object + IDENTITY]);
    if (observer === undefined) return;
    observer.phase(rows[object + IDENTITY], 'created');
    observer.issued(object);
  }

  /** The bits of a new object are those of a retired one (-1: of none) that a client still has. */
  #judgeReissue(object: number, kept: number): void {
    if (kept < 0) return;
    const world = this.#world;
    world.violate('aba', {
      event: 'reissue',
      relation: 'stale',
      variable: world.references.naming(kept),
      object: world.identityOf(kept),
      found: world.identityOf(object),
    });
  }

  /** A create that answered nothing, or that ended in a fault or a panic: the client frees the memory that it had prepared. */
  #giveUp(object: number): void {
    this.#world.bytes.freeOwn(object);
    this.#drop(object);
  }

  #destroy(object: number, variable: number, low: number, high: number, provenance: number): void {
    const world = this.#world;
    const { rows } = world.objects;
    const kind = object < 0 ? 0 : rows[object + KIND];
    const size = object < 0 ? 0 : rows[object + SIZE];
    const relation = this.#beginRetirement(object);
    try {
      world.roles.destroy(low, high, provenance, kind, size);
    } catch (stopped) {
      this.#endRetirement(object, relation);
      throw stopped;
    }
    this.#endRetirement(object, relation);
    if (world.foreign >= 0) this.#judgeForeign(relation, object, variable);
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
      world.objects.rows[object + PHASE] = RETIRING;
      world.objects.live--;
    }
    return relation;
  }

  #endRetirement(object: number, relation: Relation): void {
    if (relation !== 'live') return;
    const world = this.#world;
    world.observer?.phase(world.identityOf(object), 'retired');
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
