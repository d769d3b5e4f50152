import type { TraceLine } from './trace-line.ts';

/** `@ CALLER + ADDRESS SIZE` and its kin; a caller that is not known is left out by glibc. */
const LINE = /^(?:@ .* )?([+\-<>]) (0x[0-9a-f]{1,16}|\(nil\))(?: (0x[0-9a-f]{1,16}|0))?$/;

/**
 * One line of glibc's `mtrace` (glibc: malloc/mtrace-impl.c): `+` allocates, `-` frees, `<` and the `>` after it reallocate.
 * Undefined for a line that is no event; `!`, a reallocation that failed, changes nothing and is none either.
 */
export function mtraceLine(line: string): TraceLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, sign, addressText, sizeText] = match;
  const address = addressText === '(nil)' ? 0 : Number(addressText);
  const hasSize = sizeText !== undefined;
  if (hasSize !== (sign === '+' || sign === '>')) return undefined;
  const size = Number(sizeText ?? 0);
  if (sign === '+') return { kind: 'allocate', address, size };
  if (sign === '-') return { kind: 'free', address };
  if (sign === '<') return { kind: 'reallocateFrom', from: address };
  return { kind: 'reallocateTo', to: address, size };
}
