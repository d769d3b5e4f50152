import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { printScenario } from '../../src/model/scenario/printer.ts';
import type { Scenario } from '../../src/model/scenario/scenario.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { IDS, lookup } from './workshop.ts';

const EXAMPLES = new URL('examples/', import.meta.url);
const EVERYTHING = `format 1
representation one-slot-2 generationBits=3
client bypass
note anything # goes {
thread 2:
  use a
main:
  a = alloc buffer 64
  hold p = a
  peek p 7
  drop p
  send a to thread 2
  free a
  during run-finalizer:
    swap a a
    panic
  b = alloc list
  during allocation:
    panic
schedule 0*5 2 read 1 address 0
`;
const seeds = [EVERYTHING, ...readdirSync(EXAMPLES).map((file) => readFileSync(new URL(file, EXAMPLES), 'utf8'))].map(
  (text) => Buffer.from(text),
);

const MUTATIONS = 10_000;

/** One to three changes of bytes or lines: flipped, replaced, removed, doubled, swapped or taken from another scenario. */
function mutated(seed: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(seed);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(Math.max(bytes.length, 1));
    const lines = bytes.toString('latin1').split('\n');
    const line = random.below(lines.length);
    const other = random.pick(seeds).toString('latin1').split('\n');
    const change = random.below(8);
    if (change === 0) bytes[at] ^= 1 << random.below(8);
    else if (change === 1) bytes[at] = random.pick([0, 9, 10, 13, 32, 35, 42, 48, 58, 61, 123, 125, 128, 255]);
    else if (change === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))]);
    else if (change === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]);
    else {
      if (change === 4) lines.splice(line, 1);
      if (change === 5) lines.splice(line, 0, lines[random.below(lines.length)]);
      if (change === 6) lines.splice(line, 0, other[random.below(other.length)]);
      if (change === 7) lines[line] = `${' '.repeat(random.below(5))}${lines[line].trimStart()}`;
      bytes = Buffer.from(lines.join('\n'), 'latin1');
    }
  }
  return bytes;
}

function many(line: string, count: number): string {
  return `${line}\n`.repeat(count);
}

/** The scenario, or undefined when it is refused as it should be: one line, at a place inside the text. */
function parsedOrRefused(text: string): Scenario | undefined {
  try {
    return parseScenario(text, 'f', lookup, IDS);
  } catch (error) {
    if (!(error instanceof InputError))
      throw new Error(`not refused as input: ${JSON.stringify(text)}`, { cause: error });
    const { line = 0, column = 0 } = error.location;
    expect(error.message, text).not.toMatch(/[\n\r\0]/);
    expect(line, text).toBeGreaterThan(0);
    expect(line, text).toBeLessThanOrEqual(text.split('\n').length);
    expect(column, text).toBeGreaterThan(0);
    expect(column, text).toBeLessThanOrEqual((text.split('\n')[line - 1] ?? '').length + 1);
    return undefined;
  }
}

describe('mutated scenarios', () => {
  it('parse, and then print stably, or are refused with one line at a place inside the text', () => {
    const random = new Random(20_260_801);
    const seen = { parsed: 0, refused: 0 };
    for (let count = 0; count < MUTATIONS; count++) {
      const text = mutated(random.pick(seeds), random).toString('utf8');
      const scenario = parsedOrRefused(text);
      if (scenario === undefined) {
        seen.refused++;
        continue;
      }
      seen.parsed++;
      const printed = printScenario(scenario);
      expect(printScenario(parseScenario(printed, 'f', lookup, IDS)), text).toBe(printed);
    }
    // Both ends are worth something only when both are reached often.
    expect(Math.min(seen.parsed, seen.refused)).toBeGreaterThan(MUTATIONS / 20);
  });

  it('is read in time that grows with its length, whatever it repeats', () => {
    const head = 'representation one-slot-2\nclient bypass\n';
    const texts = [
      `${head}a = alloc list\n${many('use a', 200_000)}`,
      `${head}${Array.from({ length: 60_000 }, (_, index) => `a${index} = alloc list`).join('\n')}\nuse b\n`,
      `${head}${Array.from({ length: 64 }, (_, index) => `thread ${64 - index}:\n  ${index === 63 ? 'a = alloc list' : 'use a'}\n${index === 0 ? '' : `  send a to thread ${65 - index}\n`}`).join('')}`,
      `${head}a = alloc list\n${many('free a\nduring run-finalizer:\n  use a', 40_000)}`,
      `${head}${many('#', 400_000)}stall\n${' '.repeat(9_000)}`,
    ];
    const started = performance.now();
    for (const text of texts) {
      try {
        parseScenario(text, 'f', lookup, IDS);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
