import type { Field } from '../ir/layout.ts';

/** How many runs are kept; a diagnostic shows no more. */
const KEPT = 3;

/** The values that one field of the issued references took, as runs of equal steps upward. */
export class TagRuns {
  readonly runs: { readonly from: number; to: number }[] = [];
  /** The step inside the runs; 0 as long as there are no two values, -1 when the steps differ. */
  step = 0;
  /** Whether there were more runs than are kept. */
  truncated = false;
  readonly field: Field | undefined;
  #last = -1;

  constructor(field: Field | undefined) {
    this.field = field;
  }

  add(low: number, high: number): void {
    if (this.field === undefined) return;
    const value = fieldValue(low, high, this.field);
    const run = this.runs.at(-1);
    if (run === undefined || value <= this.#last || this.truncated) {
      if (this.runs.length < KEPT) this.runs.push({ from: value, to: value });
      else this.truncated = true;
    } else {
      const step = value - this.#last;
      if (this.step === 0) this.step = step;
      else if (this.step !== step) this.step = -1;
      run.to = value;
    }
    this.#last = value;
  }

  /** `generations issued: 3 … 65535, 2 … 65534, 2 apart`; empty when the field is not known or nothing was issued. */
  get text(): string {
    if (this.field === undefined || this.runs.length === 0) return '';
    const runs = this.runs.map(({ from, to }) => (from === to ? `${from}` : `${from} … ${to}`));
    const more = this.truncated ? ', …' : '';
    return `${this.field.name}s issued: ${runs.join(', ')}${more}${this.step > 1 ? `, ${this.step} apart` : ''}`;
  }
}

/** A field of at most 32 bits, as an unsigned number. */
function fieldValue(low: number, high: number, { low: at, width }: Field): number {
  const bits = at >= 32 ? high >>> (at - 32) : at === 0 ? low >>> 0 : (low >>> at) | (high << (32 - at));
  return width === 32 ? bits >>> 0 : (bits & (2 ** width - 1)) >>> 0;
}
