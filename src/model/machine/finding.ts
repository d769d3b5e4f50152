import type { Diagnostic } from '../vocabulary/diagnostic.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { ClaimName, Contract } from './claims.ts';
import type { ParameterValues } from './parameters.ts';

/** One verdict worth telling, minimal and seen twice; the same in JSON, in reports and on the terminal. */
export interface Finding {
  readonly code: VerdictCode;
  /** The claim that it concerns; null when no claim can. */
  readonly claim: ClaimName | null;
  readonly status: 'broken-claim' | 'known-hazard';
  /** The least contract that allows the case. */
  readonly contract: Contract;
  /** Equal for findings with the same cause: code, operation and guard path. Names files; never holds addresses or seeds. */
  readonly signature: string;
  readonly representation: string;
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  /** Client operations of the case, churn counted as one, and threads. */
  readonly operations: number;
  readonly threads: number;
  /** The case's file, relative to the working directory. */
  readonly case: string;
  /** One sentence. */
  readonly summary: string;
  readonly diagnostic: Diagnostic;
  /** For a case at a narrow width that says what happens at the real one; `status` and `summary` are about that. */
  readonly lifted?: LiftedWidth;
}

/** What was found at narrow widths of a field, and what it means for the real one. */
export interface LiftedWidth {
  /** The real parameters, and the one of them that is a width. */
  readonly parameters: ParameterValues;
  readonly parameter: string;
  readonly value: number;
  /** Reuses of one slot until its first reference came back, by width in bits. */
  readonly observed: readonly { readonly width: number; readonly reuses: number }[];
  /** The cycle that explains them: 2^width less so many values, in steps of so much a reuse. */
  readonly skipped: number;
  readonly step: number;
  /** Reuses at the real width. */
  readonly reuses: number;
  /** Whether the real width was run too. */
  readonly confirmed: boolean;
}
