import { CaseRunner } from '../../fuzz/fast-check/case-runner.ts';
import { POINTER_NAMES, REFERENCE_NAMES } from '../../fuzz/case-scenario.ts';
import type { ProgramBounds } from '../../fuzz/fast-check/operation-arbitrary.ts';
import type { Representation } from '../../model/machine/definition.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { DEFAULT_FOLDER, targetOf, type TargetOptions } from '../fuzz.ts';

export interface ProgramOptions extends TargetOptions {
  /** Operations of one program at most; 60 unless given. The length is spread evenly up to it, whatever fast-check's size is. */
  readonly maxOperations?: number;
  /** Names for references (1 to 15, `a` to `o`) and for held pointers (1 to 8, `p` to `w`); 6 and 2 unless given. */
  readonly references?: number;
  readonly pointers?: number;
  /**
   * Rounds of one churn at most; 131,072 unless given, which takes a field of 16 bits through all its values. Churns as long as
   * that make an execution take some milliseconds.
   */
  readonly longestChurn?: number;
}

const DEFAULTS: ProgramBounds = { maxOperations: 60, references: 6, pointers: 2, longestChurn: 2 ** 17 };
const LARGEST: ProgramBounds = {
  maxOperations: 10_000,
  references: REFERENCE_NAMES.length,
  pointers: POINTER_NAMES.length,
  longestChurn: 2 ** 32,
};

/** @throws InputError for a bound that is no whole number in its range. */
export function boundsOf(options: ProgramOptions): ProgramBounds {
  const bounds = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof ProgramBounds)[]) {
    const value = options[name];
    if (value === undefined) continue;
    if (!(Number.isInteger(value) && value >= 1 && value <= LARGEST[name]))
      throw new InputError('usage', `${name}: expected a whole number from 1 to ${LARGEST[name]}, found ${value}`);
    bounds[name] = value;
  }
  return bounds;
}

/** Clients may do anything under `any` unless a test says otherwise: no claim speaks of `bypass`. */
export function runnerOf(representation: Representation, options: TargetOptions): CaseRunner {
  return new CaseRunner(targetOf(representation, { client: 'any', ...options }), DEFAULT_FOLDER);
}
