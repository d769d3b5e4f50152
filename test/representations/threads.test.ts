import { describe, expect, test } from 'vitest';
import { verify, type Verification } from '../../src/explore/verify.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import type { Scope } from '../../src/model/threads/client-system.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../src/model/vocabulary/machine.ts';

/** One object at a time, at one address. */
const SCOPE: Scope = {
  threads: 2,
  objects: 1,
  references: 2,
  pointers: 1,
  slots: 2,
  addresses: 1,
  operations: 2,
  client: 'valid',
  messages: 6,
};

type Given = Readonly<Record<string, unknown>>;

/** What all clients up to those of the scope come to at the representation's small widths. */
function explored(
  id: string,
  parameters: Given,
  scope: Partial<Scope> = {},
  model: MachineSettings['model'] = 'sc',
): Promise<readonly Verification[]> {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(`no representation ${id}`);
  const instance = instantiate(representation, { ...representation.smallScope, ...parameters });
  return verify(
    instance,
    { ...DEFAULT_MACHINE, model },
    { ...SCOPE, ...scope },
    {
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
    },
  );
}

function broken(runs: readonly Verification[]): readonly string[] {
  return runs.flatMap(({ findings }) =>
    findings.filter(({ status }) => status === 'broken-claim').map(({ code, claim }) => `${code} ${claim ?? ''}`),
  );
}

/** The verdicts under one contract, apart from what a stalled thread does to the others. */
function verdicts(runs: readonly Verification[], contract: string): readonly string[] {
  const own = runs.filter((run) => run.contract === contract).flatMap(({ findings }) => findings);
  const ofUse = own.filter(({ claim }) => claim !== 'nonBlocking' && claim !== 'boundedGarbage');
  return [...new Set<string>(ofUse.map(({ code }) => code))].sort();
}

const RETIRE = { onWrap: 'retire' };
const TWO: Partial<Scope> = { objects: 2, addresses: 2 };
const USED_AFTER = ['data-race', 'use-after-free'];

describe('designs hold what they claim', () => {
  test.each<readonly [string, Given, Partial<Scope>, MachineSettings['model']]>([
    ['lock-free-slab', RETIRE, { client: 'any' }, 'sc'],
    ['epoch-slab', RETIRE, { client: 'any' }, 'sc'],
    ['epoch-slab', RETIRE, TWO, 'sc'],
    ['epoch-slab', RETIRE, {}, 'rc11'],
    ['hazard-slab', RETIRE, { client: 'any' }, 'sc'],
    ['hazard-slab', RETIRE, {}, 'rc11'],
    ['sharded-handle-table', RETIRE, { client: 'any' }, 'sc'],
    ['sharded-handle-table', { ...RETIRE, readLock: 'use' }, {}, 'sc'],
    ['cached-handle-table', { ...RETIRE, validate: 'generation' }, { client: 'any' }, 'sc'],
    ['cached-handle-table', { ...RETIRE, validate: 'epoch', epochBits: 64 }, { client: 'any' }, 'sc'],
    ['cached-handle-table', {}, { client: 'any' }, 'sc'],
    ['atomic-hash-map', {}, { client: 'any' }, 'sc'],
    ['atomic-hash-map', {}, {}, 'rc11'],
  ])('%s %j, %j, %s', async (id, parameters, scope, model) => {
    const runs = await explored(id, parameters, scope, model);
    expect(runs.map(({ complete }) => complete)).toEqual(runs.map(() => true));
    expect(broken(runs)).toEqual([]);
  });
});

describe('a part that is taken out is missed', () => {
  test.each<readonly [string, Given, Partial<Scope>, MachineSettings['model'], readonly string[]]>([
    ['lock-free-slab', RETIRE, TWO, 'sc', ['data-race', 'use-after-free', 'wrong-object']],
    ['epoch-slab', { ...RETIRE, advances: 1 }, { operations: 3 }, 'sc', USED_AFTER],
    ['epoch-slab', { ...RETIRE, recycleIndex: 'unlink' }, TWO, 'sc', ['wrong-object']],
    ['hazard-slab', { ...RETIRE, recheck: false }, {}, 'sc', USED_AFTER],
    ['hazard-slab', { ...RETIRE, fence: false }, {}, 'rc11', USED_AFTER],
    ['sharded-handle-table', RETIRE, {}, 'sc', USED_AFTER],
  ])('%s %j, %j, %s: %j', async (id, parameters, scope, model, expected) => {
    const runs = await explored(id, parameters, scope, model);
    expect(verdicts(runs, 'valid')).toEqual(expected);
    expect(broken(runs)).toEqual([]);
  });

  test('fences behind hazards matter under rc11 alone', async () => {
    const runs = await explored('hazard-slab', { ...RETIRE, fence: false }, { operations: 3 });
    expect(verdicts(runs, 'valid')).toEqual([]);
    expect(runs.every(({ complete }) => complete)).toBe(true);
  });

  test('a cache that nobody validates answers for what another thread destroyed', async () => {
    const runs = await explored('cached-handle-table', RETIRE, { client: 'any', operations: 3 });
    // What stands at the old address by then may be nothing, or another object.
    expect(verdicts(runs, 'any')).toEqual(['aba', 'stale-handle']);
  });

  test('memory that is given back before its entry is gone: the new object loses its handle', async () => {
    const scope = { objects: 2, client: 'exclusive' } as const;
    const runs = await explored('molt-handle-table-v1', { reclaim: 'before' }, scope);
    expect(verdicts(runs, 'exclusive')).toContain('lost-handle');
    expect(verdicts(await explored('molt-handle-table-v1', {}, scope), 'exclusive')).toEqual([]);
  });
});

describe('a thread that stalls', () => {
  test.each(['handle-table', 'cached-handle-table'])('in the lock of %s keeps the others from going on', async (id) => {
    const [run] = await explored(id, RETIRE, { client: 'exclusive' });
    expect(run.findings.map(({ code, claim }) => `${code} ${claim ?? ''}`)).toContain('deadlock nonBlocking');
  });

  test.each(['lock-free-slab', 'epoch-slab', 'hazard-slab', 'atomic-hash-map'])(
    'in %s keeps nobody from going on',
    async (id) => {
      const parameters = id === 'atomic-hash-map' ? {} : RETIRE;
      const [run] = await explored(id, parameters, { client: 'exclusive' });
      expect(run.findings.filter(({ claim }) => claim === 'nonBlocking')).toEqual([]);
      expect(run.judged).toContain('nonBlocking');
    },
  );
});
