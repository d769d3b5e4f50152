import { describe, expect, it } from 'vitest';
import { OperationFault } from '../../src/model/ir/engine.ts';
import { pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import { array, cell, state } from '../../src/model/ir/state-builder.ts';
import { NULL } from '../../src/model/ir/value.ts';
import { Fault } from '../../src/model/vocabulary/verdicts.ts';
import { compiled, hostOf, programOf, run } from './sequential-machine.ts';

const answer = (given: number[] | string, count: number): number[] | string =>
  typeof given === 'string' ? given : given.slice(0, count);

describe('simulated memory', () => {
  const wide = word(64);
  const operations = {
    allocate: operation({ size: wide }, ($, { size }) => $.return($.allocate(size, 8))),
    deallocate: operation({ at: pointer(), size: wide }, ($, { at, size }) => $.deallocate(at, size, 8)),
    write64: operation({ at: pointer(), value: wide }, ($, { at, value }) => $.write(at, value)),
    read64: operation({ at: pointer() }, ($, { at }) => $.return($.read(wide, at))),
    write16: operation({ at: pointer(), value: word(16) }, ($, { at, value }) => $.write(at, value)),
    read16: operation({ at: pointer() }, ($, { at }) => $.return($.read(word(16), at))),
    write32: operation({ at: pointer(), value: word(32) }, ($, { at, value }) => $.write(at, value)),
    read32: operation({ at: pointer() }, ($, { at }) => $.return($.read(word(32), at))),
    writePointer: operation({ at: pointer(), value: pointer() }, ($, { at, value }) => $.write(at, value)),
    readPointer: operation({ at: pointer() }, ($, { at }) => $.return($.read(pointer(), at))),
    expose: operation({ at: pointer() }, ($, { at }) => $.return($.expose(at))),
    fromExposed: operation({ at: wide }, ($, { at }) => $.return($.fromExposed(at))),
    offset: operation({ at: pointer(), by: wide }, ($, { at, by }) => $.return($.offset(at, by))),
    reclaim: operation({ at: pointer() }, ($, { at }) => $.reclaim(at)),
  };

  it('allocates, writes, reads and frees', () => {
    const engine = compiled([], operations);
    const [low = 0, high = 0, provenance = 0] = run(engine, 'allocate', 16, 0) as number[];
    expect(provenance).toBe(1);
    const at = [low, high, provenance] as const;
    expect(run(engine, 'read64', ...at)).toBe('uninitialized-read');
    run(engine, 'write64', ...at, -1, 0x12345678);
    expect(answer(run(engine, 'read64', ...at), 2)).toEqual([-1, 0x12345678]);
    expect(answer(run(engine, 'read16', low + 4, high, provenance), 1)).toEqual([0x5678]);
    expect(answer(run(engine, 'read32', ...at), 1)).toEqual([-1]);
    run(engine, 'write16', low + 2, high, provenance, 0xbeef);
    expect(answer(run(engine, 'read32', ...at), 1)).toEqual([0xbeefffff | 0]);
    run(engine, 'write32', ...at, -5);
    expect(answer(run(engine, 'read64', ...at), 2)).toEqual([-5, 0x12345678]);
    run(engine, 'writePointer', low + 8, high, provenance, ...at);
    expect(answer(run(engine, 'readPointer', low + 8, high, provenance), 3)).toEqual([...at]);
    expect(run(engine, 'read64', low + 16, high, provenance)).toBe('out-of-bounds');
    expect(run(engine, 'read64', low + 4, high, provenance)).toBe('misaligned');
    expect(run(engine, 'read64', low, high, 0)).toBe('no-provenance');
    expect(run(engine, 'deallocate', ...at, 8, 0)).toBe('invalid-free');
    run(engine, 'deallocate', ...at, 16, 0);
    expect(run(engine, 'read16', ...at)).toBe('use-after-free');
    expect(run(engine, 'deallocate', ...at, 16, 0)).toBe('double-free');
    expect(run(engine, 'allocate', 0, 1)).toBe('unsupported');
    expect(run(engine, 'allocate', -1, -1)).toBe('unsupported');
  });

  it('exposes addresses and makes wildcards of them, unless provenance is strict', () => {
    const engine = compiled([], operations);
    const [low = 0, high = 0, provenance = 0] = run(engine, 'allocate', 16, 0) as number[];
    run(engine, 'write64', low, high, provenance, 9, 8);
    expect(answer(run(engine, 'fromExposed', low, high), 3)).toEqual([low, high, -1]);
    expect(run(engine, 'read64', low, high, -1)).toBe('no-provenance');
    expect(answer(run(engine, 'expose', low, high, provenance), 2)).toEqual([low, high]);
    expect(answer(run(engine, 'read64', low, high, -1), 2)).toEqual([9, 8]);
    const strict = compiled([], operations, hostOf({}, { provenance: 'strict' }));
    expect(run(strict, 'fromExposed', low, high)).toBe('exposed-provenance');
  });

  it('offsets stay inside the allocation', () => {
    const engine = compiled([], operations);
    const [low = 0, high = 0, provenance = 0] = run(engine, 'allocate', 16, 0) as number[];
    expect(answer(run(engine, 'offset', low, high, provenance, 16, 0), 3)).toEqual([low + 16, high, provenance]);
    expect(answer(run(engine, 'offset', low + 16, high, provenance, -16, -1), 3)).toEqual([low, high, provenance]);
    expect(run(engine, 'offset', low, high, provenance, 17, 0)).toBe('pointer-arithmetic');
    expect(run(engine, 'offset', low, high, provenance, -1, -1)).toBe('pointer-arithmetic');
  });

  it('reclaim asks the host and raises its verdict at the statement', () => {
    const asked: number[][] = [];
    const host = hostOf({
      reclaim: (...given) => {
        asked.push(given);
        return given[2] === 3 ? Fault['double-free'] : 0;
      },
    });
    const program = programOf([], operations);
    const engine = compileSequential(program, host);
    run(engine, 'reclaim', 1, 2, 4);
    let caught: unknown;
    try {
      engine.entry('reclaim')(1, 2, 3);
    } catch (error) {
      caught = error;
    }
    expect(asked).toEqual([
      [1, 2, 4],
      [1, 2, 3],
    ]);
    expect(caught).toBeInstanceOf(OperationFault);
    if (!(caught instanceof OperationFault)) return;
    expect(caught.statement?.kind).toBe('reclaim');
    expect(caught.describe()).toMatch(/^double-free at .*sequential-memory\.test\.ts:\d+$/);
  });
});

describe('read-modify-writes', () => {
  const { declarations, count, top, table } = state({
    count: cell(word(48), 0xffff_ffffn),
    top: cell(pointer()),
    table: array(4, { flag: word(1) }),
  });
  const wide = word(48);
  const engine = compiled(declarations, {
    exchange: operation({ value: wide }, ($, { value }) => $.return($.exchange(count, value, 'acqrel'))),
    swing: operation({ expected: pointer(), desired: pointer() }, ($, { expected, desired }) => {
      const { success, observed } = $.compareExchange(top, expected, desired, 'acqrel', { weak: true });
      $.guard('swung', success, observed.withAddress($.load(top).address()));
      $.return(observed);
    }),
    top: operation({}, ($) => $.return($.load(top))),
    load: operation({}, ($) => $.return($.load(count))),
    fetch: operation({ value: wide }, ($, { value }) => $.return($.fetch('add', count, value, 'relaxed'))),
    least: operation({ value: wide }, ($, { value }) => $.return($.fetch('min', count, value, 'relaxed'))),
    claim: operation({ at: word(3) }, ($, { at }) => {
      const { success } = $.compareExchange(table.at(at).flag, 0, 1, 'seqcst');
      $.return(success);
    }),
  });

  it('answer the old value', () => {
    expect(answer(run(engine, 'fetch', 1, 0), 2)).toEqual([-1, 0]);
    expect(answer(run(engine, 'load'), 2)).toEqual([0, 1]);
    expect(answer(run(engine, 'fetch', 0, 0xffff), 2)).toEqual([0, 1]);
    expect(answer(run(engine, 'load'), 2)).toEqual([0, 0]);
    expect(answer(run(engine, 'exchange', 7, 8), 2)).toEqual([0, 0]);
    expect(answer(run(engine, 'least', 9, 7), 2)).toEqual([7, 8]);
    expect(answer(run(engine, 'load'), 2)).toEqual([9, 7]);
  });

  it('a compare-exchange compares pointers by address and stores the new provenance', () => {
    expect(answer(run(engine, 'swing', 0, 0, 99, 16, 1, 5), 3)).toEqual([0, 0, 0]);
    expect(answer(run(engine, 'top'), 3)).toEqual([16, 1, 5]);
    expect(answer(run(engine, 'swing', 16, 0, 5, 32, 0, 6), 3)).toEqual([16, 1, 5]);
    expect(answer(run(engine, 'top'), 3)).toEqual([16, 1, 5]);
    expect(answer(run(engine, 'swing', 16, 1, 6, 32, 0, 6), 3)).toEqual([16, 1, 5]);
    expect(answer(run(engine, 'top'), 3)).toEqual([32, 0, 6]);
    engine.reset();
    expect(answer(run(engine, 'top'), 3)).toEqual([0, 0, 0]);
    expect(NULL.type.kind).toBe('pointer');
  });

  it('succeeds once', () => {
    expect(answer(run(engine, 'claim', 2), 1)).toEqual([1]);
    expect(answer(run(engine, 'claim', 2), 1)).toEqual([0]);
    expect(run(engine, 'claim', 4)).toBe('out-of-bounds');
  });
});
