import type { Representation } from '../model/machine/definition.ts';
import { CATALOGUE } from '../model/representations/catalogue.ts';
import { quoted } from '../model/text/source.ts';
import { nearest } from '../model/text/nearest.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { Config } from './config.ts';

/** The catalogue and the configured representations, by id, in this order. */
export class Representations {
  readonly all: readonly Representation[];
  readonly ids: readonly string[];
  readonly #byId: ReadonlyMap<string, Representation>;

  /** @throws InputError when a configured id exists already. */
  constructor({ representations, file }: Pick<Config, 'representations' | 'file'>) {
    const byId = new Map(CATALOGUE);
    for (const [index, each] of representations.entries()) {
      if (byId.has(each.id))
        throw new InputError(
          'config',
          `representations[${index}]: the id "${each.id}" is taken`,
          file === undefined ? {} : { file },
          'an id of its own',
        );
      byId.set(each.id, each);
    }
    this.#byId = byId;
    this.all = [...byId.values()];
    this.ids = [...byId.keys()];
  }

  readonly find = (id: string): Representation | undefined => this.#byId.get(id);

  isConfigured(id: string): boolean {
    return this.#byId.has(id) && !CATALOGUE.has(id);
  }

  /** @throws InputError when there is no such representation. */
  get(id: string): Representation {
    const found = this.find(id);
    if (found !== undefined) return found;
    const meant = nearest(id, this.ids);
    const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
    throw new InputError(
      'unknown-representation',
      `expected a representation (${this.ids.join(', ')}), found ${quoted(id)}${hint}`,
      {},
      'the id of a representation',
    );
  }
}
