import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Engine, Host } from '../../src/model/ir/engine.ts';
import { interpretProgram } from '../../src/model/ir/interpreter/interpreter.ts';
import type { Program } from '../../src/model/ir/program.ts';
import { instantiate, type Instance } from '../../src/model/machine/instance.ts';
import { parseOperationLog, replayLog } from '../../src/model/machine/operation-log.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

const LOGS = [
  { file: 'molt-handle-table-v1-small.jsonl', id: 'molt-handle-table-v1', operations: 1200 },
  { file: 'molt-handle-table-v1-wrap.jsonl', id: 'molt-handle-table-v1', operations: 400 },
  { file: 'molt-pointer-registry-small.jsonl', id: 'molt-pointer-registry', operations: 1192 },
  { file: 'molt-pointer-registry-retire.jsonl', id: 'molt-pointer-registry', operations: 397 },
] as const;

const ENGINES: readonly (readonly [string, (program: Program, host: Host) => Engine])[] = [
  ['interpreter', interpretProgram],
];

function hostOf(): Host {
  const memory = new Memory(DEFAULT_MACHINE, new Random(1));
  const unexpected = (): never => {
    throw new Error('a log asks nothing of the host');
  };
  return { memory, reclaim: unexpected, callback: unexpected, mayPanic: unexpected };
}

function instanceOf(id: string, parameters: Readonly<Record<string, unknown>> = {}): Instance {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(`no representation ${id}`);
  return instantiate(representation, parameters);
}

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

describe.each(ENGINES)('recorded logs with the %s', (_name, engine) => {
  test.each(LOGS)(
    '$file replays without divergence',
    ({ file, id, operations }) => {
      const instance = instanceOf(id);
      const outcome = replayLog(parseOperationLog(textOf(file), file), instance, engine(instance.program, hostOf()));
      expect(outcome).toEqual({ operations, divergence: null });
    },
    120_000,
  );
});
