import { Opcode, STRIDE } from '../../model/machine/client-program.ts';
import { configurationKey, type Configuration } from '../configuration.ts';
import type { HarnessCache } from '../harness.ts';
import { observe, shows } from '../observation.ts';
import { churnTimes } from '../operations.ts';
import type { Symptom } from '../symptom.ts';

/** A case on its way to the minimum: what fails so far, and the tries that made it smaller. */
export class Reduction {
  configuration: Configuration;
  code: Int32Array;
  symptom: Symptom;
  /** Programs run so far. */
  tries = 0;
  readonly harnesses: HarnessCache;
  readonly #expired: () => boolean;
  /** Candidates that did not fail in this way: a pass that follows a pass asks for many of them again. */
  readonly #refused = new Set<string>();

  constructor(
    harnesses: HarnessCache,
    start: { readonly configuration: Configuration; readonly code: Int32Array; readonly symptom: Symptom },
    expired: () => boolean,
  ) {
    this.harnesses = harnesses;
    this.configuration = start.configuration;
    this.code = start.code;
    this.symptom = start.symptom;
    this.#expired = expired;
  }

  /** Whether time is up; then every further try fails, and the case stays as it is. */
  get expired(): boolean {
    return this.#expired();
  }

  /** Takes a smaller candidate if it still fails in the same way. */
  accepts(code: Int32Array, configuration: Configuration = this.configuration): boolean {
    if (this.#expired()) return false;
    const key = `${configurationKey(configuration)} ${code.join()}`;
    if (this.#refused.has(key)) return false;
    this.tries++;
    const observed = observe(this.harnesses.get(configuration), code);
    const isSmaller =
      observed !== undefined && (configuration !== this.configuration || this.#isNoLarger(observed.code));
    if (!isSmaller || !shows(observed.symptom, this.symptom)) {
      this.#refused.add(key);
      return false;
    }
    this.code = observed.code;
    this.symptom = observed.symptom;
    this.configuration = configuration;
    return true;
  }

  /**
   * What was taken away may come back when a case is brought into its form: a re-issue gets its use again. Fewer operations
   * count first, then fewer rounds.
   */
  #isNoLarger(code: Int32Array): boolean {
    if (code.length !== this.code.length) return code.length < this.code.length;
    return roundsOf(code) <= roundsOf(this.code) && code.some((value, index) => value !== this.code[index]);
  }
}

function roundsOf(code: Int32Array): number {
  let rounds = 0;
  for (let at = 0; at < code.length; at += STRIDE) if (code[at] === Opcode.churn) rounds += churnTimes(code, at);
  return rounds;
}
