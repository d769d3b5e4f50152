import * as ghosts from './ghosts.ts';
import { joined } from './ghosts.ts';
import { HEADER_ALIGNMENT } from './object-memory.ts';
import { SMALLEST_OBJECT } from './object-kinds.ts';
import { isTruncationOf, RESOLVE_VERDICTS, type Found, type Relation } from './judgement.ts';
import type { World } from './world.ts';

// Destructured: a module's own constants are numbers to the JIT, imported ones are loads and checks wherever they stand.
const {
  ADDRESS_HIGH,
  ADDRESS_LOW,
  FLAGS,
  HIGH,
  HOLDS,
  IDENTITY,
  IS_SET,
  KIND,
  LOW,
  OBJECT,
  PHASE,
  SIZE,
  VARIABLE_PROVENANCE,
  VARIABLE_SHIFT,
} = ghosts;
const { live: LIVE, reclaimed: RECLAIMED } = ghosts.Phase;

/** The operations that go through a reference to its object: use, hold, touch, drop. */
export class ReferenceUse {
  readonly #world: World;
  /* What every use needs of the world, one load away. */
  readonly #references: Int32Array;
  readonly #objects: World['objects'];
  readonly #memory: World['memory'];
  readonly #roles: World['roles'];
  readonly #resolved: World['roles']['resolved'];
  /** Whether the representation has critical sections. */
  readonly #hasSections: boolean;
  readonly #isWatched: boolean;
  /** The pointer that the last resolve gave back, and the object that stands there or -1. */
  #low = 0;
  #high = 0;
  #provenance = 0;
  #object = -1;

  constructor(world: World) {
    this.#world = world;
    this.#references = world.references.rows;
    this.#objects = world.objects;
    this.#memory = world.memory;
    this.#roles = world.roles;
    this.#resolved = world.roles.resolved;
    this.#hasSections = world.roles.enter !== undefined || world.roles.leave !== undefined;
    this.#isWatched = world.observer !== undefined;
  }

