import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { printable } from '../../report/printable.ts';
import { writeAtomically } from '../atomic-file.ts';
import { shownPath } from '../case-files.ts';
import type { Run } from '../command.ts';
import { starterProject } from '../starter-project.ts';

/** Writes a starter project. Nothing is written when one of its files is there already. */
export const run: Run = async (operands, _options, { terminal: { style } }) => {
  const folder = operands[0] ?? '.';
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new InputError('file', 'expected a directory, found a file', { file: shownPath(folder) });
  const texts = starterProject();
  const taken = [...texts.keys()].filter((path) => existsSync(join(folder, path)));
  const inFolder = folder === '.' ? '' : ` in ${shownPath(folder)}`;
  if (taken.length > 0)
    throw new InputError(
      'exists',
      `init overwrites nothing: found ${taken.join(', ')}${inFolder}`,
      {},
      'an empty folder',
    );
  for (const [path, text] of texts) writeAtomically(join(folder, path), text);
  const others = readdirSync(folder).some((name) => !texts.has(name) && !['.github', 'corpus', 'test'].includes(name));
  const steps = [
    ...(folder === '.' ? [] : [`cd ${shownPath(folder)}`]),
    'npm install',
    'npm test',
    'npx provsim fuzz my-table',
  ];
  return {
    ok: true,
    report: { folder: shownPath(folder), files: [...texts.keys()] },
    text: [
      ...[...texts.keys()].map((path) => `${style.good('written')}  ${printable(path)}`),
      ...(others ? [style.quiet('What else is in the folder stayed as it was.')] : []),
      '',
      'Next:',
      ...steps.map((step) => `  ${printable(step)}`),
    ].join('\n'),
  };
};
