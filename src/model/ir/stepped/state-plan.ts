import type { Program } from '../program.ts';
import type { ArrayShape, Declaration, MemberShape, Path, ScalarShape } from '../state.ts';
import { componentsOf, widthOf, type ScalarType } from '../type.ts';
import { Protection } from './protection.ts';

/** How one value of the state stands in the row: at `base + number * stride`, with one int32 a component. */
export interface CellPlan {
  readonly type: ScalarType;
  readonly initial: readonly number[];
  /** Records of the array (1 otherwise), threads that have their own (1 for shared state), and elements of a growing container. */
  readonly count: number;
  readonly owners: number;
  readonly elements: number;
  readonly base: number;
  readonly stride: number;
  /** The number of the first location of these cells in the order's table; -1 when nothing needs to know about them. */
  readonly location: number;
  readonly isAtomic: boolean;
}

export interface LockPlan {
  readonly count: number;
  readonly owners: number;
  /** State of a lock: how often it is held (-1 by a writer), and whether it is poisoned. */
  readonly base: number;
  readonly poisons: boolean;
  readonly number: number;
}

export interface ContainerPlan {
  readonly kind: 'growing' | 'list' | 'map';
  readonly count: number;
  readonly owners: number;
  readonly base: number;
  /** Words of one container: its length, then the elements of a list or the entries of a map. */
  readonly stride: number;
  readonly limit: number;
  readonly keyWords: number;
  readonly valueWords: number;
  readonly fields: ReadonlyMap<string, CellPlan>;
  readonly location: number;
}

/** One location whose accesses somebody must know about. */
export interface LocationPlan {
  /** Components of its value; 0 for a container as a whole. */
  readonly components: number;
  readonly initial: readonly number[];
  readonly isAtomic: boolean;
  /** Whether a race is possible at all. */
  readonly isTracked: boolean;
  /** Where its value stands, for what is no atomic location of `rc11`. */
  readonly value: number;
}

export interface PlanOptions {
  readonly threads: number;
  readonly isWeak: boolean;
  readonly containerLimit: number;
  /** Whether anybody asks for happens-before, so that atomic accesses under `sc` must be known. */
  readonly knows: boolean;
}

/** Where every piece of a program's state stands in the row of a stepped state, the order's own words apart. */
export class StatePlan {
  readonly locations: LocationPlan[] = [];
  readonly locks: LockPlan[] = [];
  /** Words used so far, from `begin` on. */
  words: number;
  /** Cells and their first values, for the first state. */
  readonly cells: CellPlan[] = [];
  /** Where provenance stands. */
  readonly provenances: number[] = [];
  readonly #members = new Map<string, CellPlan | LockPlan | ContainerPlan>();
  readonly #options: PlanOptions;
  readonly #protection: Protection;
  #lockCount = 0;

  constructor(program: Program, begin: number, options: PlanOptions) {
    this.words = begin;
    this.#options = options;
    this.#protection = new Protection(program);
    for (const declaration of program.declarations) this.#declare(declaration);
  }

  /** By `ROOT/MEMBER`: every piece of the state. */
  get members(): ReadonlyMap<string, CellPlan | LockPlan | ContainerPlan> {
    return this.#members;
  }

  get lockCount(): number {
    return this.#lockCount;
  }

  cell({ root, member }: Path, field?: string): CellPlan {
    const plan = this.#at(root, member);
    if ('fields' in plan) return plan.fields.get(field as string) as CellPlan;
    return plan as CellPlan;
  }

  lock({ root, member }: Path): LockPlan {
    return this.#at(root, member) as LockPlan;
  }

  container({ root, member }: Path): ContainerPlan {
    return this.#at(root, member) as ContainerPlan;
  }

  /** Whether one lock orders all accesses to what a path leads to. */
  isProtected({ root, member }: Path, field = ''): boolean {
    return this.#protection.isProtected({ root, member: member ?? '', field });
  }

