import fc from 'fast-check';
import type { FuzzFinding } from '../../fuzz/case-finding.ts';
import type { CaseRunner, NamedCase } from '../../fuzz/fast-check/case-runner.ts';
import { caseArbitrary, type ClientCase } from '../../fuzz/fast-check/client-case.ts';
import type { Representation } from '../../model/machine/definition.ts';
import { foundText } from '../claim-check-text.ts';
import { foundCase, writeCase, type FoundCase } from '../fuzz.ts';
import { boundsOf, runnerOf, type ProgramOptions } from './options.ts';

/** A broken claim, thrown inside a property. */
export class BrokenClaimError extends Error {
  /** The finding behind it, minimal by provsim's own minimiser whatever fast-check's shrinking comes to. */
  readonly found: FoundCase;

  constructor(representation: Representation, found: FoundCase) {
    super(foundText(representation, found));
    this.name = 'BrokenClaimError';
    this.found = found;
  }
}

/**
 * The property that a representation holds its claims, for `fc.assert`. Cases as of `scenarioArbitrary` run up to their first
 * verdict; one that breaks a claim fails with a `BrokenClaimError`, whose message is the diagnostic and the minimal scenario, which
 * is written below `.provsim/findings` for the command to replay. Known hazards pass. Equal seeds of fast-check give equal runs.
 *
 * @throws InputError for options that are wrong
 * @example fc.assert(holdsItsClaims(myTable), { seed: 1, numRuns: 2000 });
 */
export function holdsItsClaims(
  representation: Representation,
  options: ProgramOptions = {},
): fc.IPropertyWithHooks<[ClientCase]> {
  const runner = runnerOf(representation, options);
  return fc.property(caseArbitrary(runner, boundsOf(options)), (given) => requireClaims(runner, given));
}

/**
 * Runs a case.
 * @throws BrokenClaimError when its verdict breaks a claim
 */
export function requireClaims(runner: CaseRunner, given: NamedCase): void {
  const outcome = runner.execute(given);
  if (!runner.breaksClaim(outcome)) return;
  const found = runner.finding(outcome);
  if (found !== undefined) throw brokenClaim(runner, found);
}

function brokenClaim({ target }: CaseRunner, found: FuzzFinding): BrokenClaimError {
  writeCase(found);
  return new BrokenClaimError(target.representation, foundCase(found));
}
