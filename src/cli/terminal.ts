import { supportsColor } from 'chalk';
import { styleOf, type Style } from '../report/style.ts';

/** How a run talks to whoever started it. */
export interface Terminal {
  /** One JSON object on stdout instead of text. */
  readonly json: boolean;
  /** Annotations for GitHub after the text. */
  readonly github: boolean;
  /** Only what went wrong is told. */
  readonly quiet: boolean;
  readonly style: Style;
  /** A line that is overwritten by the next one; shown on a terminal only. Without a text the line is cleared. */
  progress(text?: string): void;
}

const DEFAULT_WIDTH = 100;
const SMALLEST_WIDTH = 40;
const LARGEST_WIDTH = 160;

/** @param argv the words of the command line; what decides about output counts even when the rest of them is wrong. */
export function terminalOf(argv: readonly string[], stdout = process.stdout, stderr = process.stderr): Terminal {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const asks = (format: string): boolean =>
    words.some((word, at) => word === `--format=${format}` || (word === '--format' && words[at + 1] === format));
  const json = words.includes('--json') || asks('json');
  const quiet = words.includes('--quiet') || words.includes('-q');
  const colours = colourLevel(words, process.env, stdout.isTTY);
  const width = Math.min(Math.max(stdout.isTTY ? stdout.columns : DEFAULT_WIDTH, SMALLEST_WIDTH), LARGEST_WIDTH);
  const shows = stderr.isTTY && !quiet;
  let shown = false;
  return {
    json,
    github: !json && asks('github'),
    quiet,
    style: styleOf(colours, width),
    progress(text) {
      if (!shows || (text === undefined && !shown)) return;
      const line = text === undefined ? '' : text.slice(0, (stderr.columns || DEFAULT_WIDTH) - 1);
      stderr.write(`\r\u001b[2K${line}`);
      shown = text !== undefined;
    },
  };
}

/**
 * The colours of stdout. The first of these that is there decides: `--no-color`, a `NO_COLOR` that is not empty, `FORCE_COLOR`
 * (0 to 3, true, false), whether stdout is a terminal.
 */
export function colourLevel(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): 0 | 1 | 2 | 3 {
  if (words.includes('--no-color')) return 0;
  const { NO_COLOR: none, FORCE_COLOR: force } = environment;
  if (none !== undefined && none !== '') return 0;
  if (force !== undefined) {
    if (force === 'false') return 0;
    return force === '0' || force === '2' || force === '3' ? (Number(force) as 0 | 2 | 3) : 1;
  }
  if (!isTerminal) return 0;
  // What chalk knows of the terminal (TERM, COLORTERM); it also reads `--no-color`, which has been asked before.
  return supportsColor === false ? 0 : supportsColor.level;
}
