import type { Check } from '../report/ci/check.ts';
import type { Terminal } from './terminal.ts';

/** What a verb gets beside its operands and options. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborted by the first SIGINT or SIGTERM; a verb then ends soon and reports what it has. */
  readonly signal: AbortSignal;
  /** Runs what is long and cannot look at the signal: meanwhile a signal ends the process at once. */
  readonly killable: <T>(work: () => T) => T;
}

/** What a verb answers. */
export interface Outcome {
  readonly ok: boolean;
  /** 0 or 1 as `ok` says, unless given: 3 for a finding that does not reproduce. */
  readonly exitCode?: number;
  readonly interrupted?: boolean;
  /** The verb's own fields of the JSON object, in the order in which they are printed. */
  readonly report: Readonly<Record<string, unknown>>;
  /** The text for a terminal, without a line feed at its end; empty when there is nothing to say. */
  readonly text: string;
  /** What reports for CI are made of; for verbs that take `--report`. */
  readonly checks?: readonly Check[];
}

/** The options of a verb by their long names in camel case; only those that were given, and those with a default. */
export type Options = Readonly<Record<string, unknown>>;

/** Runs a verb: `src/cli/commands/VERB.ts` exports one as `run`. */
export type Run = (operands: readonly string[], options: Options, context: Context) => Promise<Outcome>;
