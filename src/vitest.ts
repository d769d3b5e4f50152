/** Claims as assertions of vitest. Importing this module adds the matcher `toHoldItsClaims` to `expect`. */
import { assert, expect } from 'vitest';
import { failureText, hazardText } from './api/claim-check-text.ts';
import { checkClaims, type ClaimCheck, type ClaimCheckOptions } from './api/claim-check.ts';
import type { Representation } from './model/machine/definition.ts';

export interface ExpectClaimsOptions extends ClaimCheckOptions {
  /** Prints the known hazards, a line each, when the check passes; false unless given. */
  readonly listHazards?: boolean;
}

export type { ClaimCheck, ClaimCheckOptions } from './api/claim-check.ts';

interface ClaimMatchers {
  /**
   * Replays the cases of a representation (`corpus`), then searches it with a seed (1) for a number of executions (`runs`, 8192),
   * and fails with the diagnostic of every broken claim, its minimal scenario and the command that replays it. Known hazards pass.
   *
   * @example await expect(myTable).toHoldItsClaims({ corpus: 'corpus/my-table', runs: 20_000 });
   */
  toHoldItsClaims(options?: ExpectClaimsOptions): Promise<void>;
}

declare module 'vitest' {
  interface Matchers<T> extends ClaimMatchers {}
}

expect.extend({
  async toHoldItsClaims(received: unknown, options: ExpectClaimsOptions = {}) {
    const representation = representationOf(received);
    const check = await checkClaims(representation, options);
    list(check, options);
    return {
      pass: check.ok,
      message: () =>
        check.ok
          ? `expected ${representation.id} not to hold its claims; it did: ${hazardText(check)}`
          : failureText(representation, check),
    };
  },
});

/**
 * Fails the running test when a representation does not hold its claims; see `toHoldItsClaims`. Answers what the search showed, so
 * that a test can say more, such as which hazards are known.
 *
 * @throws the assertion error of vitest, and InputError when the options or a case are wrong
 * @example
 * test('my table holds its claims', async () => {
 *   const { knownHazards } = await expectClaims(myTable, { runs: 20_000 });
 *   expect(knownHazards.map(({ code }) => code)).toContain('aba');
 * });
 */
export async function expectClaims(
  representation: Representation,
  options: ExpectClaimsOptions = {},
): Promise<ClaimCheck> {
  const check = await checkClaims(representation, options);
  if (!check.ok) assert.fail(failureText(representation, check));
  // Counted, so that a test which requires assertions has one.
  expect(check.ok).toBe(true);
  list(check, options);
  return check;
}

function list(check: ClaimCheck, { listHazards = false }: ExpectClaimsOptions): void {
  if (check.ok && listHazards) process.stdout.write(`${hazardText(check)}\n`);
}

/** @throws TypeError for anything that `representation()` did not make. */
function representationOf(received: unknown): Representation {
  const { id, build, claims } = (received ?? {}) as Partial<Representation>;
  if (typeof id === 'string' && typeof build === 'function' && typeof claims === 'function')
    return received as Representation;
  throw new TypeError('toHoldItsClaims: expected what representation() gives');
}