  /** `use x`: enter, resolve, read the object, leave. */
  use(variable: number): void {
    const world = this.#world;
    const before = world.violations.length;
    const own = world.objectOf(variable);
    if (this.#hasSections) this.#enter();
    this.#callResolve(variable, own);
    // The object cannot end between resolve and touch here, so its record needs no hold.
    if (!this.#isOrdinary(own) && this.#settle(variable, own))
      this.#read(this.#low, this.#high, this.#provenance, this.#object, variable, before);
    if (this.#hasSections) this.#leave();
  }

  /** `hold p = x`: enter and resolve; a refusal leaves at once and p is empty. */
  hold(pointer: number, variable: number): void {
    const world = this.#world;
    const { pointers, objects } = world;
    const own = world.objectOf(variable);
    this.#enter();
    this.#callResolve(variable, own);
    if (!this.#settle(variable, own)) {
      this.#leave();
      return;
    }
    const { rows } = pointers;
    const row = pointers.at(pointer);
    rows[row + LOW] = this.#low;
    rows[row + HIGH] = this.#high;
    rows[row + VARIABLE_PROVENANCE] = this.#provenance;
    rows[row + OBJECT] = this.#object;
    rows[row + FLAGS] = IS_SET;
    if (this.#object >= 0) objects.rows[this.#object + HOLDS]++;
    world.heldCount++;
  }

  /** `touch p`: a plain read of the object's bytes. */
  touch(pointer: number): void {
    const { pointers, violations } = this.#world;
    const { rows } = pointers;
    const row = pointers.at(pointer);
    const before = violations.length;
    this.#read(rows[row + LOW], rows[row + HIGH], rows[row + VARIABLE_PROVENANCE], rows[row + OBJECT], -1, before);
  }

  /** `drop p`: leaves the critical section. */
  drop(pointer: number): void {
    const world = this.#world;
    const { pointers, objects } = world;
    const row = pointers.at(pointer);
    const object = pointers.rows[row + OBJECT];
    pointers.rows[row + FLAGS] = 0;
    world.heldCount--;
    if (object >= 0) {
      objects.rows[object + HOLDS]--;
      objects.release(object);
    }
    this.#leave();
  }

  /** Nested holds of one thread are one critical section: enter runs for the first, leave after the last. */
  #enter(): void {
    if (this.#world.heldCount === 0) this.#world.roles.enter?.(0, 0, 0, 0, 0);
  }

  #leave(): void {
    if (this.#world.heldCount === 0) this.#world.roles.leave?.(0, 0, 0, 0, 0);
  }

  #callResolve(variable: number, own: number): void {
    const rows = this.#references;
    const row = variable << VARIABLE_SHIFT;
    const kind = own < 0 ? 0 : this.#objects.rows[own + KIND];
    this.#roles.resolve(rows[row + LOW], rows[row + HIGH], rows[row + VARIABLE_PROVENANCE], kind, 0);
  }

  /**
   * Whether a live reference led to its object, whose bytes may be read and are what they must be: most uses are so, and this tells
   * it in one pass. Anything else, and anything that somebody watches, is looked at step by step.
   */
  #isOrdinary(own: number): boolean {
    const { rows } = this.#objects;
    if (own < 0 || rows[own + PHASE] !== LIVE || this.#isWatched) return false;
    const { low, high, provenance } = this.#resolved;
    const memory = this.#memory;
    const word = memory.wordOfOwned(low, high, provenance, own, rows[own + SIZE], HEADER_ALIGNMENT);
    if (word < 0) return false;
    const { words } = memory;
    return words[word] === rows[own + IDENTITY] && words[word + 1] === rows[own + KIND];
  }

  /** Judges what resolve answered. Answers whether a pointer came back. */
  #settle(variable: number, own: number): boolean {
    const world = this.#world;
    const { roles, objects } = world;
    const { resolved } = roles;
    if (!resolved.present) {
      this.#judge(variable, own, world.relationTo(own), 'refused', -1);
      return false;
    }
    this.#low = resolved.low;
    this.#high = resolved.high;
    this.#provenance = resolved.provenance;
    const object = world.bytes.at(this.#low, this.#high, this.#provenance);
    this.#object = object;
    const isOwn = object === own && own >= 0;
    // The ordinary case first: a live reference that reached its object.
    if (isOwn && objects.rows[own + PHASE] === LIVE && world.observer === undefined) return true;
    this.#judge(variable, own, world.relationTo(own), isOwn ? 'own' : this.#foundInstead(own, object), object);
    return true;
  }

  #foundInstead(own: number, object: number): Found {
    if (own < 0) return object < 0 ? 'nothing' : 'another';
    const { rows } = this.#world.objects;
    const isOwnAddress = rows[own + ADDRESS_LOW] === this.#low && rows[own + ADDRESS_HIGH] === this.#high;
    // A live object whose memory was taken from under it is still where the reference should lead; the touch tells the rest.
    if (object < 0 && isOwnAddress && rows[own + PHASE] !== RECLAIMED) return 'own';
    const original = joined(rows[own + ADDRESS_LOW], rows[own + ADDRESS_HIGH]);
    if (isTruncationOf(joined(this.#low, this.#high), original)) return 'truncated';
    return object < 0 ? 'nothing' : 'another';
  }

  #judge(variable: number, own: number, relation: Relation, found: Found, object: number): void {
    const world = this.#world;
    const address = found === 'refused' ? 0n : joined(this.#low, this.#high);
    world.observer?.resolved(variable, relation, found, address, world.identityOf(object));
    if (relation === 'stale' || relation === 'forged') {
      const rows = this.#references;
      const row = variable << VARIABLE_SHIFT;
      world.trials.count(relation, found !== 'refused', rows[row + LOW], rows[row + HIGH], world.creates);
    }
    const code = RESOLVE_VERDICTS[relation][found];
    if (code === 'clean') return;
    world.violate(code, {
      event: 'resolve',
      relation,
      variable,
      object: world.identityOf(own),
      found: world.identityOf(object),
      address,
    });
  }

  /**
   * Reads all bytes of an object. The header must be that of the object which was resolved: a wildcard pointer that outlived its
   * object reads, without any fault of memory, the one that stands there now.
   */
  #read(low: number, high: number, provenance: number, object: number, variable: number, before: number): void {
    const world = this.#world;
    const { bytes, objects } = world;
    const size = object < 0 ? SMALLEST_OBJECT : objects.rows[object + SIZE];
    const fault = bytes.touch(low, high, provenance, size);
    if (fault !== 0) {
      world.violateFault(fault, {
        event: 'touch',
        variable,
        object: world.identityOf(object),
        address: joined(low, high),
      });
      return;
    }
    if (object < 0 || world.violations.length > before) return;
    const identity = objects.rows[object + IDENTITY];
    if (bytes.seenIdentity !== identity)
      world.violate('aba', {
        event: 'touch',
        relation: 'stale',
        variable,
        object: identity,
        found: bytes.seenIdentity,
      });
    else if (bytes.seenKind !== objects.rows[object + KIND])
      world.violate('type-confusion', { event: 'touch', variable, object: identity, found: identity });
  }
}
