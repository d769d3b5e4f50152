import { Fault } from '../../vocabulary/verdicts.ts';
import { Refusal, SharedOrder } from './shared-order.ts';
import { Status } from './stepped-program.ts';

/** What generated steps call: the order of shared accesses, and how a step ends otherwise than at the next stop. */
export class StepRuntime extends SharedOrder {
  fault = 0;
  /** Numbers of statements and of a panic's name. */
  statement = -1;
  panic = -1;
  /** The await whose pass failed in this step; -1 when none did. */
  failedAwait = -1;
  pathLength = 0;

  raise(fault: number, statement: number): number {
    this.fault = fault;
    this.statement = statement;
    return Status.fault;
  }

  /** The end of a step whose access the order refused. */
  refuse(refusal: number, statement: number): number {
    if (refusal === Refusal.race) return this.raise(Fault['data-race'], statement);
    return refusal === Refusal.cut ? Status.cut : Status.blocked;
  }

  /** The place of a key among the sorted entries of a map, or -1 - the place where it would stand. */
  find(state: Int32Array, begin: number, entryWords: number, keyWords: number, low: number, high: number): number {
    const length = state[begin];
    for (let place = 0; place < length; place++) {
      const at = begin + 1 + place * entryWords;
      const otherHigh = keyWords > 1 ? state[at + 1] : 0;
      if (state[at] === low && otherHigh === high) return place;
      if (otherHigh > high || (otherHigh === high && state[at] > low)) return -1 - place;
    }
    return -1 - length;
  }
}
