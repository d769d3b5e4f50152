import { IDENTITY } from '../../src/model/machine/ghosts.ts';
import { describe, expect, test } from 'vitest';
import { compileSequential } from '../../src/model/ir/sequential/sequential-engine.ts';
import {
  claimOf,
  CONTRACTS,
  isBroken,
  type Claims,
  type Contract,
  type Evidence,
} from '../../src/model/machine/claims.ts';
import { Opcode, OPCODE_NAMES, STRIDE, type OpcodeName } from '../../src/model/machine/client-program.ts';
import { Client } from '../../src/model/machine/client.ts';
import { instantiate, type Instance } from '../../src/model/machine/instance.ts';
import type { ParameterValue } from '../../src/model/machine/parameters.ts';
import type { Violation } from '../../src/model/machine/violation.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import type { VerdictCode } from '../../src/model/vocabulary/verdicts.ts';

const REFERENCES = 6;
const POINTERS = 2;
const OPERATIONS = 60;
const PROGRAMS = 100;

type Given = Readonly<Record<string, ParameterValue>>;

/** Narrow variants, in which wraps, retirement and full tables come within a few operations. */
const VARIANTS: readonly (readonly [string, Given])[] = [
  ['tagged-pointer', {}],
  ['tagged-pointer', { extension: 'zero' }],
  ['tagged-pointer', { payloadBits: 32 }],
  ['low-bit-tagged-pointer', { tagBits: 4 }],
  ['low-bit-tagged-pointer', { tagBits: 1 }],
  ['molt-pointer-registry', { shardBits: 1 }],
  ['molt-pointer-registry', { reference: 'dual', shardBits: 0, slotBits: 1, generationBits: 2 }],
  ['molt-pointer-registry', { reference: 'opaque', shardBits: 0, slotBits: 2, generationBits: 2 }],
  ['molt-opaque-slab', { shardBits: 0, slotBits: 1, generationBits: 2, reset: false }],
  ['molt-opaque-slab', { shardBits: 1, slotBits: 2, generationBits: 3, reset: false }],
  ['molt-opaque-slab', { shardBits: 0, slotBits: 2, generationBits: 1 }],
  ['handle-table', { indexBits: 1, generationBits: 2 }],
  ['handle-table', { indexBits: 2, generationBits: 2, step: 3, freeList: 'fifo' }],
  ['handle-table', { indexBits: 2, generationBits: 3, step: 2, onWrap: 'retire' }],
  ['handle-table', { indexBits: 1, generationBits: 1, onWrap: 'retire', freeList: 'fifo' }],
  ['molt-handle-table-v1', { shardBits: 0, indexBits: 1, generationBits: 2 }],
  ['molt-handle-table-v1', { shardBits: 1, indexBits: 2, generationBits: 3 }],
  ['molt-handle-table-v1', { shardBits: 0, indexBits: 2, generationBits: 2, unregisterSteps: 0 }],
  ['molt-handle-table-v1', { shardBits: 0, indexBits: 2, generationBits: 3, registerSteps: 0, unregisterSteps: 3 }],
  ['molt-handle-table-v1', { shardBits: 0, indexBits: 2, generationBits: 2, reclaim: 'before' }],
  ['arena-offset', { arenaBytes: 256 }],
  ['arena-offset', { arenaBytes: 256, epoch: 'checked', epochBits: 2 }],
  ['lock-free-slab', { indexBits: 1, generationBits: 2 }],
  ['lock-free-slab', { indexBits: 2, generationBits: 1, onWrap: 'retire' }],
  ['epoch-slab', { indexBits: 2, generationBits: 2 }],
  ['epoch-slab', { indexBits: 2, generationBits: 1, onWrap: 'retire', collects: 'callers' }],
  ['epoch-slab', { indexBits: 2, generationBits: 2, onWrap: 'retire', advances: 1, pinFence: false }],
  ['epoch-slab', { indexBits: 2, generationBits: 2, onWrap: 'retire', recycleIndex: 'unlink' }],
  ['epoch-slab', { indexBits: 1, generationBits: 2, bumpGeneration: 'late', advances: 3 }],
  ['hazard-slab', { indexBits: 1, generationBits: 2 }],
  ['hazard-slab', { indexBits: 2, generationBits: 1, onWrap: 'retire', hazards: 2, collects: 'callers' }],
  ['hazard-slab', { indexBits: 2, generationBits: 2, onWrap: 'retire', recheck: false, fence: false }],
  ['sharded-handle-table', { shardBits: 1, indexBits: 1, generationBits: 2 }],
  ['sharded-handle-table', { shardBits: 1, indexBits: 2, generationBits: 2, onWrap: 'retire', readLock: 'use' }],
  ['cached-handle-table', { indexBits: 1, generationBits: 2 }],
  ['cached-handle-table', { indexBits: 2, generationBits: 2, validate: 'generation' }],
  ['cached-handle-table', { indexBits: 2, generationBits: 1, onWrap: 'retire', validate: 'epoch' }],
  ['cached-handle-table', { indexBits: 2, generationBits: 2, validate: 'epoch', epochBits: 1 }],
  ['atomic-hash-map', { indexBits: 2 }],
  ['atomic-hash-map', { indexBits: 4 }],
];

