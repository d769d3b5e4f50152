import { Opcode } from '../../model/machine/client-program.ts';
import { churnOf, churnTimes, joined, lastOf, setChurnTimes, without } from '../operations.ts';
import { STRIDE } from '../../model/machine/client-program.ts';

/** The last churn made as long as asked for; where there is none, one before the last create. A churn of no rounds is left out. */
export function withChurn(code: Int32Array, rounds: number): Int32Array {
  const lastChurn = lastOf(code, Opcode.churn);
  if (lastChurn >= 0) {
    if (rounds === 0) return without(code, lastChurn / STRIDE, 1);
    const longer = code.slice();
    setChurnTimes(longer, lastChurn, rounds);
    return longer;
  }
  if (rounds === 0) return code;
  const at = Math.max(lastOf(code, Opcode.alloc), 0);
  return joined([code.subarray(0, at), churnOf(rounds, 1), code.subarray(at)]);
}

/** Rounds of the last churn; 0 without one. */
export function roundsOf(code: Int32Array): number {
  const at = lastOf(code, Opcode.churn);
  return at < 0 ? 0 : churnTimes(code, at);
}
