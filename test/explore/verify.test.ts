import { describe, expect, test } from 'vitest';
import type { VerifiedFinding } from '../../src/explore/verified-finding.ts';
import { verify, type Verification, type VerifyOptions } from '../../src/explore/verify.ts';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import type { Scope } from '../../src/model/threads/client-system.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';

const SCOPE: Scope = {
  threads: 2,
  objects: 1,
  references: 2,
  pointers: 1,
  slots: 2,
  addresses: 2,
  operations: 2,
  client: 'any',
  messages: 6,
};

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

function verified(
  id: string,
  parameters: Readonly<Record<string, unknown>>,
  scope: Partial<Scope> = {},
  options: Partial<VerifyOptions> = {},
  mutant?: string,
): Promise<readonly Verification[]> {
  const representation = CATALOGUE.get(id);
  if (representation === undefined) throw new Error(`no representation ${id}`);
  const instance = instantiate(representation, parameters, mutant);
  return verify(instance, DEFAULT_MACHINE, { ...SCOPE, ...scope }, { ...OPTIONS, ...options });
}

const told = (runs: readonly Verification[]): readonly string[] =>
  runs.flatMap(({ findings }) =>
    findings.map(({ code, contract, claim, status }) => `${contract} ${code} ${claim ?? '-'} ${status}`),
  );

const TABLE = { onWrap: 'retire', indexBits: 1, generationBits: 2 };

describe('a table that retires slots', () => {
  test('holds all its claims', async () => {
    const runs = await verified('handle-table', TABLE);
    expect(runs.map(({ contract, complete }) => [contract, complete])).toEqual([
      ['exclusive', true],
      ['valid', true],
      ['any', true],
    ]);
    expect(told(runs).filter((each) => each.includes('broken-claim'))).toEqual([]);
    // The table's lock ends before the object is used: valid clients see that, and no claim promises otherwise.
    expect(told(runs)).toContain('valid use-after-free safeConcurrentUse known-hazard');
  });

  test('a guard that is left out breaks a claim, and the claim of the table itself is not at fault', async () => {
    const mutant = 'drop-guard:resolve/same-generation';
    expect(told(await verified('handle-table', TABLE, {}, {}, mutant))).toContain('any aba detectsStale broken-claim');
    expect(told(await verified('handle-table', TABLE))).not.toContain('any aba detectsStale broken-claim');
  });
});

describe.each([
  ['handle-table', TABLE, undefined],
  ['handle-table', TABLE, 'drop-guard:resolve/same-generation'],
  ['tagged-pointer', {}, undefined],
] as const)('%s %j %s', (id, parameters, mutant) => {
  const parts = (runs: readonly Verification[]): unknown =>
    runs.flatMap(({ findings }) => findings.map(shown)).sort((one, other) => (one.key < other.key ? -1 : 1));
  const shown = ({ code, contract, signature, trace, isShortest, status }: VerifiedFinding) => ({
    key: `${contract} ${code} ${signature}`,
    trace,
    isShortest,
    status,
  });

  let plain: Promise<readonly Verification[]> | undefined;
  const expected = async (): Promise<unknown> => parts(await (plain ??= verified(id, parameters, {}, {}, mutant)));

  test.each([
    ['without fusing', { fuses: false }],
    ['without renaming', { renames: false }],
    ['with whole states', { isExact: true }],
  ])('%s every verdict and every shortest trace is the same', async (_name, options) => {
    const runs = await verified(id, parameters, {}, options, mutant);
    expect(parts(runs)).toEqual(await expected());
  });

  test('a second exploration sees the same', async () => {
    const runs = await verified(id, parameters, {}, { isTwice: true }, mutant);
    expect(runs.map(({ agrees }) => agrees)).toEqual([true, true, true]);
  });
});

test('a case of a finding replays, and each finding is told once, under the strictest contract that allows it', async () => {
  const runs = await verified('tagged-pointer', {});
  const causes = runs.flatMap(({ findings }) =>
    findings.map(({ signature, contract }) => signature.replace(contract, '')),
  );
  expect(new Set(causes).size).toBe(causes.length);
  const scenarios = runs.flatMap(({ findings }) => findings.flatMap(({ scenario }) => scenario ?? []));
  expect(scenarios.length).toBeGreaterThan(3);
});

test('what never occurred is told: no operation, no guard', async () => {
  const [exclusive] = await verified('handle-table', TABLE, { client: 'exclusive', operations: 1, references: 1 });
  // With one operation of each thread and one reference nothing is freed and nothing is refused.
  expect(exclusive.vacuous).toContain('destroy/unregister/same generation: passed');
  expect(exclusive.vacuous).not.toContain('create/register/room for a slot: passed');
});

describe('one thread that stalls for ever', () => {
  const SHORT: Partial<Scope> = { client: 'exclusive', objects: 2, addresses: 3, operations: 1 };

  test('with a lock keeps others from it: lock, and the other one begins', async () => {
    const [{ findings, judged }] = await verified('handle-table', TABLE, SHORT);
    expect(findings.map(({ code, claim, status, isShortest }) => [code, claim, status, isShortest])).toEqual([
      ['deadlock', 'nonBlocking', 'known-hazard', true],
    ]);
    // Both begin, one has the lock, and it stops.
    expect(findings[0].trace).toHaveLength(4);
    expect(judged).not.toContain('nonBlocking');
  });

  test('keeps nobody from anything where there is no lock', async () => {
    const [{ findings, judged }] = await verified('tagged-pointer', {}, SHORT);
    expect(findings).toEqual([]);
    expect(judged).toContain('nonBlocking');
  });

  test('leaves no garbage where memory is given back at once', async () => {
    const [{ exploration, judged }] = await verified('handle-table', TABLE, SHORT);
    expect(exploration.garbage?.most).toBe(0);
    expect(judged).toContain('boundedGarbage');
  });
});