const MACHINES: readonly Partial<MachineSettings>[] = [
  {},
  { addresses: 'bump', provenance: 'strict' },
  { addresses: 'reuse', hostBits: 57, placement: 'high' },
  { addresses: 'quarantine:2', hostBits: 47, placement: 'high', alignment: 'symbolic' },
];

/** Any operation on any variables; the client leaves out what its contract does not allow. */
function randomProgram(random: Random, extras: number): Int32Array {
  const code = new Int32Array(OPERATIONS * STRIDE);
  for (let at = 0; at < code.length; at += STRIDE) {
    const opcode = random.pick(OPERATION_MIX);
    const reference = random.below(REFERENCES);
    const other = random.below(REFERENCES);
    const pointer = random.below(POINTERS);
    const operands: Readonly<Record<number, readonly number[]>> = {
      [Opcode.alloc]: [reference, 1 + random.below(5), 16 * (1 + random.below(4))],
      [Opcode.hold]: [pointer, reference, 0],
      [Opcode.touch]: [pointer, 0, 0],
      [Opcode.drop]: [pointer, 0, 0],
      [Opcode.copy]: [reference, other, 0],
      [Opcode.forge]: [reference, random.next() >>> random.below(32), random.next() >>> (16 + random.below(17))],
      [Opcode.corrupt]: [reference, other, random.below(64)],
      [Opcode.churn]: [1 + random.below(9), 0, 1 + random.below(5)],
    };
    const given =
      opcode === Opcode.extra ? [random.below(Math.max(extras, 1)), 0, 0] : (operands[opcode] ?? [reference, 0, 0]);
    code.set([extras === 0 && opcode === Opcode.extra ? Opcode.use : opcode, ...given], at);
  }
  return code;
}

const OPERATION_MIX = [
  ['alloc', 'alloc', 'alloc', 'free', 'free', 'use', 'use', 'use', 'hold', 'touch', 'drop', 'copy', 'churn'],
  ['forge', 'corrupt', 'abandon', 'extra'],
].flatMap((names) => names.map((name) => Opcode[name as OpcodeName]));

class Judge {
  readonly client: Client;
  readonly claims: Claims;
  readonly #slotMask: bigint;
  #issued: { readonly identity: number; readonly bits: bigint }[] = [];

