import type { Builder } from '../../src/model/ir/builder.ts';
import { pointer, word } from '../../src/model/ir/kind.ts';
import type { Pointer } from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';
import type { RandomValues } from './random-values.ts';

/** Some statements on simulated memory, most of which are no fault. */
export function emitMemory(choices: Choices, values: RandomValues, $: Builder): void {
  if (choices.once(3)) return emitWild(choices, values, $);
  const allocated = $.allocate(choices.pick([16, 8, 24]), choices.pick([8, 16]));
  values.keep(allocated);
  if (choices.once(3)) {
    $.write(allocated, choices.once(2) ? allocated : values.pointer());
    const read = $.read(pointer(), allocated);
    values.keep(read);
    if (choices.once(2)) values.keep($.offset(read, 1));
  } else $.write(allocated, values.word(choices.pick([64, 8, 16, 32])));
  const bytes = choices.pick([8, 4, 2, 1]);
  if (choices.once(3)) values.keep($.read(word(bytes * 8), allocated));
  if (choices.once(3)) values.keep($.offset($.offset(allocated, choices.below(10)), 2n ** 64n - 1n));
  if (choices.once(3)) values.keep($.offset(allocated, choices.below(10)));
  if (choices.once(3)) values.keep($.expose(allocated));
  if (choices.once(4)) $.deallocate(allocated, choices.pick([16, 8, 24]), choices.pick([8, 16]));
}

/** An access that is often a fault. */
function emitWild(choices: Choices, values: RandomValues, $: Builder): void {
  const target = (): Pointer => values.pointer();
  switch (choices.below(7)) {
    case 0:
      return values.keep($.read(pointer(), target()));
    case 1:
      return $.write(target(), values.pointer());
    case 2:
      return $.deallocate(target(), 16, 8);
    case 3:
      return values.keep($.fromExposed(values.word(64)));
    case 4:
      return values.keep($.offset(target(), values.word(64, 1)));
    case 5:
      return $.reclaim(target());
    default:
      return values.keep($.expose(target()));
  }
}
