import type { Representation } from '../../../src/model/machine/definition.ts';
import { CATALOGUE } from '../../../src/model/representations/catalogue.ts';
import { generationalArena } from './generational-arena.ts';

/** The models of real systems that the catalogue does not have. */
const MODELS: readonly Representation[] = [generationalArena];

/** The representations that the scenarios of real bugs may name. */
export const REAL_SYSTEMS: ReadonlyMap<string, Representation> = new Map([
  ...CATALOGUE,
  ...MODELS.map((model) => [model.id, model] as const),
]);