  constructor(instance: Instance, settings: MachineSettings, contract: Contract) {
    const memoryRandom = new Random(7);
    const memory = new Memory(settings, memoryRandom);
    this.claims = instance.claims(settings);
    const slots = instance.blueprint.slotFields ?? [];
    const fields = (instance.reference.layout?.fields ?? []).filter(({ name }) => slots.includes(name));
    this.#slotMask = fields.reduce((mask, { low, width }) => mask | (((1n << BigInt(width)) - 1n) << BigInt(low)), 0n);
    const observer = {
      issued: (object: number) => {
        const { objects } = this.client.world;
        this.#issued.push({ identity: objects.rows[object + IDENTITY], bits: objects.bitsOf(object) & this.#slotMask });
      },
      phase: () => {},
      resolved: () => {},
      operation: () => {},
    };
    this.client = new Client(instance, memory, (host) => compileSequential(instance.program, host), {
      contract,
      references: REFERENCES,
      pointers: POINTERS,
      forges: true,
      random: memoryRandom,
      observer,
    });
    this.client.stopAtFirst = true;
  }

  /** The evidence of the first verdict of a program, or undefined when it has none. */
  run(code: Int32Array): Evidence | undefined {
    this.#issued = [];
    this.client.reset();
    this.client.run({ code, callbacks: new Map() });
    const [violation] = this.client.world.violations;
    return violation && this.#evidenceOf(violation);
  }

  /** The program without every operation that its verdict does not need: only then is its contract that of the finding. */
  minimized(code: Int32Array, verdict: VerdictCode): Int32Array {
    let kept = code;
    for (let at = kept.length - STRIDE; at >= 0; at -= STRIDE) {
      const shorter = new Int32Array([...kept.subarray(0, at), ...kept.subarray(at + STRIDE)]);
      if (this.run(shorter)?.code === verdict) kept = shorter;
    }
    return kept;
  }

  #evidenceOf({ code, contract, creates, event, object, relation, variable }: Violation): Evidence {
    const { world } = this.client;
    const own = this.#issued.findIndex(({ identity }) => identity === object);
    const later = this.#issued.slice(own + 1).filter(({ bits }) => bits === this.#issued[own]?.bits);
    const forged = relation === 'forged' || (variable >= 0 && world.relationTo(world.objectOf(variable)) === 'forged');
    // A held pointer was resolved from a live reference, or there was an earlier verdict: what its object's end does to the user is
    // a matter of `valid` clients, even when the reference was forged and equal to an issued one.
    const isHeldTouch = event === 'touch' && variable < 0 && contract === 'any';
    return { code, contract: isHeldTouch ? 'valid' : contract, forged, reuses: later.length, creates };
  }
}

/** A broken claim with the minimal program that breaks it, or undefined when no random client breaks one. */
function brokenClaim(
  instance: Instance,
  machine: Partial<MachineSettings>,
  contract: Contract,
  claimed: (claims: Claims) => Claims = (claims) => claims,
): string | undefined {
  const judge = new Judge(instance, { ...DEFAULT_MACHINE, ...machine }, contract);
  const claims = claimed(judge.claims);
  const random = new Random(CONTRACTS.indexOf(contract) + 1);
  for (let program = 0; program < PROGRAMS; program++) {
    const code = randomProgram(random, judge.client.world.roles.extras.length);
    const first = judge.run(code);
    if (first === undefined || !isBroken(claims, first)) continue;
    const minimal = judge.minimized(code, first.code);
    const evidence = judge.run(minimal);
    if (evidence === undefined || !isBroken(claims, evidence)) continue;
    return `${claimOf(evidence)}: ${JSON.stringify(evidence)} ${JSON.stringify(machine)} ${textOf(minimal)}`;
  }
  return undefined;
}

function instanceOf(id: string, parameters: Given): Instance {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(`no representation ${id}`);
  return instantiate(representation, parameters);
}

/** Nothing that bypassing clients do breaks a claim. */
const JUDGED = ['exclusive', 'valid', 'any'] as const;

describe.each(JUDGED)('under %s, random clients break no claim of', (contract) => {
  test.each(VARIANTS.map(([id, parameters], index) => ({ id, parameters, index })))(
    '$id $parameters',
    ({ id, parameters, index }) => {
      const instance = instanceOf(id, parameters);
      for (const machine of [MACHINES[index % 4], MACHINES[(index + 1) % 4]])
        expect(brokenClaim(instance, machine, contract)).toBeUndefined();
    },
  );
});

