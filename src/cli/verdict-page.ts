import { readFileSync } from 'node:fs';

/** The page of a verdict code in Markdown: what `provsim explain CODE` shows, and what reports give as help. */
export function verdictPage(code: string): string {
  return readFileSync(new URL(`../../docs/verdicts/${code}.md`, import.meta.url), 'utf8');
}
