import { columnsOf, padded, wrapped } from './printable.ts';

/**
 * Rows of cells as aligned columns, two spaces apart; the last column is wrapped to the width
 * and may have several lines. Cells must not be coloured: what
 * colours a row is given as `paint`, by column.
 */
export function rowsText(
  rows: readonly (readonly string[])[],
  width: number,
  paint: readonly ((text: string) => string)[] = [],
  indent = 2,
): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: count - 1 }, (_, column) =>
    Math.max(0, ...rows.map((row) => columnsOf(row[column] ?? ''))),
  );
  const lastAt = indent + columns.reduce((sum, each) => sum + each + 2, 0);
  return rows
    .map((row) => {
      const cells = columns.map((each, column) => (paint[column] ?? plain)(padded(row[column] ?? '', each)));
      const last = (row[count - 1] ?? '').split('\n').flatMap((line) => wrapped(line, width - lastAt));
      return `${' '.repeat(indent)}${[...cells, last.map(paint[count - 1] ?? plain).join(`\n${' '.repeat(lastAt)}`)].join('  ')}`.trimEnd();
    })
    .join('\n');
}

function plain(text: string): string {
  return text;
}
