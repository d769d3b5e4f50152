import type { Diagnostic } from '../../src/model/vocabulary/diagnostic.ts';

/** All that a diagnostic says, a line each, without the layout of the terminal. */
export function renderLines({ code, title, place, events, facts, help, replay }: Diagnostic): readonly string[] {
  const inside = place.inside === '' ? '' : ` (${place.inside})`;
  return [
    `${code}: ${title}`,
    `at ${place.file}:${place.line}:${place.column} ${place.thread}${inside}: ${place.statement}`,
    ...events.map(({ kind, line, statement, text }) => `${line} ${kind}: ${statement} | ${text}`),
    ...facts.map(({ label, text }) => `${label}: ${text}`),
    ...(help === undefined ? [] : [`help: ${help}`]),
    `replay: ${replay}`,
  ];
}
