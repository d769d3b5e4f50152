import { extname } from 'node:path';
import { parseLitmus } from '../../model/litmus/parser.ts';
import { printLitmus } from '../../model/litmus/printer.ts';
import { parseScenario } from '../../model/scenario/parser.ts';
import { printScenario } from '../../model/scenario/printer.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { writeAtomically } from '../atomic-file.ts';
import { caseFiles, readText } from '../case-files.ts';
import type { Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import { Representations } from '../representations.ts';

const ENDINGS = ['.scenario', '.litmus'];

/** Brings scenarios and litmus programs into their canonical form. Nothing is written unless every file can be read. */
export const run: Run = async (operands, options, { terminal }) => {
  const checks = options.check === true;
  const representations = new Representations(await loadConfig(options.config as string | undefined));
  const formatted = caseFiles(operands, ENDINGS).map((file) => {
    const text = readText(file);
    const canonical = canonicalText(text, file, representations);
    return { file, canonical, changed: text !== canonical };
  });
  const changed = formatted.filter((each) => each.changed);
  if (!checks) for (const { file, canonical } of changed) writeAtomically(file, canonical);
  const { style } = terminal;
  const lines = changed.map(({ file }) => `${checks ? style.bad('not canonical') : style.good('formatted')}  ${file}`);
  const count = `${formatted.length} file${formatted.length === 1 ? '' : 's'}`;
  const sum =
    changed.length === 0
      ? `${count}, all canonical`
      : `${count}, ${changed.length} ${checks ? 'not canonical' : 'changed'}`;
  return {
    ok: !checks || changed.length === 0,
    report: { files: formatted.map(({ file, changed: isChanged }) => ({ file, changed: isChanged })) },
    text: [...lines, sum].join('\n'),
  };
};

function canonicalText(text: string, file: string, { find, ids }: Representations): string {
  switch (extname(file)) {
    case '.scenario':
      return printScenario(parseScenario(text, file, find, ids));
    case '.litmus':
      return printLitmus(parseLitmus(text, file));
    default:
      throw new InputError('file', 'expected a file that ends in .scenario or .litmus', { file });
  }
}
