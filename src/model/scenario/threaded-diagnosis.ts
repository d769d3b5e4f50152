import type { Point } from '../ir/program.ts';
import { claimOf, isBroken, type Evidence } from '../machine/claims.ts';
import type { Finding } from '../machine/finding.ts';
import type { Instance } from '../machine/instance.ts';
import { judgedContract, type Violation } from '../machine/violation.ts';
import type { ProgramRun } from '../threads/program-run.ts';
import type { ThreadVerdict } from '../threads/thread-verdict.ts';
import type { Diagnostic, DiagnosticEvent, DiagnosticFact } from '../vocabulary/diagnostic.ts';
import { VERDICTS } from '../vocabulary/verdicts.ts';
import { claimFacts } from './diagnosis.ts';
import { printStatement } from './printer.ts';
import { hex, referenceText } from './reference-text.ts';
import type { Scenario, ScenarioStatement } from './scenario.ts';
import { signatureOf } from './signature.ts';
import type { ThreadRecorder } from './thread-recorder.ts';
import type { LoweredThreads } from './threaded-lowering.ts';

/** More statements than these are not all shown: then those about other objects are left out. */
const MOST_EVENTS = 24;

export interface ThreadedDiagnosisInput {
  readonly scenario: Scenario;
  readonly instance: Instance;
  readonly lowered: LoweredThreads;
  readonly run: ProgramRun;
  readonly verdict: ThreadVerdict;
  readonly recorder: ThreadRecorder;
  readonly steps: number;
}

/** The finding of a threaded run with its diagnostic, all as data. */
export function diagnoseThreads(input: ThreadedDiagnosisInput): Finding {
  const { scenario, instance, verdict, lowered } = input;
  input.recorder.settle();
  const evidence = evidenceOf(input);
  const claims = instance.claims(scenario.machine);
  const status = isBroken(claims, evidence) ? 'broken-claim' : 'known-hazard';
  const extras = lowered.statements.flat().flatMap((each) => (each.op === 'extra' ? [each.extra] : []));
  const title = VERDICTS.find(({ code }) => code === verdict.code)?.title ?? verdict.code;
  const violation = violationOf(verdict);
  return {
    code: verdict.code,
    claim: claimOf(evidence) ?? null,
    status,
    contract: verdict.contract,
    signature: signatureOf(violation, verdict.contract, pathOf(input), [...new Set(extras)].sort()),
    representation: scenario.representation.id,
    parameters: scenario.parameters,
    machine: scenario.machine,
    operations: lowered.statements.flat().length,
    threads: lowered.threads.length,
    case: scenario.file,
    summary: `${scenario.representation.id}: ${title}, with ${lowered.threads.length} threads`,
    diagnostic: {
      ...diagnosticOf(input, title),
      facts: [...factsOf(input), ...claimFacts(claims, evidence, status)],
    },
  };
}

export function evidenceOf({ verdict, run }: Pick<ThreadedDiagnosisInput, 'verdict' | 'run'>): Evidence {
  return {
    code: verdict.code,
    contract: judgedContract(violationOf(verdict)),
    forged: verdict.relation === 'forged',
    creates: run.creates,
    // No slot was used again more often than there were creates after the first.
    reuses: Math.max(run.creates - 1, 0),
  };
}

/** The verdict in the shape that claims and signatures are judged by. */
function violationOf(verdict: ThreadVerdict): Violation {
  const { code, contract, event, bits, relation, address, statement, variable } = verdict;
  return {
    code,
    contract,
    event,
    bits,
    relation,
    address,
    statement,
    variable,
    operation: 0,
    round: 0,
    creates: 0,
    object: 0,
    found: 0,
    detail: '',
  };
}

function pathOf({ run }: ThreadedDiagnosisInput): readonly Point[] {
  const { stepped } = run.client;
  return Array.from(stepped.path.subarray(0, stepped.pathLength), (point) => stepped.program.points[point]);
}

function diagnosticOf(input: ThreadedDiagnosisInput, title: string): Diagnostic {
  const { scenario, lowered, verdict, run } = input;
  const operation = verdict.event === 'end' ? undefined : lowered.statements[verdict.thread][run.at[verdict.thread]];
  const { statement } = verdict;
  return {
    code: verdict.code,
    title,
    place: {
      file: scenario.file,
      line: operation?.line ?? 0,
      column: operation?.column ?? 0,
      statement: operation === undefined ? 'end of the program' : printStatement(operation),
      thread: threadName(lowered, verdict.thread),
      inside: statement === undefined ? '' : `in ${statement.kind} at ${statement.site.text}`,
    },
    events: eventsOf(input),
    facts: [],
    help: scenario.representation.advice?.[verdict.code],
    replay: `npx provsim repro ${scenario.file}`,
  };
}

