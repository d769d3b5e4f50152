import type { ParameterValues } from '../model/machine/parameters.ts';
import { commandLine } from './command-line.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { columnsOf, padded, printable, wrapped } from './printable.ts';
import type { Style } from './style.ts';
import {
  isVerified,
  type VerifyFinding,
  type VerifyReport,
  type VerifyRun,
  type VerifyScope,
} from './verify-report.ts';

export interface VerifyTextOptions {
  readonly style: Style;
  readonly quiet: boolean;
}

/** What was explored, in sentences that carry every bound; then what was found: broken claims with their traces, hazards by name. */
export function renderVerify(report: VerifyReport, { style, quiet }: VerifyTextOptions): string {
  // What never occurred is told of the widest clients: others cannot do everything.
  const isWidest = ({ representation }: VerifyRun, index: number): boolean =>
    report.runs[index + 1]?.representation !== representation;
  const told = report.runs
    .map((run, index) => (isWidest(run, index) ? run : { ...run, vacuous: [] }))
    .map((run) => runText(run, report, style, quiet))
    .filter((text) => text !== '');
  return [...told, sumText(report, style)].join('\n\n');
}

function runText(run: VerifyRun, { require }: VerifyReport, style: Style, quiet: boolean): string {
  const broken = run.findings.filter(({ status }) => status === 'broken-claim');
  const hazards = run.findings.filter(({ status }) => status === 'known-hazard');
  const isMissing = require !== null && !run[require];
  if (quiet && broken.length === 0 && !isMissing && run.agrees !== false) return '';
  const id = printable(run.representation) + (run.mutant === undefined ? '' : ` (${printable(run.mutant)})`);
  const good = broken.length === 0 && run.complete && !isMissing && run.agrees !== false;
  return [
    `${good ? style.good(id) : style.bad(id)}  ${style.quiet(`${run.scope.client} clients`)}`,
    paragraph(sentenceOf(run), style),
    factLines(run, require, style),
    hazards.length === 0 ? '' : hazardLines(hazards, style),
    ...broken.map((finding) => `\n${findingText(finding, style)}`),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

/** The sentence of design 7: what was explored and how far, what it means, and all bounds within which it means it. */
export function sentenceOf(run: VerifyRun): string {
  const { complete, closed, findings, scope, judged } = run;
  const broken = findings.filter(({ status }) => status === 'broken-claim').flatMap(({ claim }) => claim ?? []);
  const held = judged.filter((claim) => !broken.includes(claim as (typeof broken)[number]));
  const breaks = broken.length === 0 ? '' : `${[...new Set(broken)].join(', ')} broken; `;
  const how = closed ? 'explored to closure' : complete ? 'explored completely' : 'explored in part';
  const none = `no violation of ${held.length === 0 ? 'anything that these clients judge' : held.join(', ')}`;
  const found = complete ? none : `${none} so far`;
  const proof = complete && run.exact ? ', proved within these bounds' : '';
  return `${how}: ${breaks}${found} for ${boundsOf(scope, run.parameters)}${proof}.`;
}

function boundsOf(scope: VerifyScope, parameters: ParameterValues): string {
  const { threads, objects, references, pointers, slots, addresses, operations, client, model, messages } = scope;
  const fixed = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`);
  return [
    operations === 'unbounded' ? 'any number of operations' : `${counted(operations, 'operation')} of each thread`,
    `with ${client} clients`,
    counted(threads, 'thread'),
    counted(objects, 'object'),
    counted(references, 'reference'),
    `${counted(pointers, 'held pointer')} a thread`,
    counted(slots, 'slot'),
    ...(fixed.length === 0 ? [] : [fixed.join(' ')]),
    `addresses from ${addresses}`,
    ...(messages === null ? [] : [`${messages} messages a location`]),
    `model ${model}`,
  ].join(', ');
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

const STOPPED: Readonly<Record<NonNullable<VerifyRun['stopped']>, string>> = {
  memory: 'the memory bound was reached: raise --memory, or explore a smaller scope',
  time: 'the time was up',
  interrupted: 'interrupted',
};

function factLines(run: VerifyRun, require: VerifyReport['require'], style: Style): string {
  const { states, transitions, depth, statesPerSecond, omission, creates, garbage, stopped, cuts, vacuous, agrees } =
    run;
  const off = run.reductions.length === 0 ? 'no reductions' : `reductions ${run.reductions.join(', ')}`;
  const rows: (readonly [label: string, text: string])[] = [
    [
      'explored',
      `${counted(states, 'state')}, ${counted(transitions, 'transition')}, ${counted(depth, 'level')}; ` +
        `${statesPerSecond.toLocaleString('en-US')} states a second; ${off}`,
    ],
  ];
  if (stopped !== null) rows.push(['stopped', STOPPED[stopped]]);
  if (cuts > 0)
    rows.push([
      'cut',
      `${counted(cuts, 'transition')} at a bound of containers or messages: more --slots or --messages`,
    ]);
  if (run.exact) rows.push(['omission', 'none: whole states were compared']);
  else rows.push(['omission', `a chance of ${omission.toExponential(1)} that equal fingerprints hid a state`]);
  if (agrees !== undefined)
    rows.push(['twice', agrees ? 'the second exploration saw the same' : 'the second exploration saw something else']);
  if (creates !== null)
    rows.push(['creates', creates === 'unlimited' ? 'without end' : `${creates} at most, on any path`]);
  if (garbage !== null && garbage > 0) rows.push(['garbage', `${counted(garbage, 'object')} at most, whoever stalls`]);
  if (vacuous.length > 0) rows.push(['vacuous', `never occurred: ${vacuous.join('; ')}`]);
  if (require !== null && !run[require]) rows.push(['required', `${require}, which this is not`]);
  return rows.map(([label, text]) => labelled(label, printable(text), style)).join('\n');
}

function labelled(label: string, text: string, style: Style): string {
  const [first, ...rest] = wrapped(text, style.width - 13);
  return [`  ${style.quiet(padded(label, 9))}  ${first}`, ...rest.map((line) => `             ${line}`)].join('\n');
}

function paragraph(text: string, style: Style): string {
  return wrapped(printable(text), style.width - 2)
    .map((line) => `  ${line}`)
    .join('\n');
}

function hazardLines(hazards: readonly VerifyFinding[], style: Style): string {
  const lines = hazards.map(
    (finding) =>
      `    ${finding.code}  ${printable(finding.case || finding.signature)}  ${style.quiet(finding.claim ?? '')}`,
  );
  return [`  ${style.warning('known hazards: what no claim excludes')}`, ...lines].join('\n');
}

function findingText(finding: VerifyFinding, style: Style): string {
  const { claim, representation, trace, shortest, diagnostic } = finding;
  const length = `${counted(trace.length, 'step')}${shortest ? '; no trace is shorter' : '; a shorter trace may exist'}`;
  return [
    style.bad(`${printable(representation)}: breaks its claim ${claim ?? ''}`),
    renderDiagnostic(diagnostic, style, 'bad'),
    `  ${style.strong('Trace')}  ${style.quiet(length)}\n${traceLines(trace, style)}`,
    ...(finding.case === ''
      ? []
      : [`  ${style.strong('Reproduce with:')} ${commandLine(['repro', '--timeline', finding.case])}`]),
  ].join('\n\n');
}

/** A column for each thread, a row for each step. */
function traceLines(trace: VerifyFinding['trace'], style: Style): string {
  const threads = trace.reduce((most, { thread }) => Math.max(most, thread + 1), 1);
  const digits = String(trace.length).length;
  const steps = trace.map(({ thread, text }) => ({ thread, text: printable(withoutFolders(text)) }));
  const widths = Array.from({ length: threads }, (_, thread) =>
    Math.max(8, ...steps.filter((step) => step.thread === thread).map(({ text }) => columnsOf(text))),
  );
  const head = widths.map((width, thread) => padded(`thread ${thread}`, width)).join('  ');
  const rows = steps.map(({ thread, text }, step) => {
    const before = widths.slice(0, thread).reduce((sum, width) => sum + width + 2, 0);
    return `    ${style.quiet(String(step + 1).padStart(digits))}  ${' '.repeat(before)}${text}`;
  });
  return [`    ${' '.repeat(digits)}  ${style.quiet(head.trimEnd())}`, ...rows].join('\n');
}

/** A column has no room for the path to a source file; its name and line are enough. */
function withoutFolders(text: string): string {
  return text.replace(/ at \S*\/([^/\s]+:\d+)/, ' at $1');
}

function sumText(report: VerifyReport, style: Style): string {
  const findings = report.runs.flatMap((run) => run.findings);
  const broken = findings.filter(({ status }) => status === 'broken-claim').length;
  const hazards = counted(findings.length - broken, 'known hazard');
  if (broken > 0) return `${style.bad(counted(broken, 'broken claim'))}; ${hazards}.`;
  if (!isVerified(report)) return `${style.bad('Not what was required')}; ${hazards}.`;
  const all = report.runs.every(({ complete }) => complete);
  return all
    ? `${style.good('No claim was broken')}; ${hazards}.`
    : `No claim was broken as far as was explored; ${hazards}.`;
}
