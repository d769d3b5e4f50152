import { formOf, OPERATION_NAMES } from './forms.ts';
import type { Part } from './forms.ts';

/** The table of statements of `docs/formats.md`, in Markdown: how each is written, the client contract it needs, what it does. */
export function scenarioSchemaDoc(): string {
  const rows = OPERATION_NAMES.map((op) => {
    const { parts, contract, onlyDuring, says } = formOf(op);
    const needs = onlyDuring === true ? 'inside `during`' : contract === undefined ? '' : `\`client ${contract}\``;
    return [`\`${parts.map(shownPart).join(' ')}\``, needs, says];
  });
  const lines = [['statement', 'needs', 'does'], ['---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function shownPart(part: Part): string {
  if (part.kind === 'word') return part.text;
  return part.kind === 'number' && part.default !== undefined ? `[${part.shows}]` : part.shows;
}