function threadName({ threads }: LoweredThreads, thread: number): string {
  return threads[thread] === 0 ? 'main thread' : `thread ${threads[thread]}`;
}

function eventsOf(input: ThreadedDiagnosisInput): readonly DiagnosticEvent[] {
  const { recorder, lowered, verdict, run } = input;
  const all = recorder.statements;
  const shown =
    all.length <= MOST_EVENTS
      ? all
      : all.filter(({ objects }) => identitiesOf(input).some((each) => objects.has(each))).slice(-MOST_EVENTS);
  const events: DiagnosticEvent[] = [];
  for (const { thread, operation, texts, isEnded } of shown) {
    if (!isEnded && thread === verdict.thread && operation === run.at[thread] && verdict.event !== 'end') continue;
    const statement = lowered.statements[thread][operation];
    const text = [...texts, ...(isEnded ? [] : ['has not ended'])].join('; ');
    events.push(eventOf(lowered, thread, statement, isEnded ? 'ran' : 'runs', text === '' ? 'ran to its end' : text));
  }
  if (verdict.event === 'end')
    return [
      ...events,
      { kind: 'end', line: 0, statement: 'end', text: verdictText(input), thread: lowered.threads[verdict.thread] },
    ];
  const statement = lowered.statements[verdict.thread][run.at[verdict.thread]];
  const own = all.find(({ isEnded, thread }) => !isEnded && thread === verdict.thread);
  const text = [...(own?.texts ?? []), verdictText(input)].join('; ');
  return [...events, eventOf(lowered, verdict.thread, statement, verdict.event, text)];
}

function eventOf(
  lowered: LoweredThreads,
  thread: number,
  statement: ScenarioStatement,
  kind: string,
  text: string,
): DiagnosticEvent {
  return { kind, line: statement.line, statement: printStatement(statement), text, thread: lowered.threads[thread] };
}

function identitiesOf({ verdict, run }: ThreadedDiagnosisInput): readonly number[] {
  return [verdict.object, verdict.found].filter((object) => object >= 0).map((object) => run.identities[object]);
}

/** What happened at the verdict itself. */
function verdictText(input: ThreadedDiagnosisInput): string {
  const { verdict, run, lowered } = input;
  const name = (object: number): string => (object < 0 ? 'no object' : `object #${run.identities[object]}`);
  const own = name(verdict.object);
  if (verdict.event === 'reissue')
    return `${name(verdict.found)} was issued bits that a client keeps from ${own === 'no object' ? 'an object that is gone' : own}`;
  switch (verdict.code) {
    case 'data-race': {
      const other =
        verdict.raceThread < 0 || verdict.raceThread >= lowered.threads.length
          ? 'another thread'
          : threadName(lowered, verdict.raceThread);
      return `conflicts with an access of ${other} that does not happen before it${verdict.object < 0 ? '' : `, to ${own}`}`;
    }
    case 'use-after-free':
      return `reads the memory of ${own === 'no object' ? 'an object that is gone' : own}, which was given back`;
    case 'lost-handle':
      return `the reference to ${own}, which lives, was refused`;
    case 'wrong-object':
    case 'aba':
    case 'stale-handle':
      return `resolved to ${hex(verdict.address)}, ${name(verdict.found)}; the reference was issued for ${
        own === 'no object' ? 'an object that is gone' : own
      } (${verdict.relation})`;
    case 'deadlock':
      return 'cannot go on, and neither can any other thread';
    case 'livelock':
      return 'goes on for ever, and no operation ends';
    case 'leak':
      return `${verdict.found} retired object${verdict.found === 1 ? '' : 's'} cannot be given back any more`;
    default:
      return `${verdict.code} at ${own}`;
  }
}

function factsOf({ verdict, instance, lowered }: ThreadedDiagnosisInput): readonly DiagnosticFact[] {
  const facts: DiagnosticFact[] = [];
  if (verdict.variable >= 0) facts.push({ label: 'handle', text: referenceText(verdict.bits, instance.reference) });
  if (verdict.raceThread >= 0 && verdict.raceThread < lowered.threads.length)
    facts.push({
      label: 'race',
      text: `${threadName(lowered, verdict.thread)} against ${threadName(lowered, verdict.raceThread)}`,
    });
  return facts;
}
