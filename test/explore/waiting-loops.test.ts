import { describe, expect, test } from 'vitest';
import { explore } from '../../src/explore/explore.ts';
import type { VerifiedFinding } from '../../src/explore/verified-finding.ts';
import { verify, type VerifyOptions } from '../../src/explore/verify.ts';
import { layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { cell, state } from '../../src/model/ir/state-builder.ts';
import type { Bool, Word } from '../../src/model/ir/value.ts';
import { representation, type Representation } from '../../src/model/machine/definition.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { taggedPointer } from '../../src/model/representations/tagged-pointer.ts';
import type { Scope } from '../../src/model/threads/client-system.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { OlderMessage } from './toys/older-message.ts';

const OPTIONS: VerifyOptions = {
  fuses: true,
  renames: true,
  isExact: false,
  isTwice: false,
  memoryBytes: 2 ** 30,
  jobs: 1,
  resolver: '',
  origin: { id: '' },
  isOver: () => false,
  clock: () => 0,
  nextTurn: () => Promise.resolve(),
};

const SCOPE: Scope = {
  threads: 2,
  objects: 2,
  references: 2,
  pointers: 0,
  slots: 1,
  addresses: 2,
  operations: 1,
  client: 'exclusive',
  messages: 6,
};

describe('a thread that only an older message lets through', () => {
  const codesOf = (satisfies: readonly [boolean, boolean], threads: 1 | 2): readonly string[] =>
    explore(new OlderMessage(satisfies, threads), { fuses: false, memoryBytes: 2 ** 24, findsLivelocks: true })
      .counterexamples.map(({ violation }) => violation.code)
      .sort();

  test('may wait for ever', () => {
    expect(codesOf([false, true], 1)).toEqual(['deadlock']);
    expect(codesOf([true, false], 1)).toEqual([]);
    expect(codesOf([true, true], 1)).toEqual([]);
  });

  test('and so may one that spins until it is through', () => {
    expect(codesOf([false, true], 2)).toEqual(['livelock']);
    expect(codesOf([true, false], 2)).toEqual([]);
  });
});

/** A tagged pointer whose create waits for one of two flags, and then stores into the first, which is 1 at the beginning. */
function waitingPointer(loads: 1 | 2, stored: 0 | 1): Representation {
  return representation({
    id: 'waiting-pointer',
    title: 'Waits for flags',
    summary: 'A tagged pointer whose create waits for a flag.',
    source: ['made up for a test'],
    parameters: {},
    build() {
      const boxed = word(layout({ payload: 48, tag: 16 }));
      const places = state({ first: cell(word(1), 1), second: cell(word(1)) });
      const create = operation({ object: pointer() }, boxed, ($, { object }) => {
        const isSet = (flag: Word): Bool => flag.eq(1);
        $.await(() => {
          const first = isSet($.load(places.first, 'relaxed'));
          return loads === 1 ? first : first.or(isSet($.load(places.second, 'relaxed')));
        });
        $.store(places.first, stored, 'relaxed');
        $.return(boxed.of({ payload: $.expose(object).resize(48), tag: 0x7ffc }));
      });
      const resolve = operation({ reference: boxed }, pointer(), ($, { reference }) => {
        $.return($.fromExposed(reference.payload.resize(64)));
      });
      const destroy = operation({ reference: boxed }, ($, { reference }) => {
        $.reclaim($.call(resolve, { reference }));
      });
      return { reference: boxed, state: places, capacity: 16, operations: {}, roles: { create, resolve, destroy } };
    },
    claims: (_parameters, machine) => ({
      ...taggedPointer.claims({ payloadBits: 48, extension: 'zero' }, machine),
      nonBlocking: false,
    }),
  });
}

describe.each(['sc', 'rc11'] as const)('awaits under %s', (model: MachineSettings['model']) => {
  const found = async (loads: 1 | 2, stored: 0 | 1): Promise<readonly VerifiedFinding[]> => {
    const machine: MachineSettings = { ...DEFAULT_MACHINE, model };
    const runs = await verify(instantiate(waitingPointer(loads, stored), {}), machine, SCOPE, OPTIONS);
    expect(runs.map(({ complete }) => complete)).toEqual([true]);
    return runs.flatMap(({ findings }) => findings);
  };
  const told = async (loads: 1 | 2, stored: 0 | 1): Promise<readonly string[]> =>
    (await found(loads, stored)).map(({ code, claim, status }) => `${code} ${claim} ${status}`);

  test('of one load: who comes second waits for ever', async () => {
    expect(await told(1, 0)).toContain('deadlock deadlockFree broken-claim');
    expect(await told(1, 1)).toEqual([]);
  });

  test('of one load: nothing has to tell the second thread that the flag is down', async () => {
    const [{ code, trace, isShortest }] = await found(1, 0);
    expect([code, isShortest]).toEqual(['deadlock', true]);
    // Thread 0 begins, loads, stores, exposes its object, and ends; thread 1 begins, and may never see a flag that is up.
    expect(trace.map(({ thread }) => thread)).toEqual([0, 0, 0, 0, 0, 1]);
  });

  test('of several loads, which goes round and round', async () => {
    expect(await told(2, 0)).toContain('livelock deadlockFree broken-claim');
    expect(await told(2, 1)).toEqual([]);
  });
});
