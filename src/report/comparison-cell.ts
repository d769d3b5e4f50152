/** One cell, and what it says: `bad`, `warning` or `good` are painted where there are colours. */
export interface Cell {
  readonly text: string;
  readonly tone?: 'bad' | 'warning' | 'good' | 'quiet';
}

/** One question, with a row for each representation in their order; a transposed table has them as columns and names its rows itself. */
export interface ComparisonTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What is not plain from the headings. */
  readonly legend: readonly string[];
  readonly transposed?: boolean;
}

export function countCell(value: number): Cell {
  return value === 0 ? { text: '0', tone: 'quiet' } : { text: number(value) };
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

export function percent(share: number): string {
  const value = share * 100;
  return value < 0.1 ? '<0.1 %' : `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}
