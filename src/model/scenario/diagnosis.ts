import type { Point } from '../ir/program.ts';
import { claimOf, claimText, isBroken, type Claims, type Evidence } from '../machine/claims.ts';
import { chanceOfAtLeast } from '../machine/binomial.ts';
import type { Client } from '../machine/client.ts';
import type { Finding } from '../machine/finding.ts';
import { IDENTITY, KIND } from '../machine/ghosts.ts';
import type { Instance } from '../machine/instance.ts';
import type { TrialCount } from '../machine/trials.ts';
import { isAboutForged, judgedContract, type Violation } from '../machine/violation.ts';
import type { Diagnostic, DiagnosticFact, DiagnosticPlace } from '../vocabulary/diagnostic.ts';
import { VERDICTS } from '../vocabulary/verdicts.ts';
import { eventsOf, objectText } from './diagnosis-events.ts';
import type { LoweredScenario } from './lowering.ts';
import { printStatement } from './printer.ts';
import type { Recorder, Subject } from './recorder.ts';
import { referenceText, slotText } from './reference-text.ts';
import type { Scenario } from './scenario.ts';
import { signatureOf } from './signature.ts';

/** Everything that is known after a run and its recorded repetition. */
export interface DiagnosisInput {
  readonly scenario: Scenario;
  readonly instance: Instance;
  readonly lowered: LoweredScenario;
  readonly violation: Violation;
  readonly recorder: Recorder;
  readonly subject: Subject | undefined;
  readonly client: Client;
}

/** The finding of a run with its diagnostic, all as data. */
export function diagnose(input: DiagnosisInput): Finding {
  const { scenario, instance, violation, recorder, lowered } = input;
  const { contract } = violation;
  const path = recorder.paths.get(violation.operation) ?? [];
  const evidence = evidenceOf(input);
  const claims = instance.claims(scenario.machine);
  const claim = claimOf(evidence) ?? null;
  const status = isBroken(claims, evidence) ? 'broken-claim' : 'known-hazard';
  const extras = lowered.statements.flatMap((statement) => (statement.op === 'extra' ? [statement.extra] : []));
  return {
    code: violation.code,
    claim,
    status,
    contract,
    signature: signatureOf(violation, contract, path, [...new Set(extras)].sort()),
    representation: scenario.representation.id,
    parameters: scenario.parameters,
    machine: scenario.machine,
    operations: lowered.statements.length,
    threads: 1,
    case: scenario.file,
    summary: summaryOf(input, evidence),
    diagnostic: diagnosticOf(input, path, claims, evidence, status),
  };
}

/** Reuses are creates that took the slot after the subject was issued, the one that brought its bits back included. */
function evidenceOf({ violation, recorder, subject, client }: DiagnosisInput): Evidence {
  const reuses = recorder.records
    .filter((record) => record.operation <= violation.operation)
    .reduce((sum, record) => sum + record.reuses, 0);
  return {
    code: violation.code,
    contract: judgedContract(violation),
    forged: isAboutForged(violation),
    ...(subject !== undefined && { reuses }),
    creates: violation.creates,
    trials: client.world.trials.of(isAboutForged(violation) ? 'forged' : 'stale'),
  };
}

function summaryOf({ scenario, violation }: DiagnosisInput, { reuses }: Evidence): string {
  const after = violation.code === 'aba' && reuses !== undefined ? `, after ${count(reuses, 'reuse')} of its slot` : '';
  return `${scenario.representation.id}: ${titleOf(violation)}${after}`;
}

function titleOf({ code }: Violation): string {
  return VERDICTS.find((verdict) => verdict.code === code)?.title ?? code;
}

function diagnosticOf(
  input: DiagnosisInput,
  path: readonly Point[],
  claims: Claims,
  evidence: Evidence,
  status: Finding['status'],
): Diagnostic {
  const { scenario, violation } = input;
  return {
    code: violation.code,
    title: titleOf(violation),
    place: placeOf(input, path),
    events: eventsOf(input),
    facts: [...referenceFacts(input), ...claimFacts(claims, evidence, status)],
    help: scenario.representation.advice?.[violation.code],
    replay: `npx provsim repro ${scenario.file}`,
  };
}

function placeOf({ scenario, lowered, violation }: DiagnosisInput, path: readonly Point[]): DiagnosticPlace {
  const statement = violation.event === 'end' ? undefined : lowered.statements[violation.operation];
  const guards = path.filter((point) => point.outcome === 'passed' || point.outcome === 'refused');
  const last = guards.at(-1);
  const fault = violation.statement;
  const inside = [
    last === undefined ? '' : `guard "${last.name}" ${last.outcome}`,
    fault === undefined ? '' : `in ${fault.kind} at ${fault.site.text}`,
  ];
  return {
    file: scenario.file,
    line: statement?.line ?? 0,
    column: statement?.column ?? 0,
    statement: statement === undefined ? 'end of the program' : printStatement(statement),
    thread: 'main thread',
    inside: inside.filter((part) => part !== '').join('; '),
  };
}

function referenceFacts({ subject, instance, recorder, client }: DiagnosisInput): readonly DiagnosticFact[] {
  if (subject === undefined) return [];
  const facts = [{ label: 'handle', text: referenceText(subject.bits, instance.reference) }];
  const slot = recorder.inspect();
  if (slot.length === 0) return facts;
  return [
    ...facts,
    { label: 'slot', text: slotText(subject, instance, slot, (address) => standingAt(client, address)) },
  ];
}

/** The object at an address at the end of the run, as a fact shows it. */
function standingAt(client: Client, address: bigint): string {
  const { objects } = client.world;
  const low = Number(BigInt.asIntN(32, address));
  const high = Number(BigInt.asIntN(32, address >> 32n));
  const object = client.world.bytes.at(low, high, 0);
  return object < 0 ? 'no object' : `${objectText(objects.rows[object + IDENTITY], objects.rows[object + KIND])}, live`;
}

/** How fast a slot may be reused in practice, to turn reuses into time. */
const REUSES_A_SECOND = 1_000_000;

/** What the verdict means for the claim that it concerns. */
export function claimFacts(claims: Claims, evidence: Evidence, status: Finding['status']): readonly DiagnosticFact[] {
  const name = claimOf(evidence);
  const contract = `under clients "${evidence.contract}"`;
  if (name === undefined) return [{ label: 'claim', text: `none: no representation answers for this ${contract}` }];
  const claimed = `${name} ${claimText(claims[name])}`;
  const verdict = status === 'broken-claim' ? 'BROKEN' : 'a known hazard';
  const { reuses, code, trials } = evidence;
  const claim = claims[name];
  const tries =
    typeof claim === 'object' && 'probability' in claim && trials !== undefined && trials.tried > 1
      ? `. ${trials.accepted.toLocaleString('en-US')} of ${count(trials.tried, 'use')} accepted; so many or more have the chance ${chanceText(trials, claim.probability)}`
      : '';
  const time =
    code === 'aba' && reuses !== undefined && reuses > 1
      ? `. At ${REUSES_A_SECOND.toLocaleString('en-US')} reuses of one slot a second: ${duration(reuses / REUSES_A_SECOND)}`
      : '';
  return [{ label: 'claim', text: `${claimed}: ${verdict}${tries}${time}` }];
}

function chanceText({ accepted, tried }: TrialCount, refused: number): string {
  return chanceOfAtLeast(accepted, tried, 1 - refused).toPrecision(2);
}

/** Seconds in the unit that reads best. */
function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(3)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  return seconds < 120 ? `${seconds.toPrecision(3)} s` : `${(seconds / 60).toPrecision(3)} min`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
