import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { runScenario, type ScenarioRun } from '../../src/model/scenario/run.ts';

function run(first: string, body: string): ScenarioRun {
  const statements = body.split(';').map((statement) => statement.trim());
  const text = [`representation ${first}`, ...statements].join('\n');
  return runScenario(parseScenario(`${text}\n`, 'test.scenario', (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]));
}

/** Representation and parameters; machine, client and statements; verdict; `broken-claim`, `known-hazard` or nothing for a clean run. */
type Case = readonly [string, string, string];

// prettier-ignore
const TAGGED: readonly Case[] = [
  ['tagged-pointer', 'client exclusive; a = alloc list; use a; free a', 'clean'],
  ['tagged-pointer', 'machine provenance=strict; client exclusive; a = alloc list; use a', 'exposed-provenance known-hazard'],
  ['tagged-pointer', 'machine addresses=bump; client any; a = alloc list; free a; use a', 'stale-handle known-hazard'],
  ['tagged-pointer', 'client any; a = alloc list; free a; b = alloc dict; use a', 'aba known-hazard'],
  ['tagged-pointer', 'client any; a = alloc list; free a; free a', 'no-provenance known-hazard'],
  ['tagged-pointer', 'machine hostBits=48 placement=high; client exclusive; a = alloc list; use a', 'truncated-address known-hazard'],
  ['tagged-pointer extension=zero', 'machine hostBits=48 placement=high; client exclusive; a = alloc list; use a; free a', 'clean'],
  ['tagged-pointer extension=zero', 'machine hostBits=52 placement=high; client exclusive; a = alloc list; use a', 'truncated-address known-hazard'],
  ['tagged-pointer', 'machine hostBits=47 placement=high; client exclusive; a = alloc list; use a; free a', 'clean'],
  ['tagged-pointer payloadBits=32', 'machine hostBits=47 placement=high; client exclusive; a = alloc list; use a', 'truncated-address known-hazard'],
  ['tagged-pointer payloadBits=32 extension=zero', 'machine hostBits=32 placement=high; client exclusive; a = alloc list; use a; free a', 'clean'],
  ['tagged-pointer payloadBits=50', 'machine hostBits=48 placement=high; client exclusive; a = alloc list; use a; free a', 'clean'],
  ['tagged-pointer', 'client any; a = alloc list; b = corrupt a 63; use b', 'clean'],
  ['low-bit-tagged-pointer', 'machine provenance=strict; client exclusive; a = alloc list; b = alloc buffer; use a; use b; free a; use b; free b', 'clean'],
  ['low-bit-tagged-pointer', 'machine hostBits=57 placement=high; client exclusive; a = alloc list; use a; free a', 'clean'],
  ['low-bit-tagged-pointer tagBits=4', 'client exclusive; a = alloc buffer; use a; free a', 'clean'],
  ['low-bit-tagged-pointer', 'machine addresses=bump; client any; a = alloc list; free a; use a', 'stale-handle known-hazard'],
  ['low-bit-tagged-pointer', 'client any; a = alloc list; free a; b = alloc dict; use a', 'aba known-hazard'],
];

const V1 = 'molt-handle-table-v1';
// prettier-ignore
const REGISTRY: readonly Case[] = [
  [V1, 'machine provenance=strict; client exclusive; a = alloc list; b = alloc dict; use a; free a; use b; free b', 'clean'],
  [V1, 'client any; a = alloc list; free a; use a; free a; b = alloc list; use a; use b', 'clean'],
  [V1, 'client any; a = alloc list; free a; churn 65533 list; b = alloc dict; use a', 'clean'],
  [V1, 'client any; a = alloc list; free a; churn 65534 list; b = alloc dict; use a', 'aba known-hazard'],
  [`${V1} generationBits=3`, 'client any; a = alloc list; free a; churn 5 list; b = alloc dict; use a', 'clean'],
  [`${V1} generationBits=3`, 'client any; a = alloc list; free a; churn 6 list; b = alloc dict; use a', 'aba known-hazard'],
  [V1, 'client bypass; a = alloc list; b = copy a; abandon a; c = alloc dict; use b', 'aba known-hazard'],
  [V1, 'machine addresses=bump; client bypass; a = alloc list; abandon a; use a', 'stale-handle known-hazard'],
  [V1, 'client any; a = alloc list; b = corrupt a 60; use b', 'forged-handle known-hazard'],
  [V1, 'client any; a = alloc list; b = corrupt a 20; use b; c = corrupt a 30; use c; d = corrupt a 45; use d', 'clean'],
  [V1, 'client valid; a = alloc list; hold p = a; free a; touch p', 'use-after-free known-hazard'],

  ['molt-pointer-registry', 'machine provenance=strict; client exclusive; a = alloc list; use a; free a; b = alloc dict; use b; free b', 'clean'],
  ['molt-pointer-registry', 'client any; a = alloc list; free a; use a; free a', 'clean'],
  ['molt-pointer-registry', 'client any; a = alloc list; free a; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-pointer-registry', 'machine addresses=bump; client any; a = alloc list; free a; b = alloc dict; use a; use b; free b', 'clean'],
  ['molt-pointer-registry reference=dual', 'client exclusive; a = alloc list; use a; free a; b = alloc dict; use b; free b', 'clean'],
  ['molt-pointer-registry reference=dual', 'machine addresses=bump; client any; a = alloc list; free a; use a', 'stale-handle known-hazard'],
  ['molt-pointer-registry reference=dual', 'machine addresses=bump; client any; a = alloc list; free a; free a', 'double-free known-hazard'],
  ['molt-pointer-registry reference=dual', 'client any; a = alloc list; free a; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-pointer-registry reference=opaque', 'client any; a = alloc list; free a; churn 65534 list; b = alloc dict; use a; use b', 'clean'],
  ['molt-pointer-registry reference=opaque', 'client bypass; a = alloc list; abandon a; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-pointer-registry reference=opaque', 'client any; a = alloc list; reset; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-pointer-registry reference=opaque', 'client any; a = alloc list; reset; use a; free a', 'clean'],
  ['molt-opaque-slab', 'client any; a = alloc list; free a; churn 65534 list; b = alloc dict; use a; use b; free b; c = alloc dict; use a; use c', 'clean'],
  ['molt-opaque-slab generationBits=2', 'client any; a = alloc list; free a; churn 8 list; b = alloc dict; use a; use b', 'clean'],
  ['molt-opaque-slab', 'client any; a = alloc list; reset; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-opaque-slab', 'client bypass; a = alloc list; abandon a; b = alloc dict; use a', 'aba known-hazard'],
  ['molt-opaque-slab', 'client any; a = alloc list; b = corrupt a 60; use b; c = corrupt a 46; use c', 'clean'],
  // One address, so one shard: two slots of three generations. With one slot held, the other is used up after three creates.
  ['molt-opaque-slab shardBits=0 slotBits=1 generationBits=2 reset=false', 'client exclusive; a = alloc list; churn 3 list', 'clean'],
  ['molt-opaque-slab shardBits=0 slotBits=1 generationBits=2 reset=false', 'client exclusive; a = alloc list; churn 3 list; b = alloc list', 'exhausted known-hazard'],
];

