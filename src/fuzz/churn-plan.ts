import type { Field } from '../model/ir/layout.ts';
import type { Random } from '../model/vocabulary/random.ts';

/** Fields from this width on are not churned through: one pass would take seconds. */
const WIDEST_FIELD = 25;
/** Below this a churn costs no more than other operations and is drawn freely. */
export const SHORT_CHURN = 64;
/** What a lane may spend before it has earned anything. */
const ADVANCE = 2 ** 17;

/** Rounds of long churns for every other operation: a round costs less, and only many of them reach a wrap. */
const ROUNDS_AN_OPERATION = 4;

/** The share of the rounds that one doubling between the widths gets, against 1 for the width of a field. */
const LOG_UNIFORM = 0.05;

interface Length {
  readonly weight: number;
  draw(random: Random): number;
}

/**
 * How long the next long churn is, and whether it can be afforded. Lengths come from the widths of the reference's fields (2^w,
 * its neighbours, and half of it) and log-uniformly up to the widest. Every width gets an equal share of the rounds, so that a
 * length twice as long is tried half as often; and there are {@link ROUNDS_AN_OPERATION} times as many rounds as other operations.
 */
export class ChurnPlan {
  readonly #lengths: readonly Length[];
  readonly #total: number;
  readonly #share: number;
  #credit = ADVANCE;
  #next = 0;

  /**
   * @param share the part of a length that must have been earned when it is made, above 0 and up to 1; the rest is earned
   * afterwards. Lanes with different shares make their longest churns at different times.
   */
  constructor(fields: readonly Field[], share: number) {
    this.#share = share;
    const widths = fields.map(({ width }) => width).filter((width) => width < WIDEST_FIELD);
    const widest = Math.max(0, ...widths);
    this.#lengths = [
      ...[...new Set(widths)].map((width) => ({
        weight: 1 / 2 ** width,
        draw: (random: Random) => neighbourOf(width, random),
      })),
      ...Array.from({ length: Math.max(widest - 6, 0) }, (_, level) => ({
        weight: LOG_UNIFORM / 2 ** (level + 6),
        draw: (random: Random) => 2 ** (level + 6) + random.below(2 ** (level + 6)),
      })),
    ].filter((length) => length.weight < 1 / SHORT_CHURN);
    this.#total = this.#lengths.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Counts work that was not churn. */
  earn(operations: number): void {
    this.#credit += operations * ROUNDS_AN_OPERATION;
  }

  /** The length of a long churn that can be made now, or 0; what it costs is taken off. */
  take(random: Random, longest: number): number {
    if (this.#lengths.length === 0) return 0;
    if (this.#next === 0 || this.#next > longest) this.#next = this.#draw(random);
    if (this.#next * this.#share > this.#credit || this.#next > longest) return 0;
    const times = this.#next;
    this.#credit -= times;
    this.#next = 0;
    return times;
  }

  #draw(random: Random): number {
    let left = (random.below(2 ** 30) / 2 ** 30) * this.#total;
    for (const { weight, draw } of this.#lengths) {
      left -= weight;
      if (left < 0) return draw(random);
    }
    return 0;
  }
}

function neighbourOf(width: number, random: Random): number {
  const whole = 2 ** width;
  switch (random.below(6)) {
    case 0:
      return whole - 1;
    case 1:
      return whole;
    case 2:
      return whole + 1;
    case 3:
      return whole / 2 + random.below(3) - 1;
    default:
      return whole + 2 + random.below(4);
  }
}
