import { renderDiagnostic } from '../diagnostic.ts';
import { printable } from '../printable.ts';
import { styleOf } from '../style.ts';
import type { Check, Problem } from './check.ts';

const PLAIN = styleOf(0, 100);

/**
 * JUnit XML: one suite for each kind of check, one case for each check, and its failures as one `failure` element, since most
 * readers take the first alone. Without times: the file is the same whenever the run is.
 */
export function junitText(checks: readonly Check[], command: string): string {
  const suites = [...new Set(checks.map(({ suite }) => suite))];
  const lines = suites.flatMap((suite) => suiteLines(checks.filter((check) => check.suite === suite)));
  const counts = countsOf(checks);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `provsim ${command}`, ...counts })}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines(checks: readonly Check[]): readonly string[] {
  const name = checks[0].suite;
  return [
    `  <testsuite ${attributes({ name, ...countsOf(checks), skipped: 0 })}>`,
    ...checks.flatMap((check) => caseLines(check)),
    '  </testsuite>',
  ];
}

function countsOf(checks: readonly Check[]): { tests: number; failures: number; errors: number } {
  return { tests: checks.length, failures: checks.filter((check) => failuresOf(check).length > 0).length, errors: 0 };
}

function failuresOf({ problems }: Check): readonly Problem[] {
  return problems.filter(({ standing }) => standing === 'failure');
}

function caseLines(check: Check): readonly string[] {
  const { suite, name, file, problems } = check;
  const failures = failuresOf(check);
  const others = problems.filter(({ standing }) => standing !== 'failure');
  const open = attributes({ name, classname: `provsim.${suite}`, ...(file !== undefined && { file }) });
  if (problems.length === 0) return [`    <testcase ${open}/>`];
  const told = failures.length === 0 ? [] : [failureElement(failures)];
  const notes =
    others.length === 0
      ? []
      : [`      <system-out>${escaped(others.map((each) => noteOf(each)).join('\n'))}</system-out>`];
  return [`    <testcase ${open}>`, ...told, ...notes, '    </testcase>'];
}

function failureElement(failures: readonly Problem[]): string {
  const rules = [...new Set(failures.map(({ rule }) => rule))].join(', ');
  const message = failures.length === 1 ? failures[0].message : `${failures.length} findings: ${rules}`;
  return `      <failure ${attributes({ message, type: failures[0].rule })}>${escaped(failures.map(explained).join('\n\n'))}</failure>`;
}

function explained({ message, place, diagnostic }: Problem): string {
  const at = `${place.file}:${place.line}`;
  const text =
    diagnostic === undefined ? `${printable(at)}: ${printable(message)}` : renderDiagnostic(diagnostic, PLAIN);
  return diagnostic === undefined ? text : `${printable(message)}\n\n${text}`;
}

function noteOf({ message, excuse, place }: Problem): string {
  return printable(`${place.file}: ${message} (${excuse})`);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(printable(String(value)))}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0; what XML cannot hold at all has become a visible escape before. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
