import { DEPARTED, IDENTITY, NEVER_ISSUED, Phase, PHASE, type ObjectGhosts } from './ghosts.ts';

/** How many references are remembered; a run that issues more can no longer tell forged bits from issued ones. */
const CAPACITY = 1 << 20;

/**
 * Every reference that was ever issued, so that forged bits that equal issued ones count as a copy of that reference. Kept only
 * for programs that forge.
 */
export class IssuedBits {
  readonly #latest = new Map<string, { readonly object: number; readonly identity: number }>();

  add(low: number, high: number, object: number, identity: number): void {
    if (this.#latest.size < CAPACITY) this.#latest.set(`${high}:${low}`, { object, identity });
  }

  /** The object that the bits were last issued for, `DEPARTED` when it is forgotten, or `NEVER_ISSUED`. */
  find(low: number, high: number, ghosts: ObjectGhosts): number {
    const latest = this.#latest.get(`${high}:${low}`);
    // A full table cannot tell; "departed" then gives the benefit of the doubt, for it never leads to a forged-handle verdict.
    if (latest === undefined) return this.#latest.size < CAPACITY ? NEVER_ISSUED : DEPARTED;
    const { rows } = ghosts;
    const isPresent = latest.object < ghosts.limit && rows[latest.object + PHASE] !== Phase.absent;
    return isPresent && rows[latest.object + IDENTITY] === latest.identity ? latest.object : DEPARTED;
  }

  reset(): void {
    this.#latest.clear();
  }
}
