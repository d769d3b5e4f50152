import { describe, expect, it } from 'vitest';
import { layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { compileSequential, sequentialSource } from '../../src/model/ir/sequential/sequential-engine.ts';
import {
  array,
  cell,
  growing,
  map,
  mutex,
  stack,
  state,
  threadLocal,
  unlocked,
} from '../../src/model/ir/state-builder.ts';
import { hostOf, programOf, run } from './sequential-machine.ts';
import { generationalTable, shardedTable } from './sequential-tables.ts';

describe('the text', () => {
  it.each([
    ['generational', generationalTable, {}],
    ['generational-traced', generationalTable, { coverage: true, path: true }],
    ['sharded', shardedTable, {}],
  ] as const)('of the %s table is this golden, every time', async (name, make, options) => {
    const source = sequentialSource(make(), options);
    expect(sequentialSource(make(), options)).toBe(source);
    expect(source).not.toMatch(/[ \t]$/m);
    await expect(source).toMatchFileSnapshot(`golden/sequential-${name}.js.txt`);
  });
});

interface Growing {
  push($: unknown, fields: unknown): { resize(width: number): unknown };
}

interface Table {
  at(index: number): Readonly<Record<string, unknown>>;
}

describe('names', () => {
  const HOSTILE = [
    'a"];process.exit()//',
    '`${process.exit()}`',
    "'); throw 1; ('",
    '*/ throw 1 /*',
    'x\nthrow 1',
    'x\u2028throw 1',
    '__proto__',
    'constructor',
    'await',
    'arguments',
    'self',
    'registers',
    'raise',
    'storage',
    'Math',
    'length',
    'limit',
    '',
    '0',
    'π',
    '\ud800',
  ];

  it.each(HOSTILE)('%j as the name of everything is harmless', (name) => {
    const fields = Object.fromEntries([[name, word(8)]]);
    const { declarations, ...references } = state({
      [`${name}1`]: unlocked(growing(fields)),
      [`${name}2`]: array(3, { [name]: cell(word(64)), lock: mutex(), list: unlocked(stack(word(8))) }),
      [`${name}3`]: threadLocal(cell(pointer())),
      [`${name}4`]: unlocked(map(word(8), word(8))),
    }) as ReturnType<typeof state> & Record<string, never>;
    const [records, table, own] = [`${name}1`, `${name}2`, `${name}3`].map((each) => references[each]);
    const inner = operation(Object.fromEntries([[name, word(8)]]), word(8), ($, given) => {
      $.guard(name, (given[name] as never as { lt(other: number): never }).lt(200), 1);
      $.return(given[name]);
    });
    inner.name = name;
    const program = programOf(declarations, {
      [name]: operation(Object.fromEntries([[name, word(8)]]), word(8), ($, given) => {
        const value = $.variable(word(8), given[name], name);
        const pushed = (records as Growing).push($, Object.fromEntries([[name, value.get()]]));
        const record = (table as Table).at(1);
        $.lock(record['lock'] as never, () => $.store(record[name] as never, pushed.resize(64) as never));
        $.store(own, $.withoutProvenance(0) as never);
        $.callback(name);
        $.mayPanic(name);
        $.return($.call(inner, Object.fromEntries([[name, value.get()]])));
      }),
    });
    const callbacks: string[] = [];
    const engine = compileSequential(program, hostOf({ callback: (each) => void callbacks.push(each) }), {
      coverage: true,
      path: true,
    });
    expect((run(engine, name, 7) as number[])[0]).toBe(7);
    expect((run(engine, name, 250) as number[])[0]).toBe(1);
    expect(callbacks).toEqual([name, name]);
  });

  it('two states and fields that sanitise to one name stay apart', () => {
    const { declarations, ...named } = state({ 'a b': cell(word(8), 1), a_b: cell(word(8), 2) });
    const handle = word(layout({ low: 4, high: 8 }));
    const program = programOf(declarations, {
      'read it': operation({ handle }, ($) => $.return($.load(named['a b']))),
      read_it: operation({ handle }, ($) => $.return($.load(named.a_b))),
    });
    const engine = compileSequential(program, hostOf());
    expect((run(engine, 'read it', 0, 0) as number[])[0]).toBe(1);
    expect((run(engine, 'read_it', 0, 0) as number[])[0]).toBe(2);
  });
});