  #at(root: Declaration, member: string | undefined): CellPlan | LockPlan | ContainerPlan {
    const plan = this.#members.get(`${root.name}/${member ?? ''}`);
    if (plan === undefined) throw new Error(`state "${root.name}" has no place`);
    return plan;
  }

  #declare(root: Declaration): void {
    const { shape } = root;
    const count = shape.kind === 'array' ? recordsOf(shape, this.#options.threads) : 1;
    const members: [string, MemberShape][] = shape.kind === 'array' ? Object.entries(shape.record) : [['', shape]];
    const owners = root.scope === 'thread' ? this.#options.threads : 1;
    for (const [member, of] of members) {
      const key = `${root.name}/${member}`;
      if (of.kind === 'scalar') this.#members.set(key, this.#cell(of, root, member, '', count, owners, 1));
      else if (of.kind === 'lock') {
        const number = this.#lockCount;
        this.#lockCount += count * owners;
        const lock: LockPlan = { count, owners, base: this.#take(count * owners * 2), poisons: of.poisons, number };
        this.locks.push(lock);
        this.#members.set(key, lock);
      } else this.#members.set(key, this.#container(of, root, member, count, owners));
    }
  }

  #cell(
    { type, initial }: ScalarShape,
    root: Declaration,
    member: string,
    field: string,
    count: number,
    owners: number,
    elements: number,
  ): CellPlan {
    const use = this.#protection.use({ root, member, field });
    const isShared = root.scope === 'shared';
    const isAtomic = isShared && use.isAtomic;
    const isTracked = isShared && use.isPlain && !this.#protection.isProtected({ root, member, field });
    const needsOrder = (isAtomic && (this.#options.isWeak || this.#options.knows)) || isTracked;
    const stride = componentsOf(type).length;
    const total = count * owners * elements;
    const inMessages = isAtomic && this.#options.isWeak;
    const base = inMessages ? -1 : this.#take(total * stride);
    const location = needsOrder ? this.locations.length : -1;
    const first = componentsOfValue(type, initial);
    for (let number = 0; number < total; number++) {
      if (!inMessages && type.kind === 'pointer') this.provenances.push(base + number * stride + 2);
      if (needsOrder)
        this.locations.push({
          components: stride,
          initial: first,
          isAtomic,
          isTracked,
          value: inMessages ? -1 : base + number * stride,
        });
    }
    const plan: CellPlan = { type, initial: first, count, owners, elements, base, stride, location, isAtomic };
    if (elements === 1) this.cells.push(plan);
    return plan;
  }

  #container(
    of: Extract<MemberShape, { readonly kind: 'growing' | 'list' | 'map' }>,
    root: Declaration,
    member: string,
    count: number,
    owners: number,
  ): ContainerPlan {
    const limit = this.#options.containerLimit;
    const fields = new Map<string, CellPlan>();
    let [keyWords, valueWords] = [0, 0];
    if (of.kind === 'growing')
      for (const [field, shape] of Object.entries(of.record))
        fields.set(field, this.#cell(shape, root, member, field, count, owners, limit));
    else {
      const value = of.kind === 'list' ? of.element : of.value;
      keyWords = of.kind === 'map' ? componentsOf(of.key).length : 0;
      valueWords = componentsOf(value).length;
    }
    const isTracked = root.scope === 'shared' && !this.#protection.isProtected({ root, member, field: '' });
    const location = isTracked ? this.locations.length : -1;
    if (isTracked)
      for (let number = 0; number < count * owners; number++)
        this.locations.push({ components: 0, initial: [], isAtomic: false, isTracked, value: -1 });
    const stride = 1 + limit * (keyWords + valueWords);
    const base = this.#take(count * owners * stride);
    if (of.kind !== 'growing' && (of.kind === 'list' ? of.element : of.value).kind === 'pointer')
      for (let number = 0; number < count * owners; number++)
        for (let entry = 0; entry < limit; entry++)
          this.provenances.push(base + number * stride + 1 + entry * (keyWords + valueWords) + keyWords + 2);
    return { kind: of.kind, count, owners, base, stride, limit, keyWords, valueWords, fields, location };
  }

  #take(words: number): number {
    const base = this.words;
    this.words += words;
    return base;
  }
}

/** Only the records of threads that there are have places. */
function recordsOf({ count, perThread }: ArrayShape, threads: number): number {
  return perThread === undefined ? count : perThread * threads;
}

function componentsOfValue(type: ScalarType, initial: bigint): readonly number[] {
  const bits = BigInt.asUintN(widthOf(type), initial);
  const low = Number(BigInt.asIntN(32, bits));
  const width = widthOf(type);
  const narrow = width < 32 ? Number(bits) : low;
  return componentsOf(type).map((name) => {
    if (name === 'low') return narrow;
    return name === 'high' ? Number(BigInt.asIntN(32, bits >> 32n)) : 0;
  });
}
