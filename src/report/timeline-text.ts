import type { TimelineStep } from '../model/scenario/thread-recorder.ts';
import { printable, wrapped } from './printable.ts';
import type { Style } from './style.ts';

const LEAST_COLUMN = 22;
const GAP = 2;

/**
 * The steps of several threads, a column for each and one more for what they change in the shared state. A row names the statement
 * where a thread begins it, and every step under it; time runs down.
 */
export function timelineText(timeline: readonly TimelineStep[] | undefined, style: Style): string {
  if (timeline === undefined) return '';
  if (timeline.length === 0) return '  No timeline: the case has one thread (--trace shows what its statements did).';
  const threads = [...new Set(timeline.map(({ thread }) => thread))].sort((left, right) => left - right);
  const numbers = String(timeline.length).length;
  const columns = threads.length + 1;
  const width = Math.max(LEAST_COLUMN, Math.floor((style.width - 2 - numbers - GAP * columns) / columns));
  const row = (number: string, cells: readonly (readonly string[])[]): readonly string[] => {
    const height = Math.max(1, ...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => {
      const texts = cells.map((cell) => (cell[line] ?? '').padEnd(width));
      return `  ${style.quiet((line === 0 ? number : '').padStart(numbers))}${' '.repeat(GAP)}${texts.join(' '.repeat(GAP))}`.trimEnd();
    });
  };
  const fit = (text: string): readonly string[] => wrapped(printable(text), width);
  const lines = row('', [...threads.map((thread) => [thread === 0 ? 'main' : `thread ${thread}`]), ['state']]);
  const last = new Map<number, string>();
  const body = timeline.flatMap(({ thread, line, statement, text, changes }, index) => {
    const key = `${line} ${statement}`;
    const isNew = last.get(thread) !== key;
    last.set(thread, key);
    const isBegin = isNew && text === 'begins';
    const own = [...(isNew ? fit(`${line}: ${statement}`) : []), ...(isBegin ? [] : fit(`  ${shortened(text)}`))];
    const cells = threads.map((each) => (each === thread ? own : []));
    return row(String(index + 1), [...cells, changes.flatMap(fit)]);
  });
  return [...lines.map((each) => style.strong(each)), ...body].join('\n');
}

/** A step without the folder of its file, which every step of a case shares. */
function shortened(text: string): string {
  return text.replace(/ at \S*\/([^/\s]+)/, ' at $1');
}
