import type { Alternative } from '../compare/comparison.ts';
import { instantiate } from '../model/machine/instance.ts';
import { quoted } from '../model/text/source.ts';
import { InputError } from '../model/vocabulary/input-error.ts';
import type { Assignment } from './option-values.ts';
import { parametersFor } from './parameter-options.ts';
import type { Representations } from './representations.ts';

/**
 * What `compare` compares: operands `ID` and `ID:name=value,name=value`, all representations without operands. `--set` holds for
 * every alternative that has the parameter; what an operand says itself goes first. The same alternative twice is one.
 * @throws InputError for an unknown representation or parameter, and for a value that is not accepted
 */
export function alternativesOf(
  operands: readonly string[],
  set: readonly Assignment[],
  representations: Representations,
): readonly Alternative[] {
  const words = operands.length === 0 ? representations.ids : operands;
  const parsed = words.map((word) => {
    const colon = word.indexOf(':');
    const id = colon < 0 ? word : word.slice(0, colon);
    const own = colon < 0 ? [] : ownAssignments(word, id, word.slice(colon + 1));
    return { representation: representations.get(id), own };
  });
  const all = [...new Set(parsed.map(({ representation }) => representation))];
  const distinct = new Map<string, Alternative>();
  for (const { representation, own } of parsed) {
    const parameters = {
      ...parametersFor(representation, set, all),
      ...parametersFor(representation, own, [representation]),
    };
    // Built here to be refused here, before anything runs.
    const key = `${representation.id} ${JSON.stringify(instantiate(representation, parameters).parameters)}`;
    if (!distinct.has(key)) distinct.set(key, { representation, parameters });
  }
  return [...distinct.values()];
}

function ownAssignments(word: string, id: string, text: string): readonly Assignment[] {
  return text.split(',').map((part) => {
    const match = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/.exec(part);
    if (match === null)
      throw new InputError(
        'usage',
        `${quoted(word)}: expected ID:name=value,name=value, found ${quoted(part)}`,
        {},
        'ID:name=value,name=value',
      );
    return { id, name: match[1], value: match[2] };
  });
}
