import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseLitmus } from '../../model/litmus/parser.ts';
import { runLitmus, type LitmusResult } from '../../model/litmus/runner.ts';
import { litmusChecks } from '../../report/ci/check.ts';
import { renderLitmus } from '../../report/litmus-text.ts';
import { caseFiles, readText } from '../case-files.ts';
import type { Run } from '../command.ts';

/** Runs litmus programs: all of them are read before the first one runs. */
export const run: Run = async (operands, options, { terminal, signal }) => {
  const seed = options.seed as number;
  const programs = caseFiles(operands, ['.litmus']).map((file) => parseLitmus(readText(file), file));
  const files: LitmusResult[] = [];
  for (const program of programs) {
    await nextTurn();
    if (signal.aborted) break;
    terminal.progress(`${files.length + 1}/${programs.length} ${program.file}`);
    files.push(runLitmus(program, { seed }));
  }
  const ok = files.every((file) => file.ok);
  return {
    ok,
    interrupted: signal.aborted,
    report: { seed, files },
    text: renderLitmus(files, terminal),
    checks: litmusChecks(files),
  };
};
