import { InvalidArgumentError } from 'commander';
import { REDUCTIONS } from '../explore/exploration.ts';
import { isVerdictCode } from '../model/vocabulary/verdicts.ts';

/** `60s`, `2m`, `500ms`, `1h`: milliseconds. */
export function parseDuration(text: string): number {
  const match = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('expected a duration such as 60s, 2m or 500ms');
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h'];
  return Number(match[1]) * unit;
}

/** A 32-bit integer, signed or unsigned, decimal or `0x…`; the value is what `| 0` makes of it. */
export function parseSeed(text: string): number {
  const value = /^(-?[0-9]{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= -(2 ** 31) && value < 2 ** 32)) throw new InvalidArgumentError('expected a 32-bit integer');
  return value | 0;
}

/** A parser of whole numbers in a range. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum))
      throw new InvalidArgumentError(`expected a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** `I/N`, I from 1 to N. */
export function parseShard(text: string): Shard {
  const match = /^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  if (!(shard.index >= 1 && shard.index <= shard.count))
    throw new InvalidArgumentError('expected I/N with I from 1 to N, such as 2/4');
  return shard;
}

/** One `[ID.]name=value`; the id is undefined when the setting is for every representation that has such a parameter. */
export interface Assignment {
  readonly id: string | undefined;
  readonly name: string;
  readonly value: string;
}

export function parseAssignment(text: string, previous: readonly Assignment[] = []): readonly Assignment[] {
  const match = /^(?:([a-z][a-z0-9-]*)\.)?([A-Za-z][A-Za-z0-9]*)=(.+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('expected name=value or ID.name=value');
  return [...previous, { id: match[1], name: match[2], value: match[3] }];
}

/** Collects an option that may be given several times. */
export function repeated(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

/** Collects `--fail-on`: a verdict code, or `known-hazard` for all of them. */
export function parseFailOn(text: string, previous: readonly string[] = []): readonly string[] {
  if (text !== 'known-hazard' && !(isVerdictCode(text) && text !== 'clean'))
    throw new InvalidArgumentError('expected a verdict code (provsim list shows them) or known-hazard');
  return [...previous, text];
}

/** `--operations`: a whole number, or `unbounded`. */
export function parseOperations(text: string): number | 'unbounded' {
  if (text === 'unbounded') return text;
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1)) throw new InvalidArgumentError('expected unbounded or a whole number from 1 to 9999');
  return value;
}

/** Collects `--no-reduction`. Where the option is not given, commander has `true` for it. */
export function parseReduction(text: string, previous: readonly string[] | boolean = []): readonly string[] {
  if (!REDUCTIONS.some((name) => name === text)) throw new InvalidArgumentError(`expected ${REDUCTIONS.join(' or ')}`);
  return [...(typeof previous === 'boolean' ? [] : previous), text];
}
