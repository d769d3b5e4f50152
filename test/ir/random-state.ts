import { boolean, cyclic, layout, pointer, word, type ScalarKind } from '../../src/model/ir/kind.ts';
import {
  array,
  cell,
  growing,
  list,
  map,
  mutex,
  rwlock,
  state,
  threadLocal,
  unlocked,
  type GrowingReference,
  type ListReference,
  type LockReference,
  type MapReference,
  type PlaceReference,
  type Spec,
} from '../../src/model/ir/state-builder.ts';
import type { Declaration } from '../../src/model/ir/state.ts';
import { widthOf } from '../../src/model/ir/type.ts';
import type { Operand, Value } from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';

/** A piece of random state that programs reach, with an index when it stands in an array. */
export interface Member<Reference> {
  readonly name: string;
  /** The number of records of its array; 0 outside arrays. */
  readonly count: number;
  at(index: Operand): Reference;
}

export interface CellMember extends Member<PlaceReference> {
  readonly kind: ScalarKind;
}

export interface ContainerMember<Reference> extends Member<Reference> {
  readonly needsLock: boolean;
}

export interface GrowingMember extends ContainerMember<GrowingReference<Readonly<Record<string, ScalarKind>>>> {
  readonly record: Readonly<Record<string, ScalarKind>>;
}

export interface ListMember extends ContainerMember<ListReference<Value>> {
  readonly element: ScalarKind;
}

export interface MapMember extends ContainerMember<MapReference<Value, Value>> {
  readonly key: ScalarKind;
  readonly value: ScalarKind;
}

export interface LockMember extends Member<LockReference> {
  readonly hasSharedMode: boolean;
}

/** All members of a random state by what they are. There is at least one cell and one lock. */
export interface RandomState {
  readonly declarations: readonly Declaration[];
  readonly cells: readonly CellMember[];
  readonly locks: readonly LockMember[];
  readonly growings: readonly GrowingMember[];
  readonly lists: readonly ListMember[];
  readonly maps: readonly MapMember[];
}

/** A member before its array, or its place at the top, is known. */
type Draft =
  | { readonly is: 'cell'; readonly kind: ScalarKind; readonly spec: Spec<unknown> }
  | { readonly is: 'lock'; readonly hasSharedMode: boolean; readonly spec: Spec<unknown> }
  | { readonly is: 'growing'; readonly record: Readonly<Record<string, ScalarKind>>; readonly spec: Spec<unknown> }
  | { readonly is: 'list'; readonly element: ScalarKind; readonly spec: Spec<unknown> }
  | { readonly is: 'map'; readonly key: ScalarKind; readonly value: ScalarKind; readonly spec: Spec<unknown> };

export function randomWordKind(choices: Choices): ScalarKind {
  return word(choices.width());
}

/** A word with so few values that they occur again. */
function smallKind(choices: Choices): ScalarKind {
  return word(choices.pick([2, 1, 3]));
}

export function randomKind(choices: Choices): ScalarKind {
  switch (choices.below(8)) {
    case 4:
      return boolean();
    case 5:
      return pointer();
    case 6:
      return cyclic(choices.pick([2, 1, 3, 32, 33, 64]));
    case 7: {
      const first = 1 + choices.below(30);
      const second = 1 + choices.below(33);
      const spare = choices.pick(['ignored', 'mustBeZero'] as const);
      return word(layout({ index: first, generation: second }, { spare }));
    }
    default:
      return randomWordKind(choices);
  }
}

export function randomState(choices: Choices): RandomState {
  const top: Record<string, Spec<unknown>> = {};
  const places: { readonly draft: Draft; readonly name: string; readonly member?: string; readonly count: number }[] =
    [];
  const add = (name: string, draft: Draft): void => {
    top[name] = draft.is !== 'lock' && choices.once(5) ? threadLocal(draft.spec) : draft.spec;
    places.push({ draft, name, count: 0 });
  };
  add('cell0', randomCell(choices));
  add('lock0', randomLock(choices));
  for (let extra = choices.below(5); extra > 0; extra--) add(`top${extra}`, randomDraft(choices));
  for (let arrays = choices.below(3); arrays > 0; arrays--) {
    const name = `array${arrays}`;
    const count = 1 + choices.below(4);
    const record: Record<string, Spec<unknown>> = {};
    for (let members = 1 + choices.below(4); members > 0; members--) {
      const draft = randomDraft(choices);
      record[`member${members}`] = draft.spec;
      places.push({ draft, name, member: `member${members}`, count });
    }
    const spec: Spec<unknown> = array(count, record);
    top[name] = choices.once(6) ? threadLocal(spec) : spec;
  }

  const built = state(top);
  const references = built as unknown as Readonly<Record<string, unknown>>;
  const members = places.map(({ draft, name, member, count }) => {
    const scope = built.declarations.find((declaration) => declaration.name === name)?.scope;
    const shape = draft.spec.shape;
    const needsLock = scope !== 'thread' && !('isPrivate' in shape && shape.isPrivate);
    const at = (index: Operand): unknown => {
      if (member === undefined) return references[name];
      const records = references[name] as { at(index: Operand): Readonly<Record<string, unknown>> };
      return records.at(index)[member];
    };
    return { ...draft, name: member === undefined ? name : `${name}.${member}`, count, needsLock, at };
  });
  const only = <T>(is: Draft['is']): readonly T[] =>
    members.filter((each) => each.is === is) as unknown as readonly T[];
  return {
    declarations: built.declarations,
    cells: only('cell'),
    locks: only('lock'),
    growings: only('growing'),
    lists: only('list'),
    maps: only('map'),
  };
}

function randomDraft(choices: Choices): Draft {
  const privately = (spec: Spec<unknown>): Spec<unknown> => (choices.once(2) ? unlocked(spec) : spec);
  switch (choices.below(6)) {
    case 1:
      return randomLock(choices);
    case 2: {
      const record: Record<string, ScalarKind> = { first: randomKind(choices) };
      if (choices.once(2)) record['second'] = randomKind(choices);
      return { is: 'growing', record, spec: privately(growing(record)) };
    }
    case 3: {
      const element = randomKind(choices);
      return { is: 'list', element, spec: privately(list(element, choices.pick(['lifo', 'fifo']))) };
    }
    case 4: {
      const [key, value] = [choices.once(2) ? randomKind(choices) : smallKind(choices), randomKind(choices)];
      return { is: 'map', key, value, spec: privately(map(key, value)) };
    }
    default:
      return randomCell(choices);
  }
}

function randomCell(choices: Choices): Draft {
  const kind = randomKind(choices);
  const initial = choices.once(3) ? choices.word(widthOf(kind.type)) : 0n;
  return { is: 'cell', kind, spec: cell(kind, initial) };
}

function randomLock(choices: Choices): Draft {
  const poisons = choices.once(3);
  if (choices.once(2)) return { is: 'lock', hasSharedMode: true, spec: rwlock({ poisons }) };
  return { is: 'lock', hasSharedMode: false, spec: mutex({ poisons }) };
}
