import { describe, expect, test } from 'vitest';
import { encodeProgram } from '../../src/fuzz/byte-program.ts';
import { BrokenClaim, makeTarget } from '../../src/fuzz/byte-target.ts';
import { programOf } from '../../src/fuzz/callback-blocks.ts';
import { churnOf, joined, single } from '../../src/fuzz/operations.ts';
import { Opcode } from '../../src/model/machine/client-program.ts';
import { handleTable } from '../../src/model/representations/handle-table.ts';

const ALLOC = single(Opcode.alloc, 0, 1, 32);
const OTHER = single(Opcode.alloc, 1, 1, 32);
const FREE = single(Opcode.free, 0);
const USE = single(Opcode.use, 0);

function bytesOf(...pieces: readonly Int32Array[]): Buffer {
  const bytes = encodeProgram(programOf(joined(pieces)), { extras: [] });
  if (bytes === undefined) throw new Error('no bytes');
  return bytes;
}

const STALE_USE = bytesOf(ALLOC, FREE, OTHER, USE);
const MUTANT = { mutant: 'drop-guard:resolve/same-generation' };

describe('a byte target', () => {
  test('is silent where claims hold, also about known hazards', () => {
    const target = makeTarget(handleTable);
    target(STALE_USE);
    target(Buffer.alloc(0));
    // A whole cycle: what is claimed ends there.
    target(bytesOf(ALLOC, FREE, churnOf(65_600, 1), USE));
  });

  test('throws the finding with its case when a claim breaks, again and again', () => {
    const target = makeTarget(handleTable, MUTANT);
    for (let times = 0; times < 2; times++) {
      let thrown: unknown;
      try {
        target(STALE_USE);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(BrokenClaim);
      const { finding, text, message } = thrown as BrokenClaim;
      expect(finding).toMatchObject({ code: 'aba', claim: 'detectsStale', status: 'broken-claim' });
      expect(text).toContain('\nexpect aba\n');
      expect(message).toContain(finding.summary);
    }
  });

  test('runs as many rounds as it may, and no more', () => {
    const input = bytesOf(ALLOC, FREE, churnOf(40, 1), USE);
    const parameters = { generationBits: 4, onWrap: 'wrap' } as const;
    const counted = (rounds: number): number => {
      const counters: Record<string, number> = {};
      makeTarget(handleTable, { parameters, rounds, counters })(input);
      return Math.max(...Object.values(counters));
    };
    expect(counted(3)).toBe(4);
    // The churn ends at the round that re-issues the stale reference, as every search does.
    expect(counted(100)).toBe(16);
  });

  test('holds clients to their contract', () => {
    makeTarget(handleTable, { ...MUTANT, client: 'valid' })(STALE_USE);
  });
});
