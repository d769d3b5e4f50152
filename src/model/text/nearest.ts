import { InputError } from '../vocabulary/input-error.ts';
import type { InputLocation } from '../vocabulary/input-error.ts';
import { quoted } from './source.ts';

/** Longer words are not compared: nobody mistypes them into one of our names. */
const LONGEST = 64;

/** The candidate that a mistyped word most likely meant, or undefined when none is close (a third of its letters wrong). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const length = Math.max(word.length, candidate.length);
    const allowed = Math.min(Math.max(1, Math.floor(length / 3)), Math.min(word.length, candidate.length) - 1);
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance > allowed || distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** An `expected …, found …` error about a word that had to be one of some names; a close one is offered. */
export function unexpectedWord(
  expected: string,
  found: string,
  location: InputLocation,
  candidates: readonly string[] = [],
): InputError {
  const meant = nearest(found, candidates);
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  const shown = found === '' ? 'nothing' : quoted(found);
  return new InputError('syntax', `expected ${expected}, found ${shown}${hint}`, location, expected);
}

/** Names as the end of `expected a … of x (a, b)`. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'which has none' : names.join(', ');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = previous[column - 1] + (left[row - 1] === right[column - 1] ? 0 : 1);
      let cost = Math.min(previous[column] + 1, current[column - 1] + 1, replaced);
      if (left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1])
        cost = Math.min(cost, older[column - 2] + 1);
      current.push(cost);
    }
    older = previous;
    previous = current;
  }
  return previous[right.length];
}
