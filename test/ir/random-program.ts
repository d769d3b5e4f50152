import { word, type ScalarKind } from '../../src/model/ir/kind.ts';
import { operation, type Operation } from '../../src/model/ir/operation.ts';
import { linkProgram, type Program } from '../../src/model/ir/program.ts';
import { widthOf } from '../../src/model/ir/type.ts';
import { valueOf } from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';
import { randomOperation } from './random-operation.ts';
import { randomState, type RandomState } from './random-state.ts';

/** One call that reads a part of the state. */
export interface Observation {
  readonly entry: string;
  readonly components: readonly number[];
}

export interface RandomProgram {
  readonly program: Program;
  /** Names of the random operations; the other entries are observations. */
  readonly operations: readonly string[];
  /** Calls that read the whole state of one thread. They empty lists, so they are made on a copy. */
  readonly observations: readonly Observation[];
}

/** How many elements of a container are looked at. */
const ELEMENTS = 6;

export function randomProgram(choices: Choices): RandomProgram {
  const state = randomState(choices);
  const observers = new Map<string, Operation>();
  const observations: Observation[] = [];
  observe(state, (entry, observer, components) => {
    observers.set(entry, observer);
    for (const each of components) observations.push({ entry, components: each });
  });

  const operations = new Map<string, Operation>();
  for (let count = 1 + choices.below(3); count > 0; count--)
    operations.set(`operation${count}`, randomOperation(choices, state));
  const recorded = [...operations, ...observers].map(([name, each]) => [name, each.record()] as const);
  // The observations look at containers without locks.
  const program = linkProgram(state.declarations, new Map(recorded), { checkLocks: false });
  return { program, operations: [...operations.keys()], observations };
}

type Add = (entry: string, observer: Operation, components: readonly (readonly number[])[]) => void;

function observe(state: RandomState, add: Add): void {
  const indexes = (count: number): readonly number[] => Array.from({ length: Math.max(count, 1) }, (_, index) => index);
  const once: readonly (readonly number[])[] = [[]];
  for (const { name, count, at } of state.cells)
    for (const index of indexes(count))
      add(
        `load ${name} ${index}`,
        operation({}, ($) => $.return($.load(at(index)))),
        once,
      );
  for (const { name, count, at, record } of state.growings)
    for (const index of indexes(count)) {
      add(
        `length ${name} ${index}`,
        operation({}, ($) => $.return(at(index).length($))),
        once,
      );
      for (const field of Object.keys(record)) {
        const load = operation({ element: word(32) }, ($, { element }) => {
          $.return($.load(at(index).at(element)[field]));
        });
        const elements = Array.from({ length: ELEMENTS }, (_, element) => [element]);
        add(`load ${name} ${index} ${field}`, load as unknown as Operation, elements);
      }
    }
  for (const { name, count, at } of state.lists)
    for (const index of indexes(count)) {
      const pop = operation({}, ($) => $.return(at(index).pop($)));
      add(
        `pop ${name} ${index}`,
        pop,
        Array.from({ length: ELEMENTS }, () => []),
      );
      add(
        `length ${name} ${index}`,
        operation({}, ($) => $.return(at(index).length($))),
        once,
      );
    }
  for (const { name, count, at, key } of state.maps)
    for (const index of indexes(count)) {
      keysToTry(key).forEach((bits, number) => {
        const get = operation({}, ($) => $.return(at(index).get($, constant(key, bits))));
        add(`get ${name} ${index} ${number}`, get, once);
      });
      add(
        `length ${name} ${index}`,
        operation({}, ($) => $.return(at(index).length($))),
        once,
      );
    }
  for (const { name, count, at } of state.locks)
    for (const index of indexes(count))
      add(
        `take ${name} ${index}`,
        operation({}, ($) => $.lock(at(index), () => {})),
        once,
      );
}

function constant(kind: ScalarKind, value: bigint) {
  return valueOf({ op: 'constant', type: kind.type, value });
}

/** The keys that `Choices.word` likes. */
function keysToTry({ type }: ScalarKind): readonly bigint[] {
  const width = widthOf(type);
  const all = (1n << BigInt(width)) - 1n;
  const sign = 1n << BigInt(width - 1);
  return [...new Set([0n, 1n & all, 2n & all, 3n & all, all, sign, sign - 1n])];
}