describe('a claim that says too much is broken by random clients', () => {
  const HIGH: Partial<MachineSettings> = { hostBits: 47, placement: 'high' };
  const LIES: readonly (readonly [string, Given, Partial<MachineSettings>, Contract, Partial<Claims>])[] = [
    ['tagged-pointer', { payloadBits: 32 }, HIGH, 'exclusive', { keepsLive: true }],
    ['tagged-pointer', { payloadBits: 32 }, HIGH, 'exclusive', { memorySafe: true }],
    ['tagged-pointer', {}, { provenance: 'strict' }, 'exclusive', { strictProvenance: true }],
    ['low-bit-tagged-pointer', {}, {}, 'any', { detectsStale: { within: 100 } }],
    ['molt-pointer-registry', {}, {}, 'any', { detectsStale: { within: 2 } }],
    ['molt-pointer-registry', { reference: 'dual' }, { addresses: 'bump' }, 'any', { detectsStale: { within: 1 } }],
    ['molt-opaque-slab', { shardBits: 0, slotBits: 2 }, {}, 'any', { detectsStale: 'always' }],
    [
      'molt-opaque-slab',
      { shardBits: 0, slotBits: 1, generationBits: 2, reset: false },
      {},
      'exclusive',
      { available: 5 },
    ],
    ['handle-table', { indexBits: 1, generationBits: 2, onWrap: 'retire' }, {}, 'exclusive', { available: 5 }],
    ['handle-table', { indexBits: 1, generationBits: 2 }, {}, 'any', { detectsStale: { within: 4 } }],
    [
      'molt-handle-table-v1',
      { shardBits: 0, indexBits: 1, generationBits: 2 },
      {},
      'any',
      { detectsStale: { within: 4 } },
    ],
    ['molt-handle-table-v1', {}, {}, 'any', { detectsForged: 'always' }],
    ['molt-handle-table-v1', {}, {}, 'valid', { safeConcurrentUse: true }],
    ['arena-offset', {}, {}, 'exclusive', { leakFree: true }],
    ['arena-offset', { epoch: 'checked' }, {}, 'any', { detectsStale: { within: 100 } }],
    ['arena-offset', { arenaBytes: 256 }, {}, 'exclusive', { available: 10 }],
    ['lock-free-slab', {}, {}, 'valid', { safeConcurrentUse: true }],
    ['lock-free-slab', { indexBits: 1, generationBits: 2 }, {}, 'any', { detectsStale: { within: 4 } }],
    ['epoch-slab', { indexBits: 2, generationBits: 2 }, {}, 'any', { detectsStale: { within: 4 } }],
    ['epoch-slab', { indexBits: 1, collects: 'callers' }, {}, 'exclusive', { available: 3 }],
    ['hazard-slab', { indexBits: 1, generationBits: 2 }, {}, 'any', { detectsStale: 'always' }],
    ['sharded-handle-table', {}, {}, 'valid', { safeConcurrentUse: true }],
    ['sharded-handle-table', { readLock: 'use' }, {}, 'exclusive', { deadlockFree: true }],
    ['cached-handle-table', { validate: 'epoch' }, {}, 'valid', { safeConcurrentUse: true }],
    ['atomic-hash-map', { indexBits: 2 }, {}, 'exclusive', { available: 5 }],
  ];

  test.each(LIES)('%s %j %j, %s: %j', (id, parameters, machine, contract, lie) => {
    const broken = brokenClaim(instanceOf(id, parameters), machine, contract, (claims) => ({ ...claims, ...lie }));
    expect(broken?.split(':')[0]).toBe(Object.keys(lie)[0]);
  });
});

function textOf(code: Int32Array): string {
  const operations = Array.from({ length: code.length / STRIDE }, (_, index) => {
    const [opcode, ...operands] = code.subarray(index * STRIDE, (index + 1) * STRIDE);
    return `${OPCODE_NAMES[opcode]} ${operands.join(' ')}`;
  });
  return operations.join('; ');
}
