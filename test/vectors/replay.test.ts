import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Engine, Host } from '../../src/model/ir/engine.ts';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import type { Program } from '../../src/model/ir/program.ts';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import { instantiate, type Instance } from '../../src/model/machine/instance.ts';
import { parseOperationLog, replayLog, type ReplayOutcome } from '../../src/model/machine/operation-log.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

const V1 = 'molt-handle-table-v1';
const REGISTRY = 'molt-pointer-registry';

const LOGS = [
  { file: 'molt-handle-table-v1-small.jsonl', id: V1, operations: 1200 },
  { file: 'molt-handle-table-v1-wrap.jsonl', id: V1, operations: 400 },
  { file: 'molt-pointer-registry-small.jsonl', id: REGISTRY, operations: 1192 },
  { file: 'molt-pointer-registry-retire.jsonl', id: REGISTRY, operations: 397 },
] as const;

type Make = (program: Program, host: Host) => Engine;

/** The interpreter takes half a minute for logs whose macros make 100,000 calls and more; it gets the others. */
const RUNS: readonly (readonly [string, Make, readonly (typeof LOGS)[number][]])[] = [
  ['compiled', compileSequential, LOGS],
  ['interpreter', interpretProgram, LOGS.filter(({ file }) => file.endsWith('-small.jsonl'))],
];

function unexpected(): never {
  throw new Error('a log asks nothing of the host');
}

function instanceOf(id: string, parameters: Readonly<Record<string, unknown>> = {}): Instance {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(`no representation ${id}`);
  return instantiate(representation, parameters);
}

