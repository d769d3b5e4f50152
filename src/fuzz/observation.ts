import { CONTRACTS } from '../model/machine/claims.ts';
import type { Client } from '../model/machine/client.ts';
import { Opcode, STRIDE } from '../model/machine/client-program.ts';
import type { Violation } from '../model/machine/violation.ts';
import { isInside, type Nesting } from './callback-blocks.ts';
import type { Configuration } from './configuration.ts';
import { forges, REFERENCES, type Harness } from './harness.ts';
import { churnOf, churnTimes, joined, picked, setChurnTimes, single, withKnownParts } from './operations.ts';
import { breaksClaim, isPromised, pathText, type Symptom } from './symptom.ts';

/** A program that gives a verdict, in the form in which it is told: nothing after the verdict, nothing that was left out. */
export interface Observation {
  readonly symptom: Symptom;
  readonly code: Int32Array;
}

/** A case that fails. */
export interface FailingCase extends Observation {
  readonly configuration: Configuration;
}

/** A variable that no generator uses: what is added to a case goes there. */
const ADDED = REFERENCES - 1;

/**
 * Runs a program and tells its first verdict, with the program brought into the form in which it is told. A re-issue that nobody
 * has used yet becomes the use of the reference: a churn ends one round early, and the create that re-issues and the use follow.
 * Undefined when there is no verdict, or only what was promised.
 */
export function observe(harness: Harness, code: Int32Array): Observation | undefined {
  return observeOnce(harness, withKnownParts(code, harness.shape), true);
}

function observeOnce(harness: Harness, given: Int32Array, mayRewrite: boolean): Observation | undefined {
  const forging = forges(given);
  const client = harness.restart(forging);
  client.stopAtFirst = true;
  const { performed, touched } = perform(client, harness.nesting(given));
  const first = client.world.violations[0];
  if (first === undefined) return undefined;
  const code = picked(given, performed);
  if (first.event === 'reissue' && mayRewrite) return observeUse(harness, client, code, first);
  const last = code.length - STRIDE;
  // A churn of as many rounds as it takes; `round` counts those that had ended.
  if (first.event !== 'end' && code[last] === Opcode.churn && churnTimes(code, last) > first.round + 1)
    setChurnTimes(code, last, first.round + 1);
  const contract = CONTRACTS.indexOf(first.contract);
  const broken = breaksClaim(harness, first);
  if (isPromised(first, broken)) return undefined;
  return { code, symptom: { code: first.code, contract, broken, path: pathText(harness, touched) } };
}

/** The same case with the re-issued reference used; the bare re-issue when its use is refused. */
function observeUse(harness: Harness, client: Client, code: Int32Array, first: Violation): Observation | undefined {
  const last = code.length - STRIDE;
  if (code[last] !== Opcode.churn && code[last] !== Opcode.alloc)
    return isInside(code[last]) ? observeOnce(harness, code, false) : undefined;
  const before = code.subarray(0, last);
  const use = single(Opcode.use, first.variable);
  let pieces: readonly Int32Array[];
  if (code[last] === Opcode.churn) {
    const rounds = first.round === 0 ? [] : [churnOf(first.round, code[last + 3])];
    pieces = [before, ...rounds, single(Opcode.alloc, ADDED, code[last + 3], DEFAULT_SIZE), use];
  } else {
    const alloc = code.slice(last);
    // The create wrote the new reference over the stale one that it equals.
    if (alloc[1] === first.variable) alloc[1] = ADDED;
    pieces = [before, alloc, use];
  }
  const rewritten = joined(pieces);
  const used = observeOnce(harness, rewritten, false);
  if (used !== undefined && used.symptom.code === first.code) return used;
  return first.variable < 0 || client.contract === 'exclusive' ? undefined : observeOnce(harness, code, false);
}

const DEFAULT_SIZE = 32;

/** Runs operations until a verdict that is not a mere re-issue; answers which were allowed, and the points that the last one reached. */
function perform(
  client: Client,
  { program, first, blocks }: Nesting,
): { readonly performed: readonly number[]; readonly touched: readonly number[] } {
  const { world } = client;
  const { coverage } = world.engine;
  const { violations } = world;
  const { code } = program;
  const performed: number[] = [];
  client.onInside = (block, operation, isLeftOut) => {
    const number = blocks.get(block)?.[operation];
    if (!isLeftOut && number !== undefined && !performed.includes(number)) performed.push(number);
  };
  const before = new Uint32Array(coverage.length);
  const count = code.length / STRIDE;
  for (let operation = 0; operation < count; operation++) {
    before.set(coverage);
    client.step(program, operation);
    if (client.refusal === undefined) performed.push(first[operation]);
    // The use of the re-issued reference comes at once or never.
    const isWaiting = violations[0]?.event === 'reissue' && code[(operation + 1) * STRIDE] === Opcode.use;
    if (violations.length > 0 && !(isWaiting && code[operation * STRIDE] !== Opcode.churn)) break;
  }
  if (violations.length === 0) {
    before.set(coverage);
    client.finish();
  }
  client.onInside = undefined;
  performed.sort((left, right) => left - right);
  const touched: number[] = [];
  for (let point = 0; point < coverage.length; point++) if (coverage[point] !== before[point]) touched.push(point);
  return { performed, touched };
}

/**
 * Whether a candidate shows what is wanted: the same cause, with no wilder clients, and no less of a failure. What tamer clients
 * get too is no failure of a promise that is made to wilder ones.
 */
export function shows(candidate: Symptom, wanted: Symptom): boolean {
  return (
    candidate.code === wanted.code &&
    candidate.path === wanted.path &&
    (candidate.contract < wanted.contract ||
      (candidate.contract === wanted.contract && (candidate.broken || !wanted.broken)))
  );
}

/** A symptom as a key. */
export function symptomKey({ code, contract, broken, path }: Symptom): string {
  return `${code} ${CONTRACTS[contract] ?? ''} ${broken ? 'broken' : 'hazard'} ${path}`;
}
