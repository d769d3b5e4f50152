import { word as wordKind, type ScalarKind } from '../../src/model/ir/kind.ts';
import type { Builder, Variable } from '../../src/model/ir/builder.ts';
import { sameType, type ScalarType } from '../../src/model/ir/type.ts';
import {
  Bool,
  Counter,
  NULL,
  Option,
  Pointer,
  THREAD,
  valueOf,
  Word,
  type Operand,
  type Value,
} from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';

/** The values that an operation may use at some place, and random expressions over them. */
export class RandomValues {
  readonly #choices: Choices;
  readonly #$: Builder;
  readonly #values: Value[] = [];
  readonly #variables: { readonly type: ScalarType; readonly variable: Variable<Value> }[] = [];

  constructor(choices: Choices, $: Builder) {
    this.#choices = choices;
    this.#$ = $;
  }

  /** Makes a value available until the block ends. */
  keep(value: Value): void {
    this.#values.push(value);
  }

  keepVariable(type: ScalarType, variable: Variable<Value>): void {
    this.#variables.push({ type, variable });
  }

  variable(): { readonly type: ScalarType; readonly variable: Variable<Value> } | undefined {
    return this.#variables.length === 0 ? undefined : this.#choices.pick(this.#variables);
  }

  /** Runs the body of a block: what it makes available goes when it ends. */
  inBlock(body: () => void): void {
    const [values, variables] = [this.#values.length, this.#variables.length];
    body();
    this.#values.length = values;
    this.#variables.length = variables;
  }

  /** A value of a kind. */
  of(kind: ScalarKind, depth = 3): Value {
    const { type } = kind;
    switch (type.kind) {
      case 'word':
        return type.layout === undefined ? this.word(type.width, depth) : this.#laidOut(kind, depth);
      case 'boolean':
        return this.bool(depth);
      case 'pointer':
        return this.pointer(depth);
      case 'cyclic':
        return this.counter(type.width, depth);
    }
  }

  word(width: number, depth = 3): Word {
    const choices = this.#choices;
    if (depth === 0 || choices.exhausted) return this.#leaf(width);
    const below = depth - 1;
    const sub = (at = width): Word => this.word(at, below);
    switch (choices.below(16)) {
      case 0:
      case 1:
        return this.#leaf(width);
      case 2:
        return sub().not();
      case 3:
        return sub(choices.width()).resize(width);
      case 4: {
        const wide = width + choices.below(65 - width);
        return sub(wide).bits(choices.below(wide - width + 1), width);
      }
      case 5:
        return this.#$.select(this.bool(below), sub(), sub());
      case 6:
        return this.pointer(below).address().resize(width);
      case 7:
        return this.counter(width, below).distance(this.counter(width, below));
      case 8: {
        const value = this.#option(width).value() as Word;
        return value.resize(width);
      }
      case 9: {
        const shared = sub();
        return shared.mul(shared).xor(shared);
      }
      case 10:
        return choices.once(2) ? sub().shl(this.#amount(width)) : sub().shr(this.#amount(width));
      case 11:
        return choices.once(2) ? sub().signed.shr(this.#amount(width)) : sub().signed.mul(sub());
      case 12:
        return THREAD.resize(width).xor(sub());
      default:
        return this.#arithmetic(sub(), sub());
    }
  }

  bool(depth = 3): Bool {
    const choices = this.#choices;
    if (depth === 0 || choices.exhausted) return this.#leafBool();
    const below = depth - 1;
    switch (choices.below(12)) {
      case 0:
        return this.#leafBool();
      case 1:
        return this.bool(below).not();
      case 2:
        return this.bool(below).and(this.bool(below), this.bool(below));
      case 3:
        return this.bool(below).or(this.bool(below));
      case 4:
        return choices.once(2) ? this.pointer(below).isNull() : this.pointer(below).eq(this.pointer(below));
      case 5: {
        const width = choices.width();
        const [left, right] = [this.counter(width, below), this.counter(width, below)];
        return choices.once(2) ? left.eq(right) : left.ne(right);
      }
      case 6: {
        const found = this.#option(choices.width());
        return choices.once(2) ? found.isSome() : found.isNone();
      }
      default: {
        const width = choices.width();
        const [left, right] = [this.word(width, below), this.word(width, below)];
        const name = choices.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'signed'] as const);
        return name === 'signed' ? left.signed.lt(right) : left[name](right);
      }
    }
  }

  /** An index that is nearly always inside an array. */
  index(count: number): Operand {
    switch (this.#choices.below(10)) {
      case 8:
        return this.#choices.once(8) ? this.word(this.#choices.pick([3, 64, 33, 32]), 1) : 0;
      case 6:
      case 7:
        return this.word(this.#choices.pick([8, 32, 16]), 2).rem(count);
      case 9:
        return this.word(64, 1).min(count - 1);
      default:
        return this.#choices.below(count);
    }
  }

  /** A condition that nearly always holds. */
  likely(): Bool {
    if (this.#choices.exhausted) return Bool.of(true);
    const width = this.#choices.pick([16, 31, 32, 33, 64]);
    const known = valueOf({ op: 'constant', type: { kind: 'word', width }, value: this.#choices.word(width) }) as Word;
    return this.word(width, 2).xor(this.word(width, 1)).ne(known).or(this.bool(2));
  }

  pointer(depth = 3): Pointer {
    const choices = this.#choices;
    const leaf = (): Pointer => this.#kept<Pointer>((value) => value instanceof Pointer) ?? NULL;
    if (depth === 0 || choices.exhausted) return leaf();
    switch (choices.below(8)) {
      case 1:
        return this.pointer(depth - 1).withAddress(this.word(64, depth - 1));
      case 2:
        return this.pointer(depth - 1).wrappingOffset(this.word(64, depth - 1));
      case 3:
        return this.#$.withoutProvenance(this.word(64, depth - 1));
      case 4:
        return this.#$.select(this.bool(depth - 1), this.pointer(depth - 1), this.pointer(depth - 1));
      case 5: {
        const found = this.#kept<Option>((value) => value instanceof Option && value.type.of.kind === 'pointer');
        return (found?.value() as Pointer | undefined) ?? leaf();
      }
      default:
        return leaf();
    }
  }

  counter(width: number, depth = 3): Counter {
    const type = { kind: 'cyclic', width } as const;
    const leaf = (): Counter =>
      this.#kept<Counter>((value) => sameType(value.type, type)) ??
      (valueOf({ op: 'constant', type, value: this.#choices.word(width) }) as Counter);
    if (depth === 0 || this.#choices.exhausted || this.#choices.once(2)) return leaf();
    return this.counter(width, depth - 1).next(this.#choices.below(5) - 1);
  }

  /** An option that was read, or NONE or some word. */
  #option(width: number): Option {
    const kept = this.#kept((value) => value instanceof Option && value.type.of.kind === 'word');
    if (kept instanceof Option) return kept;
    const type = { kind: 'option', of: wordKind(width).type } as const;
    if (this.#choices.once(2)) return new Option({ op: 'none', type });
    return new Option({ op: 'some', type, operand: this.#leaf(width).expression });
  }

  #laidOut(kind: ScalarKind, depth: number): Word {
    const kept = this.#kept((value) => sameType(value.type, kind.type)) as Word | undefined;
    const { layout } = kind.type as { readonly layout: { readonly fields: readonly { readonly name: string }[] } };
    const base =
      kept?.type.layout === layout ? kept : (valueOf({ op: 'constant', type: kind.type, value: 0n }) as Word);
    const fields = Object.fromEntries(
      base.type.layout?.fields.map((field) => [field.name, this.word(field.width, depth - 1)]) ?? [],
    );
    return base.with(fields);
  }

  #arithmetic(left: Word, right: Word): Word {
    const { width } = left.type;
    const names = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'min', 'max', 'div', 'rem'] as const;
    const name = this.#choices.pick(names);
    return (name === 'div' || name === 'rem') && width > 32 ? left.sub(right) : left[name](right);
  }

  /** Amounts of shifts around 0, 32 and the width, and any others. */
  #amount(width: number): Word | bigint {
    const all = (1n << BigInt(width)) - 1n;
    const known = [0, 1, width - 1, width, 31, 32, 33, width + 1].map(BigInt).filter((amount) => amount <= all);
    return this.#choices.once(2) ? this.word(width, 1) : this.#choices.pick(known);
  }

  #leaf(width: number): Word {
    const kept = this.#choices.once(8) ? undefined : this.#kept((value) => value instanceof Word);
    if (kept instanceof Word) {
      const field = kept.type.layout?.fields[0];
      const word = field === undefined ? kept : (kept as unknown as Record<string, Word>)[field.name];
      return word.resize(width);
    }
    return valueOf({ op: 'constant', type: { kind: 'word', width }, value: this.#choices.word(width) }) as Word;
  }

  #leafBool(): Bool {
    return (this.#kept((value) => value instanceof Bool) as Bool | undefined) ?? Bool.of(this.#choices.once(2));
  }

  #kept<V extends Value = Value>(matches: (value: Value) => boolean): V | undefined {
    const matching = this.#values.filter(matches);
    if (matching.length === 0) return undefined;
    // The newest first, so that a shrunk program uses what it has just read.
    return matching[matching.length - 1 - this.#choices.below(matching.length)] as V;
  }
}
