import type { TraceLine } from './trace-line.ts';

const PREFIX = /^--[0-9]+-- (.*)$/;
const FREE = /^(?:free|cfree|_Zd[la]P[A-Za-z0-9_]*)\((0x[0-9A-Fa-f]{1,16})\)$/;
const REALLOCATE = /^realloc\((0x[0-9A-Fa-f]{1,16}),([0-9]{1,16})\)(?:malloc\([0-9]{1,16}\))? = (0x[0-9A-Fa-f]{1,16})$/;
/** `realloc(ADDRESS,0)` that frees goes on with the line of the free. */
const REALLOCATE_TO_NOTHING = /^realloc\((0x[0-9A-Fa-f]{1,16}),0\)free\(0x[0-9A-Fa-f]{1,16}\)$/;
const ALLOCATE =
  /^[A-Za-z_][A-Za-z0-9_]*\((?:al(?:ign)? [0-9]{1,16}, )?(?:size )?([0-9]{1,16})(?:,([0-9]{1,16}))?\) = (0x[0-9A-Fa-f]{1,16})$/;

/**
 * One line of `valgrind --trace-malloc=yes` (valgrind: coregrind/m_replacemalloc/vg_replace_malloc.c). Undefined for banners and
 * for the program's own output.
 */
export function valgrindLine(line: string): TraceLine | undefined {
  const text = PREFIX.exec(line)?.[1];
  if (text === undefined) return undefined;
  const freed = FREE.exec(text) ?? REALLOCATE_TO_NOTHING.exec(text);
  if (freed !== null) return { kind: 'free', address: Number(freed[1]) };
  const moved = REALLOCATE.exec(text);
  if (moved !== null)
    return { kind: 'reallocate', from: Number(moved[1]), to: Number(moved[3]), size: Number(moved[2]) };
  const made = ALLOCATE.exec(text);
  if (made === null) return undefined;
  const [, first, second, address] = made;
  return { kind: 'allocate', address: Number(address), size: Number(first) * Number(second ?? 1) };
}
