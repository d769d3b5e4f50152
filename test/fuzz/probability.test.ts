import { describe, expect, test } from 'vitest';
import { fuzz } from '../../src/fuzz/fuzz.ts';
import { layout, pointer, word } from '../../src/model/ir/kind.ts';
import { operation } from '../../src/model/ir/operation.ts';
import { array, cell, mutex, state } from '../../src/model/ir/state-builder.ts';
import { NULL } from '../../src/model/ir/value.ts';
import type { Detection } from '../../src/model/machine/claims.ts';
import { representation, type Representation } from '../../src/model/machine/definition.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import { ROSTER_CLAIMS } from '../real-bugs/models/roster.ts';

const SLOTS = 4;

/** Slots whose tenants have tags of four bits, drawn by a linear congruential generator when an object comes and when it goes. */
function tagged(detectsStale: Detection, detectsForged: Detection, comparedBits = 4): Representation {
  return representation({
    id: 'four-bit-tags',
    title: 'Four-bit tags',
    summary: 'To try stated probabilities on.',
    source: ['a test'],
    parameters: {},
    build() {
      const handle = word(layout({ tag: 4, slot: 3 }, { spare: 'mustBeZero' }));
      const members = state({
        lock: mutex(),
        seed: cell(word(32), 12345),
        slots: array(SLOTS, { object: pointer(), tag: word(4) }),
      });
      const { lock, seed, slots } = members;
      const draw = operation({}, word(4), ($) => {
        const next = $.load(seed).mul(1664525).add(1013904223);
        $.store(seed, next);
        $.return(next.shr(24).resize(4));
      });
      const create = operation({ object: pointer() }, handle, ($, { object }) => {
        $.lock(lock, () => {
          $.loop(
            SLOTS,
            (index) => {
              const slot = slots.at(index);
              $.if($.load(slot.object).isNull(), () => {
                const tag = $.call(draw, {});
                $.store(slot.object, object);
                $.store(slot.tag, tag);
                $.return(handle.of({ tag, slot: index.add(1).resize(3) }));
              });
            },
            { atMost: SLOTS },
          );
          $.return(handle.of(0));
        });
      });
      const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
        const index = reference.slot.resize(32).sub(1);
        $.guard('slot exists', index.lt(SLOTS), NULL);
        $.guard('spare bits are zero', reference.shr(7).eq(0), NULL);
        const slot = slots.at(index);
        $.guard(
          'same tag',
          $.load(slot.tag)
            .xor(reference.tag)
            .and(2 ** comparedBits - 1)
            .eq(0),
          NULL,
        );
        $.return($.load(slot.object));
      });
      const destroy = operation({ reference: handle }, ($, { reference }) => {
        const object = $.call(resolve, { reference });
        $.guard('reference resolves', object.isNull().not());
        $.lock(lock, () => $.store(slots.at(reference.slot.resize(32).sub(1)).object, NULL));
        $.reclaim(object);
      });
      return {
        reference: handle,
        state: members,
        capacity: SLOTS,
        operations: { draw },
        roles: { create, resolve, destroy },
        slotFields: ['slot'],
      };
    },
    claims: () => ({ ...ROSTER_CLAIMS, available: 'unlimited', safeConcurrentUse: false, detectsStale, detectsForged }),
  });
}

async function brokenClaims(searched: Representation, runs = 64) {
  const found: { claim: string | null; text: string; facts: string }[] = [];
  await fuzz(
    {
      targets: [{ representation: searched, source: { id: searched.id }, parameters: {}, machine: {}, client: 'any' }],
      seed: 1,
      budget: { runs },
      jobs: 1,
    },
    {
      clock: () => performance.now(),
      onFinding: ({ finding: { status, claim, diagnostic }, text }) => {
        const facts = diagnostic.facts.map(({ label, text: told }) => `${label}: ${told}`).join('\n');
        if (status === 'broken-claim') found.push({ claim, text, facts });
      },
    },
  );
  return found;
}

describe('a stated probability', () => {
  test('that four bits keep holds, although single stale uses are accepted', async () => {
    expect(await brokenClaims(tagged({ probability: 15 / 16 }, { probability: 15 / 16 }), 512)).toEqual([]);
  });

  test('that four bits cannot keep is refuted by a case that replays', async () => {
    const boastful = tagged({ probability: 0.999 }, 'never');
    const [found, ...others] = await brokenClaims(boastful);
    expect([found?.claim, others]).toEqual(['detectsStale', []]);
    expect(found?.facts).toMatch(/detectsStale with probability 0.999: BROKEN\. \d+ of \d+ uses accepted/);
    const replayed = (text: string) =>
      runScenario(parseScenario(text, 'case', () => boastful, [boastful.id])).finding?.status;
    expect(replayed(found?.text ?? '')).toBe('broken-claim');
    // The shortest beginning that refutes it: without its last try it proves nothing.
    expect(replayed((found?.text ?? '').trimEnd().split('\n').slice(0, -3).join('\n'))).toBe('known-hazard');
  });

  test('of forged references is judged by itself', async () => {
    // A guess with another tag of one bit more than is compared is accepted; an equal one is a copy of what was issued.
    const [found, ...others] = await brokenClaims(tagged('never', { probability: 0.999 }, 3));
    expect([found?.claim, others]).toEqual(['detectsForged', []]);
    expect(await brokenClaims(tagged('never', { probability: 0.999 }))).toEqual([]);
  });

  test('is not refuted by repeating one use', () => {
    const honest = tagged({ probability: 15 / 16 }, 'never');
    // A stale reference whose slot has its tag again: the same answer a hundred times is one answer.
    const lines = ['a = alloc list', 'free a', 'churn 40 list', 'b = alloc list', ...Array<string>(100).fill('use a')];
    const text = `representation four-bit-tags\nclient any\n${lines.join('\n')}`;
    const { finding } = runScenario(parseScenario(text, 'case', () => honest, [honest.id]));
    expect(finding?.status ?? 'clean').not.toBe('broken-claim');
  });
});
