import type { VerdictCode } from './verdicts.ts';

/** One thing that happened on the way to a verdict, in causal order: created, freed, reused, re-issued, resolved, accessed. */
export interface DiagnosticEvent {
  /** Stable word for the kind of event: `created`, `freed`, `reused`, `re-issued`, `resolved`, `allocated`, `used`, ... */
  readonly kind: string;
  /** Line of the case file, from 1; 0 when the event has no line. */
  readonly line: number;
  /** The statement as the case file has it. */
  readonly statement: string;
  /** What happened there, in words. */
  readonly text: string;
  readonly thread: number;
}

/** A labelled fact below the events: the decoded handle, the slot's state, the claim. */
export interface DiagnosticFact {
  readonly label: string;
  readonly text: string;
}

/** Where the verdict was given. */
export interface DiagnosticPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly statement: string;
  /** `main` or `thread N`. */
  readonly thread: string;
  /** What the representation did there: `guard "same generation" passed`, `src/table.ts:41`; empty when nothing is known. */
  readonly inside: string;
}

/** A verdict explained, as data; `src/report` renders it, and nothing else does. */
export interface Diagnostic {
  readonly code: VerdictCode;
  readonly title: string;
  readonly place: DiagnosticPlace;
  readonly events: readonly DiagnosticEvent[];
  readonly facts: readonly DiagnosticFact[];
  /** What can be done about it; undefined when nobody can act on a hint. */
  readonly help: string | undefined;
  /** The command that shows this again. */
  readonly replay: string;
}
