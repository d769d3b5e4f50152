import type { Diagnostic } from '../model/vocabulary/diagnostic.ts';
import { renderDiagnostic as render, type Severity } from '../report/diagnostic.ts';
import { styleOf } from '../report/style.ts';

export interface RenderOptions {
  /** Columns of a line, from 40; 100 unless given. The replay command is never cut. */
  readonly width?: number;
  /** 0 for no colours (the default), 1 for 16, 2 for 256, 3 for all. */
  readonly colours?: 0 | 1 | 2 | 3;
  /** The colour of the title: `bad` unless given. */
  readonly severity?: Severity;
}

const DEFAULT_WIDTH = 100;
const SMALLEST_WIDTH = 40;

/** A diagnostic as the command prints it, several lines without a line feed at the end. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { width = DEFAULT_WIDTH, colours = 0, severity = 'bad' } = options;
  return render(diagnostic, styleOf(colours, Math.max(width, SMALLEST_WIDTH)), severity);
}
