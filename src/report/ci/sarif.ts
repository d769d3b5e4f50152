import type { CodeFlow, Location, Log, PhysicalLocation, ReportingDescriptor, Result, ThreadFlowLocation } from 'sarif';
import { styleOf } from '../style.ts';
import { renderDiagnostic } from '../diagnostic.ts';
import { printable } from '../printable.ts';
import { MISSED, titleOf, type Check, type Problem } from './check.ts';

/** What a SARIF file needs beside the checks. */
export interface SarifContext {
  /** The verb, which tells the files of several runs apart. */
  readonly command: string;
  readonly version: string;
  /** A path of a check as a URI relative to the root of the repository. */
  readonly uriOf: (file: string) => string;
  /** The page of a verdict code in Markdown. */
  readonly pageOf: (code: string) => string;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const MISSED_PAGE = `# ${MISSED}

A case gave another verdict than the one it expects.

Replay it with \`provsim repro FILE\`. Either what it drives changed, or the expectation was never right.
`;

/**
 * A SARIF 2.1.0 log (OASIS) with one run: a rule for each verdict that occurs, a result for each problem. What does not fail the
 * run has the level `note`; what the baseline knows or the configuration ignores is also suppressed, with the reason.
 */
export function sarifText(checks: readonly Check[], context: SarifContext): string {
  const problems = checks.flatMap((check) => check.problems);
  const rules = [...new Set(problems.map(({ rule }) => rule))].sort();
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'provsim',
            version: context.version,
            semanticVersion: context.version,
            rules: rules.map((rule) => ruleOf(rule, context)),
          },
        },
        automationDetails: { id: `provsim/${context.command}/` },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => resultOf(problem, rules, context)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(rule: string, { pageOf }: SarifContext): ReportingDescriptor {
  const page = rule === MISSED ? MISSED_PAGE : pageOf(rule);
  const paragraphs = page.trim().split(/\n{2,}/);
  // The first paragraph is the title again; the second says what it is about.
  const full = (paragraphs[2] ?? paragraphs[1] ?? '').replaceAll('\n', ' ').replaceAll('`', '');
  return {
    id: rule,
    name: rule.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: titleOf(rule) },
    fullDescription: { text: full === '' ? titleOf(rule) : full },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: 'error' },
  };
}

/** Colours and columns of rendered text in files. */
const PLAIN = styleOf(0, 100);

function resultOf(problem: Problem, rules: readonly string[], context: SarifContext): Result {
  const { standing, rule, message, excuse, signature, place, diagnostic } = problem;
  const { file, line, column, endColumn } = place;
  const explained = diagnostic === undefined ? '' : `\n\n${renderDiagnostic(diagnostic, PLAIN)}`;
  const region = {
    startLine: line,
    startColumn: column,
    endLine: line,
    // A region that ends where it begins is empty; a whole line then says more.
    ...(endColumn > column && { endColumn }),
  };
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: standing === 'failure' ? 'error' : 'note',
    message: { text: printable(message) + (excuse === '' ? '' : ` (${printable(excuse)})`) + explained },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(file, context), region } }],
    // What GitHub tells alerts apart by; equal for equal causes, so that a case that moves stays the same alert.
    partialFingerprints: { primaryLocationLineHash: signature },
    ...(diagnostic !== undefined && diagnostic.events.length > 0 && { codeFlows: [flowOf(problem, context)] }),
    ...((standing === 'ignored' || standing === 'known') && {
      suppressions: [{ kind: 'external', justification: printable(excuse) }],
    }),
  };
}

/** Created, freed, reused, used: one flow of locations for each thread, numbered in the order in which they happened. */
function flowOf({ diagnostic, place }: Problem, context: SarifContext): CodeFlow {
  const events = diagnostic?.events ?? [];
  const threads = [...new Set(events.map(({ thread }) => thread))];
  return {
    threadFlows: threads.map((thread) => ({
      id: thread === 0 ? 'main' : `thread ${thread}`,
      locations: events.flatMap((event, index): ThreadFlowLocation[] => {
        if (event.thread !== thread) return [];
        const text = `${printable(event.statement)}: ${printable(event.text)}`;
        const location: Location = { physicalLocation: eventPlace(event.line, place.file, context), message: { text } };
        return [{ location, kinds: [event.kind], executionOrder: index + 1 }];
      }),
    })),
  };
}

/** An event without a line stands for the file as a whole. */
function eventPlace(line: number, file: string, context: SarifContext): PhysicalLocation {
  const artifactLocation = artifactOf(file, context);
  return line > 0 ? { artifactLocation, region: { startLine: line } } : { artifactLocation };
}

function artifactOf(file: string, { uriOf }: SarifContext): NonNullable<PhysicalLocation['artifactLocation']> {
  const uri = uriOf(file);
  return uri.startsWith('file:') ? { uri } : { uri, uriBaseId: '%SRCROOT%' };
}
