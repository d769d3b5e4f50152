import { shapeAt, type MemberShape, type Path } from '../state.ts';
import { valueFromBits, type ScalarValue } from './values.ts';

export interface ScalarMember {
  readonly kind: 'scalar';
  value: ScalarValue;
}

/** `exclusive` is the thread that holds the lock alone; `shared` has a thread as often as it holds the lock for reading. */
export interface LockMember {
  readonly kind: 'lock';
  exclusive: number | undefined;
  shared: number[];
  poisoned: boolean;
}

export interface GrowingMember {
  readonly kind: 'growing';
  records: Record<string, ScalarValue>[];
}

/** The oldest element first. */
export interface ListMember {
  readonly kind: 'list';
  elements: ScalarValue[];
}

/** Values by the bits of their keys. */
export interface MapMember {
  readonly kind: 'map';
  entries: Map<bigint, ScalarValue>;
}

export type Member = ScalarMember | LockMember | GrowingMember | ListMember | MapMember;
type MemberOf<K extends Member['kind']> = Extract<Member, { readonly kind: K }>;

/** A path with its index computed, for one thread. */
export interface Location {
  readonly path: Path;
  readonly thread: number;
  readonly index: bigint | undefined;
  /** `pins[2].epoch`, with the thread before it for thread-local state. */
  readonly text: string;
}

/** The state of a program: every scalar, lock and container by its location. One that was never touched has its initial value. */
export class Store {
  #members = new Map<string, Member>();

  static locate(path: Path, thread: number, index: bigint | undefined): Location {
    const element = index === undefined ? '' : `[${index}]`;
    const member = path.member === undefined ? '' : `.${path.member}`;
    const owner = path.root.scope === 'thread' ? `thread ${thread}: ` : '';
    return { path, thread, index, text: `${owner}${path.root.name}${element}${member}` };
  }

  /** Whether the index lies inside the array; a location outside an array always does. */
  static contains({ path, index }: Location): boolean {
    const { shape } = path.root;
    return shape.kind !== 'array' || (index !== undefined && index < BigInt(shape.count));
  }

  /** What stands at a location that the array contains. */
  member<K extends Member['kind']>(kind: K, location: Location): MemberOf<K> {
    const member = this.#members.get(location.text) ?? initialMember(shapeAt(location.path));
    if (member.kind !== kind) throw new TypeError(`${location.text} is a ${member.kind}, not a ${kind}`);
    this.#members.set(location.text, member);
    return member as MemberOf<K>;
  }

  reset(): void {
    this.#members.clear();
  }

  snapshot(): ReadonlyMap<string, Member> {
    return structuredClone(this.#members);
  }

  restore(image: ReadonlyMap<string, Member>): void {
    this.#members = structuredClone(image) as Map<string, Member>;
  }
}

function initialMember(shape: MemberShape): Member {
  switch (shape.kind) {
    case 'scalar':
      return { kind: 'scalar', value: valueFromBits(shape.type, shape.initial) };
    case 'lock':
      return { kind: 'lock', exclusive: undefined, shared: [], poisoned: false };
    case 'growing':
      return { kind: 'growing', records: [] };
    case 'list':
      return { kind: 'list', elements: [] };
    case 'map':
      return { kind: 'map', entries: new Map() };
  }
}
