import type { VerifiedFinding } from '../explore/verified-finding.ts';
import { verify, type Verification, type VerifyOptions } from '../explore/verify.ts';
import type { Instance } from '../model/machine/instance.ts';
import { parseScenario } from '../model/scenario/parser.ts';
import { printScenario } from '../model/scenario/printer.ts';
import { runScenario } from '../model/scenario/run.ts';
import type { Scope } from '../model/threads/client-system.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import { VERDICTS } from '../model/vocabulary/verdicts.ts';
import { commandLine } from '../report/command-line.ts';
import type { VerifyFinding, VerifyRun } from '../report/verify-report.ts';

/** A case of a finding, to be written. */
export interface VerifyCase {
  readonly file: string;
  readonly text: string;
}

export interface VerifiedRuns {
  readonly runs: readonly VerifyRun[];
  readonly cases: readonly VerifyCase[];
}

export interface VerifyRequest {
  readonly instance: Instance;
  readonly machine: MachineSettings;
  readonly scope: Scope;
  /** Words of the command line that explore the same again. */
  readonly words: readonly string[];
  /** Where cases go: FOLDER/ID/SIGNATURE.scenario. */
  readonly folder: string;
}

/** Verifies an instance, and answers plain data: what is reported, and the cases that replay its findings. */
export async function verifyRuns(
  request: VerifyRequest,
  options: VerifyOptions & { readonly hasTimeEnded: () => boolean },
): Promise<VerifiedRuns> {
  const cases = new Map<string, string>();
  const { instance, machine, scope } = request;
  const verifications = await verify(instance, machine, scope, options);
  const runs = verifications.map((verification): VerifyRun => {
    const { exploration, seconds, agrees, complete, closed, judged, vacuous } = verification;
    const { states, transitions, depth, cuts, creates, garbage, omission } = exploration;
    return {
      representation: instance.representation.id,
      parameters: instance.parameters,
      machine,
      ...(instance.mutant !== undefined && { mutant: instance.mutant.id }),
      scope: scopeOf(verification, machine),
      reductions: [...(options.fuses ? ['fuse'] : []), ...(options.renames ? ['rename'] : [])],
      exact: options.isExact,
      states,
      transitions,
      depth,
      statesPerSecond: Math.round(states / Math.max(seconds, 0.001)),
      complete,
      closed,
      cuts,
      stopped: stoppedBy(verification, options.hasTimeEnded()),
      ...(agrees !== undefined && { agrees }),
      creates: creates === Infinity ? 'unlimited' : (creates ?? null),
      garbage: garbage?.most ?? null,
      omission,
      judged,
      vacuous,
      findings: verification.findings.map((found) => reportOf(found, verification, request, cases)),
    };
  });
  return { runs, cases: [...cases].map(([file, text]) => ({ file, text })) };
}

function stoppedBy({ exploration: { stopped } }: Verification, hasTimeEnded: boolean): VerifyRun['stopped'] {
  if (stopped === 'memory') return 'memory';
  if (stopped === undefined) return null;
  return hasTimeEnded ? 'time' : 'interrupted';
}

function scopeOf({ scope }: Verification, { model }: MachineSettings): VerifyRun['scope'] {
  const { threads, objects, references, pointers, slots, addresses, operations, client, messages } = scope;
  const bounds = { threads, objects, references, pointers, slots, addresses, operations, client, model };
  return { ...bounds, messages: model === 'rc11' ? messages : null };
}

/** A finding as all verbs tell it: explained by its case, where a case can say it, and else by its trace. */
function reportOf(
  found: VerifiedFinding,
  { scope }: Verification,
  request: VerifyRequest,
  cases: Map<string, string>,
): VerifyFinding {
  const { code, claim, status, contract, signature, trace, isShortest } = found;
  const { instance, machine } = request;
  const { representation, parameters } = instance;
  const title = VERDICTS.find((each) => each.code === code)?.title ?? code;
  const own = { code, claim, status, contract, trace, shortest: isShortest };
  const explained = explainedBy(found, request, cases);
  if (explained !== undefined) return { ...explained, ...own };
  const last = trace.at(-1);
  return {
    ...own,
    signature,
    representation: representation.id,
    parameters,
    machine,
    operations: 0,
    threads: scope.threads,
    case: '',
    summary: `${representation.id}: ${title}, with ${scope.threads} threads`,
    diagnostic: {
      code,
      title,
      place: {
        file: representation.id,
        line: 0,
        column: 0,
        statement: last?.text ?? '',
        thread: `thread ${last?.thread ?? 0}`,
        inside: '',
      },
      events: [],
      facts: [],
      help: representation.advice?.[code],
      replay: commandLine(request.words),
    },
  };
}

function explainedBy(
  { scenario, code }: VerifiedFinding,
  { instance: { representation }, folder }: VerifyRequest,
  cases: Map<string, string>,
): Omit<VerifyFinding, 'trace' | 'shortest'> | undefined {
  if (scenario === undefined) return undefined;
  const text = printScenario(scenario);
  const lookup = (id: string) => (id === representation.id ? representation : undefined);
  const { finding, verdict } = runScenario(parseScenario(text, 'case', lookup, [representation.id]));
  if (finding === undefined || verdict !== code) return undefined;
  const file = freeName(`${folder}/${representation.id}/${finding.signature}`, text, cases);
  const { diagnostic } = finding;
  return {
    ...finding,
    case: file,
    diagnostic: {
      ...diagnostic,
      place: { ...diagnostic.place, file },
      replay: commandLine(['repro', file]),
    },
  };
}

/** Findings that differ by the contract or the statement alone may have one signature as cases. */
function freeName(stem: string, text: string, cases: Map<string, string>): string {
  for (let number = 1; ; number++) {
    const file = `${stem}${number === 1 ? '' : `-${number}`}.scenario`;
    if ((cases.get(file) ?? text) !== text) continue;
    cases.set(file, text);
    return file;
  }
}
