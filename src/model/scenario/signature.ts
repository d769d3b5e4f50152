import { kebabCase } from '../ir/mutation.ts';
import type { Point } from '../ir/program.ts';
import type { Contract } from '../machine/claims.ts';
import type { Violation } from '../machine/violation.ts';

/**
 * The name of a cause: code, contract, the extras on the way, and the guards that were passed or refused in the operation that
 * gave the verdict. Equal for equal causes whatever the seed, the addresses and the variables' names are; it also names the
 * finding's file.
 */
export function signatureOf(
  violation: Violation,
  contract: Contract,
  path: readonly Point[],
  extras: readonly string[],
): string {
  const owner =
    violation.statement !== undefined && 'owner' in violation.statement ? violation.statement.owner.name : '';
  const last = path.at(-1);
  const operation = last?.owner ?? owner;
  const guards = path.map((point) => `${point.entry}/${point.owner}/${point.name}:${point.outcome}`);
  const cause = [violation.code, violation.event, violation.statement?.kind ?? '', contract, ...extras, ...guards].join(
    '\n',
  );
  const words = [violation.code, contract, kebabCase(operation), ...extras.map(kebabCase), fingerprint(cause)];
  return words.filter((word) => word !== '').join('-');
}

/** 32 bits of FNV-1a in hexadecimal: short, stable, and good enough to tell a few dozen causes apart. */
function fingerprint(text: string): string {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
