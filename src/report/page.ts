import { printable, wrapped } from './printable.ts';
import type { Style } from './style.ts';

/** A page of Markdown for a terminal: headings strong, code indented, paragraphs and lists wrapped. It knows what our pages use. */
export function renderPage(markdown: string, style: Style): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let isCode = false;
  const flush = (): void => {
    if (paragraph.length > 0) out.push(...block(paragraph.join(' '), style));
    paragraph = [];
  };
  for (const line of markdown.trimEnd().split('\n').map(printable)) {
    if (line.startsWith('```')) {
      flush();
      isCode = !isCode;
    } else if (isCode) out.push(`    ${line}`.trimEnd());
    else if (line.startsWith('#')) {
      flush();
      out.push(style.strong(line.replace(/^#+ /, '')));
    } else if (line === '') {
      flush();
      out.push('');
    } else if (line.startsWith('- ')) {
      flush();
      paragraph = [line];
    } else paragraph.push(line.trim());
  }
  flush();
  return out.join('\n');
}

function block(text: string, style: Style): readonly string[] {
  const isItem = text.startsWith('- ');
  const shown = text.replace(/`([^`]+)`/g, '$1').replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
  const [first, ...rest] = wrapped(shown, style.width - (isItem ? 2 : 0));
  return [first, ...rest.map((line) => (isItem ? `  ${line}` : line))];
}