// prettier-ignore
const TABLE_AND_ARENA: readonly Case[] = [
  ['handle-table generationBits=2', 'client any; a = alloc list; free a; churn 1 list; b = alloc dict; use a; use b', 'clean'],
  ['handle-table generationBits=2', 'client any; a = alloc list; free a; churn 2 list; b = alloc dict; use a', 'aba known-hazard'],
  ['handle-table indexBits=1 generationBits=2 onWrap=retire', 'client exclusive; a = alloc list; churn 3 list', 'clean'],
  ['handle-table indexBits=1 generationBits=2 onWrap=retire', 'client exclusive; a = alloc list; churn 3 list; b = alloc list', 'exhausted known-hazard'],
  ['handle-table indexBits=1 generationBits=3 step=3 onWrap=retire', 'client exclusive; a = alloc list; churn 3 list; b = alloc list', 'exhausted known-hazard'],

  ['arena-offset', 'machine provenance=strict; client exclusive; a = alloc list; b = alloc dict 48; use a; use b', 'clean'],
  ['arena-offset', 'client exclusive; a = alloc list; reset; b = alloc dict; use b', 'clean'],
  ['arena-offset', 'client exclusive; a = alloc list; free a', 'leak known-hazard'],
  ['arena-offset', 'client any; a = alloc list; reset; use a', 'clean'],
  ['arena-offset', 'client any; a = alloc list; reset; b = alloc dict; use a', 'aba known-hazard'],
  ['arena-offset epoch=checked', 'client any; a = alloc list; reset; b = alloc dict; use a; use b', 'clean'],
  ['arena-offset epoch=checked epochBits=1', 'client any; a = alloc list; reset; reset; b = alloc dict; use a', 'aba known-hazard'],
  ['arena-offset epoch=checked', 'client any; a = alloc list; free a; use a', 'stale-handle known-hazard'],
  ['arena-offset', 'client any; a = alloc list; b = corrupt a 33; use b; c = corrupt a 4; use c; d = forge 0; use d; e = forge 48; use e', 'clean'],
  ['arena-offset', 'client any; a = alloc list; b = forge 32; use b', 'forged-handle known-hazard'],
  ['arena-offset arenaBytes=64', 'client exclusive; a = alloc list; use a; b = alloc list', 'exhausted known-hazard'],
  ['arena-offset arenaBytes=80', 'client exclusive; a = alloc list; b = alloc list; use a; use b', 'clean'],
];

/** A hold that was refused, or a create that answered nothing, leaves an empty variable: operations on it do nothing. */
// prettier-ignore
const EMPTY: readonly Case[] = [
  ['handle-table', 'client any; a = alloc list; free a; hold p = a; touch p; drop p', 'clean'],
  ['handle-table', 'client any; a = alloc list; free a; hold p = a; touch p; drop p; b = alloc dict; hold p = b; touch p; drop p; free b', 'clean'],
  ['molt-opaque-slab', 'client any; a = alloc list; b = forge 0; hold p = b; touch p; drop p; use a; free a', 'clean'],
  ['handle-table indexBits=1 generationBits=2 onWrap=retire', 'client any; churn 6 list; a = alloc list; use a; b = copy a; use b; c = corrupt a 0; hold p = a; touch p; drop p; free a', 'exhausted known-hazard'],
];

describe.each([
  ['tagged pointers', TAGGED],
  ['registries', REGISTRY],
  ['table and arena', TABLE_AND_ARENA],
  ['empty variables', EMPTY],
] as const)('%s', (_name, cases) => {
  test.each(cases)('%s: %s: %s', (first, body, expected) => {
    const { verdict, finding } = run(first, body);
    expect([verdict, finding?.status].filter((part) => part !== undefined).join(' ')).toBe(expected);
  });
});
