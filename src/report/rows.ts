import { columnsOf, padded, wrapped } from './printable.ts';

/**
 * Rows of cells as aligned columns, two spaces apart; the last column is wrapped to the width. Cells must not be coloured: what
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
      const last = wrapped(row[count - 1] ?? '', width - lastAt).map(paint[count - 1] ?? plain);
      return `${' '.repeat(indent)}${[...cells, last.join(`\n${' '.repeat(lastAt)}`)].join('  ')}`.trimEnd();
    })
    .join('\n');
}

function plain(text: string): string {
  return text;
}