function textOf(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

function replay(text: string, instance: Instance, make: Make = compileSequential): ReplayOutcome {
  const memory = new Memory(DEFAULT_MACHINE, new Random(1));
  const host = { memory, reclaim: unexpected, callback: unexpected, mayPanic: unexpected };
  return replayLog(parseOperationLog(text, 'a.jsonl'), instance, make(instance.program, host));
}

/** What a log is refused with, as the command prints it. */
function refusal(text: string, id = V1): string {
  try {
    replay(text, instanceOf(id));
  } catch (error) {
    if (error instanceof InputError) return error.render();
    throw error;
  }
  throw new Error('the log was accepted');
}

describe.each(RUNS)('recorded logs, %s', (_name, make, logs) => {
  test.each(logs)('$file replays without divergence', ({ file, id, operations }) => {
    expect(replay(textOf(file), instanceOf(id), make)).toEqual({ operations, divergence: null });
  });
});

describe('a divergence', () => {
  const CHANGED: Readonly<Record<string, string>> = { none: '0x1', ok: 'none', true: 'false', false: 'true' };

  test.each(LOGS)('names the changed line of $file, what was recorded and what the model says', ({ file, id }) => {
    const lines = textOf(file).trimEnd().split('\n');
    const logged = parseOperationLog(textOf(file), file).operations;
    const instance = instanceOf(id);
    // Every 97th line, so that all operations and all kinds of results occur over the four logs.
    for (let index = 1; index < lines.length; index += 97) {
      const { op, result } = logged[index - 1];
      const changed = CHANGED[result] ?? `0x${(BigInt(result) ^ 0x40n).toString(16)}`;
      const text = lines
        .with(index, lines[index].replace(`"result": "${result}"`, `"result": "${changed}"`))
        .join('\n');
      expect(replay(text, instance)).toEqual({
        operations: index,
        divergence: { line: index + 1, op, expected: changed, actual: result },
      });
    }
  });

  const DEVIATIONS = [
    { file: LOGS[0].file, id: V1, parameters: { registerSteps: 0 } },
    { file: LOGS[0].file, id: V1, parameters: { unregisterSteps: 0 } },
    { file: LOGS[0].file, id: V1, parameters: { shardBits: 3 } },
    { file: LOGS[1].file, id: V1, parameters: { generationBits: 15 } },
    { file: LOGS[2].file, id: REGISTRY, parameters: { shardBits: 5 } },
    { file: LOGS[3].file, id: REGISTRY, parameters: { generationBits: 15 } },
  ];

  test.each(DEVIATIONS)('shows a table that is built otherwise: $file, $parameters', ({ file, id, parameters }) => {
    expect(replay(textOf(file), instanceOf(id, parameters)).divergence).not.toBeNull();
  });

  test('of a retired slot: with one bit less a generation, a slot is retired too early and the next handle has another slot', () => {
    const churn = '{"op": "churn_opaque", "address": "0x10", "times": 3, "result": "0xc0000000"}';
    const after = '{"op": "opaque_handle", "address": "0x10", "result": "0x100000000"}';
    const text = ['{"vectors": "v"}', churn, after].join('\n');
    // Shard of 0x10: 0x10 * 0x9e3779b97f4a7c15 = 0xe3779b97f4a7c150 modulo 2^64, upper 6 bits 56.
    const shard = 0xe3779b97f4a7c150n >> 58n;
    const of = (generation: bigint, slot: bigint) => `0x${((generation << 30n) | (slot << 6n) | shard).toString(16)}`;
    const recorded = text.replace('0xc0000000', of(3n, 0n)).replace('0x100000000', of(4n, 0n));
    expect(replay(recorded, instanceOf(REGISTRY)).divergence).toBeNull();
    const narrow = { generationBits: 2 };
    const { divergence } = replay(recorded, instanceOf(REGISTRY, narrow));
    expect(divergence).toEqual({ line: 3, op: 'opaque_handle', expected: of(4n, 0n), actual: of(1n, 1n) });
  });

  test('of a panic or a fault says so', () => {
    const text = ['{"vectors": "v"}', '{"op": "resolve", "handle": "0x1000000005", "result": "none"}'].join('\n');
    const representation = CATALOGUE.get(V1);
    if (representation === undefined) throw new Error('no v1');
    const mutant = instantiate(representation, {}, 'drop-guard:resolve/slot-exists');
    expect(replay(text, mutant).divergence).toEqual({
      line: 2,
      op: 'resolve',
      expected: 'none',
      actual: 'fault out-of-bounds',
    });
  });
});

describe('a log that does not fit', () => {
  const header = '{"vectors": "v"}\n';
  const CASES: readonly (readonly [string, string])[] = [
    ['', "a.jsonl:1:1: expected a header object, found the end of the file"],
    ['[1]', "a.jsonl:1:1: expected a header object, found '[1]'"],
    ['{"op": "resolve", "result": "ok"}', `a.jsonl:1:1: expected a header object with a text "vectors", found 'op, result'`],
    ['{"vectors": "v"', 'a.jsonl:1:16: expected a header object, found the end of the line'],
    [`${header}\n{"op": "resolve" "handle": "0x1"}`, `a.jsonl:3:18: expected a comma or the closing brace, found '"handle": "0x1"}'`],
    [`${header}{"op": "resolve", "handle": "0x1"}`, `a.jsonl:2:34: expected the key "result", found 'op, handle'`],
    [`${header}{"op": 7, "result": "ok"}`, 'a.jsonl:2:8: expected a text for "op", found 7'],
    [`${header}{"op": "resolve", "handle": "0xg", "result": "none"}`, "a.jsonl:2:29: expected a hexadecimal integer of at most 64 bits, or a whole number, found '0xg'"],
    [`${header}{"op": "resolve", "handle": "0x10000000000000000", "result": "none"}`, "a.jsonl:2:29: expected a hexadecimal integer of at most 64 bits, or a whole number, found '0x10000000000000000'"],
    [`${header}{"op": "resolve", "handle": -1, "result": "none"}`, 'a.jsonl:2:29: expected a hexadecimal integer of at most 64 bits, or a whole number, found -1'],
    [`${header}{"op": "resolve", "handle": "0x1", "result": "maybe"}`, "a.jsonl:2:46: expected a hexadecimal integer, ok, none, true or false, found 'maybe'"],
    [`${header}{"op": "resolve", "op": "resolve", "result": "ok"}`, `a.jsonl:2:19: expected every key once, found '"op": "resolve", "result": "ok"}'`],
    [`${header}{"op": "resolve", "handle": "0x1", "result": "none"} x`, "a.jsonl:2:54: expected the end of the line, found 'x'"],
    [`${header}{"op": "lookup", "handle": "0x1", "result": "none"}`, 'a.jsonl:2:8: molt-handle-table-v1 has no logged operation "lookup"; expected one of register, resolve, unregister, churn'],
    [`${header}{"op": "resolve", "address": "0x1", "result": "none"}`, 'a.jsonl:2:19: expected only handle for operation "resolve", found "address"'],
    [`${header}{"op": "resolve", "result": "none"}`, 'a.jsonl:2:35: expected the key "handle" of operation "resolve", found op, result'],
    [`${header}{"op": "churn", "address": "0x10", "times": 0, "result": "ok"}`, 'a.jsonl:2:36: expected a number from 1 to 4294967295 for "times", found 0'],
  ]; // prettier-ignore

  test.each(CASES)('%j', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('is accepted by what its operations are, not by the name in its header', () => {
    expect(refusal(textOf(LOGS[2].file), V1)).toContain('molt-handle-table-v1 has no logged operation "opaque_handle"');
    expect(refusal(textOf(LOGS[2].file), 'molt-opaque-slab')).toMatch(
      /:4:8: molt-opaque-slab has no logged operation "resolve"; expected one of opaque_handle, resolve_opaque, release, is_registered, reset, churn_opaque$/,
    );
    expect(refusal(textOf(LOGS[0].file), 'tagged-pointer')).toBe('a.jsonl: tagged-pointer declares no operation log');
  });

  test('is read with carriage returns, a byte order mark, empty lines and upper case digits', () => {
    const text = `\uFEFF${header}\r\n{ "op" : "register" ,"address":"0X7F0000597880","result":"0x0800010000000" }\r\n`;
    expect(replay(text, instanceOf(V1))).toEqual({ operations: 1, divergence: null });
  });
});
