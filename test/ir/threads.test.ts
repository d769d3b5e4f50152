import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/model/ir/engine.ts';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import { word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { printProgram } from '../../src/model/ir/printer.ts';
import { linkProgram } from '../../src/model/ir/program.ts';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import { perThread, state } from '../../src/model/ir/state-builder.ts';
import { THREAD, THREADS } from '../../src/model/ir/value.ts';
import { SteppedEngine } from './stepped-engine.ts';

/** Every thread announces two words; the sum is over all that were announced. */
function announcements() {
  const members = state({ announced: perThread(2, { value: word(32) }) });
  const { announced } = members;
  const announce = operation({ first: word(32), second: word(32) }, ($, { first, second }) => {
    $.store(announced.at(THREAD.mul(2)).value, first, 'release');
    $.store(announced.at(THREAD.mul(2).add(1)).value, second, 'release');
  });
  const sum = operation({}, word(32), ($) => {
    const total = $.variable(word(32), 0, 'total');
    $.loop(THREADS.mul(2), (record) => total.set(total.get().add($.load(announced.at(record).value, 'acquire'))), {
      atMost: announced.count,
    });
    $.return(total.get());
  });
  const self = operation({}, word(32), ($) => $.return(THREAD));
  const at = operation({ record: word(32) }, word(32), ($, { record }) => {
    $.return($.load(announced.at(record).value, 'acquire'));
  });
  const entries = Object.entries({ announce, sum, self, at }).map(([name, each]) => [name, each.record()] as const);
  return linkProgram(members.declarations, new Map(entries));
}

const ENGINES: Readonly<Record<string, (threads: number) => Engine>> = {
  interpreter: () => interpretProgram(announcements(), {} as never),
  sequential: () => compileSequential(announcements(), {} as never),
  'stepped sc': (threads) => new SteppedEngine(announcements(), {} as never, 'sc', threads),
  'stepped rc11': (threads) => new SteppedEngine(announcements(), {} as never, 'rc11', threads),
};

function call(engine: Engine, thread: number, name: string, ...components: number[]): number {
  engine.thread = thread;
  engine.entry(name)(...components);
  return engine.registers[0];
}

describe.each(Object.entries(ENGINES))('records of every thread, %s', (_name, make) => {
  it('are its own, and all threads read them', () => {
    const engine = make(3);
    expect(call(engine, 2, 'self')).toBe(2);
    call(engine, 0, 'announce', 1, 2);
    call(engine, 2, 'announce', 30, 40);
    expect(call(engine, 1, 'sum')).toBe(73);
    expect([0, 1, 2, 3, 4, 5].map((record) => call(engine, 0, 'at', record))).toEqual([1, 2, 0, 0, 30, 40]);
    engine.reset();
    expect(call(engine, 0, 'sum')).toBe(0);
  });

  it('do not reach past the last thread', () => {
    const engine = make(64);
    expect(() => call(engine, 0, 'at', 128)).toThrow('operation fault');
  });
});

it('prints the numbers as calls', () => {
  expect(printProgram(announcements())).toContain('return thread()');
});
