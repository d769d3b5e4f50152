import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { annotationLines, withoutCommands } from '../report/ci/annotations.ts';
import type { Context, Outcome } from './command.ts';
import { failureOf } from './failure.ts';
import { assertWritable, type ReportRequest } from './report-request.ts';
import { terminalOf, type Terminal } from './terminal.ts';
import { commandLineOf, usageText } from './usage.ts';
import type { Verb } from './verbs.ts';

/** The version of the shape of all JSON output; it grows when a field changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

const INTERRUPTED = 130;

/**
 * The command `provsim`: runs the verb that the words name, prints what it answers, and gives the exit code.
 * @param argv the words after the command's name
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const terminal = terminalOf(argv);
  endQuietlyWithoutReader(() => exitCode);
  const interrupted = interruption();
  let verbName: string | null = null;
  try {
    if (argv.length === 0) {
      print(usageText());
      return 0;
    }
    const call = parse(argv, (name) => (verbName = name));
    if (call === undefined) return 0;
    const { run } = await call.verb.load();
    const reports = (call.options.report ?? []) as readonly ReportRequest[];
    for (const { file } of reports) assertWritable(file);
    const outcome = await run(call.operands, call.options, { terminal, ...interrupted });
    terminal.progress();
    exitCode = outcome.interrupted === true ? INTERRUPTED : (outcome.exitCode ?? (outcome.ok ? 0 : 1));
    if (reports.length > 0) {
      const { writeReports } = await import('./ci-reports.ts');
      writeReports(reports, outcome.checks ?? [], { command: call.verb.name, version: packageVersion() });
    }
    tell(call.verb, outcome, terminal);
  } catch (thrown) {
    terminal.progress();
    exitCode = fail(thrown, verbName, terminal);
  }
  return exitCode;
}

interface Call {
  readonly verb: Verb;
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the words ask for; undefined when it was help or the version, which has been printed. */
function parse(argv: readonly string[], named: (verb: string) => void): Call | undefined {
  let call: Call | undefined;
  const program = commandLineOf(packageVersion(), (verb, operands, options) => {
    call = { verb, operands, options };
  });
  const verb = program.commands.find((command) => argv.find((word) => !word.startsWith('-')) === command.name());
  if (verb !== undefined) named(verb.name());
  try {
    program.parse([...argv], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return undefined;
    throw thrown;
  }
  return call;
}

/** The fields that every JSON object begins with; the clock starts with the process. */
function frame(command: string | null, ok: boolean): Readonly<Record<string, unknown>> {
  const elapsedMs = Math.round(performance.now());
  return { command, ok, version: packageVersion(), schemaVersion: SCHEMA_VERSION, elapsedMs };
}

function tell(verb: Verb, outcome: Outcome, { json, quiet, github }: Terminal): void {
  const { ok, interrupted, report, text } = outcome;
  if (json) print(JSON.stringify({ ...frame(verb.name, ok), ...(interrupted && { interrupted }), ...report }, null, 2));
  else if (text !== '' && !(quiet && ok)) print(github ? withoutCommands(text) : text);
  if (github) for (const line of annotationLines(outcome.checks ?? [])) print(line);
  if (interrupted === true && !json) process.stderr.write('provsim: interrupted\n');
}

function fail(thrown: unknown, verb: string | null, { json }: Terminal): number {
  const { exitCode, line, error } = failureOf(thrown);
  if (json) print(JSON.stringify({ ...frame(verb, false), error }, null, 2));
  process.stderr.write(`${line}\n`);
  if (process.env.PROVSIM_DEBUG === '1' && thrown instanceof Error) process.stderr.write(`${inspect(thrown)}\n`);
  return exitCode;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A reader that went away (`provsim list | head -1`) is no error: the run ends at once with what is known of its exit code. */
function endQuietlyWithoutReader(exitCode: () => number): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(exitCode());
    });
}

/** What asks a run to end: a key, and whoever stops a job (a container's runtime, a CI runner). */
const INTERRUPTIONS = ['SIGINT', 'SIGTERM'] as const;

/** The first interruption asks the verb to end with what it has; the second ends the process. */
function interruption(): Pick<Context, 'signal' | 'killable'> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  for (const each of INTERRUPTIONS) process.on(each, interrupt);
  return {
    signal: controller.signal,
    killable(work) {
      // Without a listener the signal has its usual effect, which needs no turn of the event loop.
      for (const each of INTERRUPTIONS) process.off(each, interrupt);
      try {
        return work();
      } finally {
        for (const each of INTERRUPTIONS) process.on(each, interrupt);
      }
    },
  };
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
