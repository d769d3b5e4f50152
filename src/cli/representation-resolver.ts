import { fileURLToPath } from 'node:url';
import type { Resolve } from '../fuzz/target.ts';
import { loadConfig } from './config.ts';
import { Representations } from './representations.ts';

/** Finds a representation on a search thread, as the command found it: in the catalogue, or in the user's configuration. */
export const resolveRepresentation: Resolve = async ({ id, module }) => {
  const config =
    module === undefined ? { representations: [], file: undefined } : await loadConfig(fileURLToPath(module));
  return new Representations(config).get(id);
};
