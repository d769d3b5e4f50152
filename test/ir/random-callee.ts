import type { Builder } from '../../src/model/ir/builder.ts';
import { option, type Kind, type ScalarKind } from '../../src/model/ir/kind.ts';
import { operation, type Operation } from '../../src/model/ir/operation.ts';
import type { Value } from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';
import { randomKind } from './random-state.ts';

/** What an operation answers. */
export type Answers = 'nothing' | { readonly kind: ScalarKind; readonly optional: boolean };

/** An operation with random parameters and answer; its body is written wherever it is recorded. */
export function randomCallee(
  choices: Choices,
  body: (answers: Answers, $: Builder, parameters: readonly Value[]) => void,
): Operation {
  const parameters: Record<string, Kind> = {};
  for (let count = choices.pick([2, 1, 3, 0, 4]); count > 0; count--) {
    const kind = randomKind(choices);
    parameters[`given${count}`] = choices.once(6) ? option(kind) : kind;
  }
  const build = (answers: Answers) => ($: Builder, given: Readonly<Record<string, Value>>) =>
    body(answers, $, Object.values(given));
  if (choices.once(5)) return operation(parameters, build('nothing'));
  const kind = randomKind(choices);
  const optional = choices.once(5);
  const answer = optional ? (option(kind) as Kind) : kind;
  return operation(parameters, answer, build({ kind, optional }));
}
