import type { Contract } from '../model/machine/claims.ts';
import type { Finding } from '../model/machine/finding.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';

/** What a verification is told, and what came of it: the fields of `verify --json`. */
export interface VerifyReport {
  readonly require: 'complete' | 'closed' | null;
  readonly runs: readonly VerifyRun[];
}

/** Every bound of an exploration. */
export interface VerifyScope {
  readonly threads: number;
  readonly objects: number;
  readonly references: number;
  readonly pointers: number;
  readonly slots: number;
  readonly addresses: number;
  readonly operations: number | 'unbounded';
  readonly client: Contract;
  readonly model: MachineSettings['model'];
  /** Most messages of one location; null under `sc`, which keeps one. */
  readonly messages: number | null;
}

/** One representation, explored under one contract. */
export interface VerifyRun {
  readonly representation: string;
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly mutant?: string;
  readonly scope: VerifyScope;
  /** Reductions that were on. */
  readonly reductions: readonly string[];
  /** Whether whole rows were compared instead of fingerprints. */
  readonly exact: boolean;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly statesPerSecond: number;
  readonly complete: boolean;
  readonly closed: boolean;
  /** Transitions that a bound of containers or messages stopped. */
  readonly cuts: number;
  /** What ended it before everything was seen. */
  readonly stopped: 'memory' | 'interrupted' | 'time' | null;
  /** With `--twice`: whether the second exploration saw the same. */
  readonly agrees?: boolean;
  /** The most creates on any path; null when it is not known. */
  readonly creates: number | 'unlimited' | null;
  /** The most objects that were retired and not given back while at most one thread was inside an operation; null when it is not known. */
  readonly garbage: number | null;
  /** The chance that two states had one fingerprint and one of them was left out. */
  readonly omission: number;
  /** Claims that this exploration judges. */
  readonly judged: readonly string[];
  /** What never occurred. */
  readonly vacuous: readonly string[];
  readonly findings: readonly VerifyFinding[];
}

export interface VerifyFinding extends Finding {
  /** Every step from the first state to the verdict. */
  readonly trace: readonly { readonly thread: number; readonly text: string }[];
  /** Whether no shorter trace exists. */
  readonly shortest: boolean;
}

/** Whether nothing is broken, and what was required was reached. */
export function isVerified({ runs, require }: VerifyReport): boolean {
  return runs.every(
    (run) =>
      run.agrees !== false &&
      run.findings.every(({ status }) => status !== 'broken-claim') &&
      (require === null || run[require]),
  );
}
