import type { ClientProgram } from '../machine/client-program.ts';
import { Opcode, STRIDE } from '../machine/client-program.ts';
import { extrasOf, type Instance } from '../machine/instance.ts';
import { OBJECT_ALIGNMENT, OBJECT_SIZE } from '../machine/object-kinds.ts';
import type { ThreadedOptions } from '../threads/threaded-client.ts';
import { InputError } from '../vocabulary/input-error.ts';
import { Lowering } from './lowering.ts';
import type { Scenario, ScenarioStatement } from './scenario.ts';

/** A scenario with threads as numbers. Threads are numbered without gaps, in the order of their numbers in the text. */
export interface LoweredThreads {
  readonly threads: readonly number[];
  readonly programs: readonly ClientProgram[];
  readonly statements: readonly (readonly ScenarioStatement[])[];
  readonly references: readonly string[];
  readonly pointers: readonly string[];
  /** A reference variable that no statement names. */
  readonly churnVariable: number;
  readonly options: ThreadedOptions;
}

/** Objects that one threaded scenario may have at one time; its state is one row, and each of them costs words of it. */
const MOST_OBJECTS = 64;
const MOST_THREADS = 8;
/** Elements of a container, and messages of a location, of a run: more than cases need. */
const CONTAINER_LIMIT = 64;
const MESSAGE_LIMIT = 15;

/** Whether more than the main thread runs. */
export function hasThreads({ threads }: Scenario): boolean {
  return threads.some(({ thread, statements }) => thread !== 0 && statements.length > 0);
}

/** @throws InputError for what runs on one thread only. */
export function lowerThreads(scenario: Scenario, instance: Instance): LoweredThreads {
  const threads = scenario.threads
    .filter(({ statements }) => statements.length > 0)
    .toSorted((left, right) => left.thread - right.thread);
  const statements = threads.map((each) => each.statements);
  refuseDuring(scenario, statements.flat());
  if (threads.length > MOST_THREADS) throw tooMany(scenario, `at most ${MOST_THREADS} threads`, threads.length);
  const lowering = new Lowering(Object.keys(extrasOf(instance.blueprint.roles)), scenario.file);
  const programs = statements.map((each) => lowering.program(each));
  const numbers = threads.map(({ thread }) => thread);
  for (const { code } of programs)
    for (let place = 0; place < code.length; place += STRIDE)
      if (code[place] === Opcode.send) code[place + 2] = numbers.indexOf(code[place + 2]);
  const allocs = statements.flat().filter(({ op }) => op === 'alloc').length;
  const churns = statements.filter((each) => each.some(({ op }) => op === 'churn')).length;
  const objects = allocs + churns * 2;
  if (objects > MOST_OBJECTS) throw tooMany(scenario, `at most ${MOST_OBJECTS} objects at one time`, objects);
  return {
    threads: numbers,
    programs,
    statements,
    references: [...lowering.references.keys()],
    pointers: [...lowering.pointers.keys()],
    churnVariable: lowering.references.size,
    options: {
      shape: {
        threads: threads.length,
        objects: Math.max(objects, 1),
        references: lowering.references.size + 1,
        pointers: Math.max(lowering.pointers.size, 1),
        addresses: Math.max(objects + 1, 2),
      },
      contract: scenario.client,
      tracksContract: true,
      containerLimit: Math.min(CONTAINER_LIMIT, Math.max(objects + 1, 8)),
      messageLimit: MESSAGE_LIMIT,
      spacing: spacingOf(statements.flat()),
    },
  };
}

function spacingOf(statements: readonly ScenarioStatement[]): number {
  const sizes = statements.map((each) => (each.op === 'alloc' ? each.size : OBJECT_SIZE));
  return Math.ceil(Math.max(OBJECT_SIZE, ...sizes) / OBJECT_ALIGNMENT) * OBJECT_ALIGNMENT;
}

function refuseDuring({ file }: Scenario, statements: readonly ScenarioStatement[]): void {
  for (const { during, line, column, op, ...rest } of statements) {
    if (during !== undefined)
      throw new InputError(
        'threads',
        'expected a scenario of one thread around `during`, found several threads: callbacks run on one thread',
        { file, line, column },
        'a scenario of one thread',
      );
    if (op === 'use' && 'as' in rest && rest.as !== undefined)
      throw new InputError(
        'threads',
        'expected `use x` in a scenario with threads, found `use x as KIND`: kinds are looked for on one thread',
        { file, line, column },
        'use x',
      );
  }
}

function tooMany({ file, threads }: Scenario, expected: string, found: number): InputError {
  const line = threads[0]?.statements[0]?.line ?? 1;
  return InputError.expected(expected, String(found), { file, line, column: 1 });
}
