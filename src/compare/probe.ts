import type { Instance } from '../model/machine/instance.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import {
  bitFlipCase,
  exhaustionCase,
  HELD_ACROSS_DESTROY,
  LIVE_USE,
  resetCases,
  runCase,
  SECOND_DESTROY,
  STALE_USE,
  STALE_USE_AFTER_CREATE,
  STRICT_USE,
  wrapCase,
  type ProbeCase,
  type ProbedCase,
} from './case-probe.ts';
import { probeChurn, probeResets, type Churn, type Reset } from './churn-probe.ts';
import { probeForgeries, probeStaleUses, type Forgeries, type Tries } from './forgery-probe.ts';

/** What running a representation shows about stale and forged references: one thread, the same answers every time. */
export interface Measured {
  /**
   * What a use gave right after the destroy, and when the next object was there; `clean`: it was refused. Null, here and below: the
   * case did not get that far on this machine.
   */
  readonly staleUse: VerdictCode | null;
  readonly staleUseAfterNextCreate: VerdictCode | null;
  /** What destroying twice gave; `clean`: the second one changed nothing. */
  readonly secondDestroy: VerdictCode | null;
  /** What a pointer that was resolved before a destroy and read after it gave; `clean`: the object was still there. */
  readonly heldAcrossDestroy: VerdictCode | null;
  /** What alloc, use and free give on a machine with strict provenance; `clean`: nothing. */
  readonly strictProvenance: VerdictCode | null;
  readonly churn: Churn;
  readonly resets: readonly Reset[];
  /** Uses of one stale reference, one after each of the next creates. */
  readonly staleUses: Tries;
  readonly forgeries: Forgeries;
}

export interface Probed {
  readonly measured: Measured;
  /** The cases that gave a verdict. */
  readonly cases: readonly ProbedCase[];
}

/** Runs all probes. The cases are those of the corpus in shape, so that a verdict comes with a text that replays it. */
export function probe(instance: Instance, machine: MachineSettings): Probed {
  const cases: ProbedCase[] = [];
  const answer = (each: ProbeCase): VerdictCode | null => {
    const result = runCase(instance, machine, each);
    if (result.finding !== undefined) cases.push(result);
    return result.answer;
  };
  answer(LIVE_USE);
  const churn = probeChurn(instance, machine);
  const forged = probeForgeries(instance, machine);
  const measured: Measured = {
    staleUse: answer(STALE_USE),
    staleUseAfterNextCreate: answer(STALE_USE_AFTER_CREATE),
    secondDestroy: answer(SECOND_DESTROY),
    heldAcrossDestroy: answer(HELD_ACROSS_DESTROY),
    strictProvenance: answer(STRICT_USE),
    churn,
    resets: probeResets(instance, machine),
    staleUses: probeStaleUses(instance, machine),
    forgeries: forged.forgeries,
  };
  if (churn.createsToAba !== null && churn.createsToAba > 1) answer(wrapCase(churn.createsToAba));
  if (churn.stoppedBy === 'exhausted') answer(exhaustionCase(churn.creates));
  if (forged.acceptedBit !== undefined) answer(bitFlipCase(forged.acceptedBit));
  for (const each of resetCases(instance)) answer(each);
  return { measured, cases };
}
