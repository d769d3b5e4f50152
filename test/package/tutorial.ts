import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Answer, Project } from './installed-project.ts';

/** One fenced block of the page: its language, what stands behind it on the fence, and its text. */
interface Block {
  readonly language: string;
  readonly argument: string;
  readonly text: string;
}

const PAGE = readFileSync('docs/own-representations.md', 'utf8');
const BLOCKS: readonly Block[] = [...PAGE.matchAll(/^```(\w+)(?: (.+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, argument = '', text]) => ({ language, argument, text }),
);
const INSTALLATION = 'npm install --save-dev provsim vitest';

/**
 * Runs every block of the tutorial in order: files are written, differences applied, commands run, and each line of an output looked
 * for in what the last command printed.
 */
export function followTutorial(project: Project): { files: number; commands: number; lines: number } {
  let last: Answer = { exitCode: 0, stdout: '', stderr: '' };
  const seen = { files: 0, commands: 0, lines: 0 };
  for (const block of BLOCKS) {
    const { language, argument, text } = block;
    const lines = text.trim().split('\n');
    if (language === 'ts') {
      project.write(fileOf(block), text);
      seen.files++;
    } else if (language === 'diff') project.write(argument, changed(project.read(argument), text));
    else if (language === 'sh') {
      for (const line of lines.filter((each) => each !== INSTALLATION)) {
        last = project.run(line);
        const expected = argument === 'exits 1' ? 1 : 0;
        expect(last.exitCode, `${line}\n${last.stdout}\n${last.stderr}`).toBe(expected);
        seen.commands++;
      }
    } else if (language === 'text') {
      const shown = joinedLines(last.stdout);
      for (const line of lines) expect(shown).toContain(joinedLines(line));
      seen.lines += lines.length;
    } else throw new Error(`no such block: ${language}`);
  }
  return seen;
}

function fileOf({ text }: Block): string {
  const path = /^\/\/ (\S+)\n/.exec(text)?.[1];
  if (path === undefined) throw new Error(`a block without its file's name:\n${text}`);
  return path;
}

/** A text with every line that the difference takes away replaced by the one that it adds after it. */
function changed(text: string, difference: string): string {
  let result = text;
  for (const [, taken, added] of difference.matchAll(/^-(.*)\n\+(.*)\n/gm)) {
    expect(result.split(taken)).toHaveLength(2);
    result = result.replace(taken, added);
  }
  return result;
}

/** Lines are wrapped to the width of a terminal; words are what is compared. */
function joinedLines(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
