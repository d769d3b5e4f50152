import type { Builder } from '../../src/model/ir/builder.ts';
import { word as wordKind, type ScalarKind } from '../../src/model/ir/kind.ts';
import type { Operation } from '../../src/model/ir/operation.ts';
import type { LockReference, PlaceReference } from '../../src/model/ir/state-builder.ts';
import type { Ordering } from '../../src/model/ir/statement.ts';
import { NONE, type Value, type Word } from '../../src/model/ir/value.ts';
import type { Choices } from './choices.ts';
import {
  randomKind,
  type ContainerMember,
  type GrowingMember,
  type LockMember,
  type Member,
  type RandomState,
} from './random-state.ts';
import { randomCallee, type Answers } from './random-callee.ts';
import { emitMemory } from './random-memory.ts';
import { RandomValues } from './random-values.ts';

/** How deep blocks nest, and how many statements one operation may have, inlined ones included. */
const DEPTH = 3;
const STATEMENTS = 60;

const ORDERS: readonly Ordering[] = ['seqcst', 'relaxed', 'acquire', 'release', 'acqrel', 'plain'];

/** What the parts of one recording share, inlined operations included. */
interface Recording {
  readonly choices: Choices;
  readonly state: RandomState;
  readonly $: Builder;
  /** Names of the members whose locks are held where the next statement stands. */
  readonly held: string[];
  /** Growing containers to which something was pushed before, on some path. */
  readonly pushed: Set<GrowingMember>;
  statements: number;
  calls: number;
}

/** An operation with random parameters, answer and body. Callbacks are named `callback 0` to `callback 9`. */
export function randomOperation(choices: Choices, state: RandomState): Operation {
  return randomCallee(choices, (answers, $, parameters) => {
    const recording: Recording = { choices, state, $, held: [], pushed: new Set(), statements: 0, calls: 0 };
    new OperationWriter(recording, answers).write(parameters);
  });
}

class OperationWriter {
  readonly #recording: Recording;
  readonly #choices: Choices;
  readonly #state: RandomState;
  readonly #$: Builder;
  readonly #answers: Answers;
  readonly #values: RandomValues;
  #loops = 0;
  /** Whether control must reach the end of the block: inside a cleanup. */
  #fallsThrough = false;

  constructor(recording: Recording, answers: Answers) {
    this.#recording = recording;
    this.#choices = recording.choices;
    this.#state = recording.state;
    this.#$ = recording.$;
    this.#answers = answers;
    this.#values = new RandomValues(recording.choices, recording.$);
  }

  write(parameters: readonly Value[]): void {
    for (const parameter of parameters) this.#values.keep(parameter);
    this.#statements(2 + this.#choices.below(8), DEPTH);
    if (this.#answers !== 'nothing') this.#$.return(this.#answer());
  }

  #statements(count: number, depth: number): void {
    for (let index = 0; index < count && this.#recording.statements < STATEMENTS; index++) {
      this.#recording.statements += 1;
      this.#statement(depth);
    }
  }

  #block(depth: number): () => void {
    return () => this.#values.inBlock(() => this.#statements(1 + this.#choices.below(3), depth - 1));
  }

  #statement(depth: number): void {
    const choices = this.#choices;
    const simple = [
      () => this.#load(),
      () => this.#store(),
      () => this.#load(),
      () => this.#readModifyWrite(),
      () => this.#variable(),
      () => this.#growing(),
      () => this.#list(),
      () => this.#map(),
      () => this.#container(),
      () => this.#memory(),
      () => this.#rare(),
      () => this.#guard(),
    ];
    const nested = [
      () => this.#lock(depth),
      () => this.#lock(depth),
      () => this.#$.if(this.#values.bool(), this.#block(depth), choices.once(2) ? this.#block(depth) : () => {}),
      () => this.#$.if(this.#values.bool(), this.#block(depth), this.#block(depth)),
      () => this.#loop(depth),
      () => this.#retry(depth),
      () => this.#call(),
      () => this.#await(),
      () => this.#unwinding(depth),
      () => this.#exit(depth),
    ];
    choices.pick(depth > 0 ? [...simple, ...nested] : simple)();
  }

  // State

  #load(): void {
    const place = this.#place();
    if (place !== undefined) this.#values.keep(this.#$.load(place.place, this.#order()));
  }

  #store(): void {
    const place = this.#place();
    if (place !== undefined) this.#$.store(place.place, this.#values.of(place.kind), this.#order());
  }

  #readModifyWrite(): void {
    const target = this.#place();
    if (target === undefined) return;
    const { place, kind } = target;
    const choices = this.#choices;
    switch (choices.below(3)) {
      case 0:
        this.#values.keep(this.#$.exchange(place, this.#values.of(kind), this.#order()));
        return;
      case 1: {
        const current = choices.once(2) ? this.#$.load(place) : this.#values.of(kind);
        const weak = choices.once(3);
        const desired = this.#values.of(kind);
        const { success, observed } = this.#$.compareExchange(place, current, desired, this.#order(), { weak });
        this.#values.keep(success);
        this.#values.keep(observed);
        return;
      }
      default: {
        if (kind.type.kind !== 'word') return this.#values.keep(this.#$.load(place));
        const name = choices.pick(['add', 'sub', 'and', 'or', 'xor', 'min', 'max'] as const);
        const word = place as PlaceReference<Word>;
        this.#values.keep(this.#$.fetch(name, word, this.#values.word(kind.type.width), this.#order()));
      }
    }
  }

  /** A cell, or a field of a record of a growing container that is long enough when the choices say so. */
  #place(): { readonly place: PlaceReference; readonly kind: ScalarKind } | undefined {
    const choices = this.#choices;
    const { pushed } = this.#recording;
    if (this.#state.growings.length > 0 && choices.once(pushed.size > 0 ? 3 : 24)) {
      const member = choices.pick(pushed.size > 0 ? [...pushed] : this.#state.growings);
      const field = choices.pick(Object.keys(member.record));
      const index = choices.once(16) ? this.#values.word(3, 1) : 0;
      return { place: this.#at(member).at(index)[field], kind: member.record[field] };
    }
    const member = choices.pick(this.#state.cells);
    return { place: this.#at(member), kind: member.kind };
  }

  #growing(): void {
    if (this.#state.growings.length === 0) return this.#store();
    const member = this.#choices.pick(this.#state.growings);
    this.#underLock(member, () => {
      const container = this.#at(member);
      const fields = Object.entries(member.record).map(([name, kind]) => [name, this.#values.of(kind)]);
      const kept = container.push(this.#$, Object.fromEntries(fields) as never);
      this.#recording.pushed.add(member);
      this.#values.keep(kept);
    });
  }

  #list(): void {
    if (this.#state.lists.length === 0) return this.#store();
    const member = this.#choices.pick(this.#state.lists);
    this.#underLock(member, () => {
      const container = this.#at(member);
      if (this.#choices.once(3)) this.#values.keep(container.pop(this.#$));
      else container.push(this.#$, this.#values.of(member.element));
    });
  }

  #map(): void {
    if (this.#state.maps.length === 0) return this.#store();
    const member = this.#choices.pick(this.#state.maps);
    this.#underLock(member, () => {
      const container = this.#at(member);
      const key = this.#values.of(member.key, this.#choices.below(2));
      switch (this.#choices.below(4)) {
        case 0:
          this.#values.keep(container.get(this.#$, key));
          return;
        case 1:
          return container.delete(this.#$, key);
        default:
          return container.set(this.#$, key, this.#values.of(member.value));
      }
    });
  }

  /** The length of a container, or, now and then, nothing is left of it. */
  #container(): void {
    const { growings, lists, maps } = this.#state;
    const members = [...growings, ...lists, ...maps];
    if (members.length === 0) return this.#load();
    const member: ContainerMember<{ length($: Builder): Word; clear($: Builder): void }> = this.#choices.pick(members);
    this.#underLock(member, () => {
      if (this.#choices.once(8)) this.#at(member).clear(this.#$);
      else this.#values.keep(this.#at(member).length(this.#$));
    });
  }

  /** Runs it under some lock unless the member needs none, or one is held. */
  #underLock(member: { readonly needsLock: boolean }, body: () => void): void {
    if (!member.needsLock || this.#recording.held.length > 0) return body();
    this.#withLock(this.#state.locks[0], false, () => this.#values.inBlock(body));
  }

  #withLock(member: LockMember, shared: boolean, body: () => void): void {
    const { held } = this.#recording;
    const reference: LockReference = this.#at(member);
    const scope = (): void => {
      held.push(member.name);
      body();
      held.pop();
    };
    if (shared) this.#$.shared(reference, scope);
    else this.#$.lock(reference, scope);
  }

  #lock(depth: number): void {
    const { held } = this.#recording;
    const free = this.#state.locks.filter((member) => !held.includes(member.name));
    const again = free.length === 0 || this.#choices.once(16);
    if (again && held.length > 0 && !this.#choices.once(4)) return this.#load();
    const member = this.#choices.pick(again ? this.#state.locks : free);
    const block = this.#block(depth);
    this.#withLock(member, member.hasSharedMode && this.#choices.once(2), () => {
      block();
      if (this.#choices.once(4)) this.#mayPanic();
    });
  }

  #at<R>({ count, at }: Member<R>): R {
    return at(count === 0 ? 0 : this.#values.index(count));
  }

  #order(): Ordering {
    return this.#choices.pick(ORDERS);
  }

  // Control

  #variable(): void {
    const known = this.#values.variable();
    const choices = this.#choices;
    if (known === undefined || choices.once(3)) {
      const kind = randomKind(choices);
      const variable = this.#$.variable(kind, this.#values.of(kind, 2));
      this.#values.keepVariable(kind.type, variable);
      this.#values.keep(variable.get());
      return;
    }
    if (choices.once(2)) this.#values.keep(known.variable.get());
    else known.variable.set(this.#values.of({ kind: 'kind', type: known.type }));
  }

  #guard(): void {
    if (this.#fallsThrough) return this.#load();
    const holds = this.#choices.once(5) ? this.#values.bool() : this.#values.likely();
    if (this.#answers === 'nothing') this.#$.guard('some guard', holds);
    else this.#$.guard('some guard', holds, this.#answer());
  }

  #exit(depth: number): void {
    if (this.#fallsThrough) return this.#load();
    this.#$.if(this.#values.likely().not(), () => {
      this.#values.inBlock(() => this.#statements(this.#choices.below(2), depth - 1));
      if (this.#loops > 0 && this.#choices.once(2)) this.#$.leave();
      else if (this.#answers === 'nothing') this.#$.return();
      else this.#$.return(this.#answer());
    });
  }

  #loop(depth: number): void {
    const body = this.#block(depth);
    const pass = (index: Word): void =>
      this.#values.inBlock(() => {
        this.#values.keep(index);
        body();
      });
    this.#loops += 1;
    const choices = this.#choices;
    if (choices.once(2))
      this.#$.loop(this.#values.word(choices.width(), 2), pass, { atMost: choices.pick([2, 3, 1, 0]) });
    else this.#$.loop(choices.pick([2, 1, 3, 0]), pass);
    this.#loops -= 1;
  }

  /** Leaves after some passes, unless it is one of the few that depend on the state alone. */
  #retry(depth: number): void {
    const choices = this.#choices;
    const passes = this.#$.variable(wordKind(8), 0);
    const limit = choices.below(4);
    const mayLiveLock = choices.once(200);
    this.#loops += 1;
    this.#$.retry(() => {
      this.#block(depth)();
      const pass = passes.get();
      passes.set(pass.add(1));
      const leaves = mayLiveLock ? this.#values.bool() : this.#values.bool(2).or(pass.ge(limit));
      this.#$.if(leaves, () => this.#$.leave());
    });
    this.#loops -= 1;
  }

  #await(): void {
    this.#$.await(() => {
      const member = this.#choices.pick(this.#state.cells);
      const seen = this.#$.load(this.#at(member), 'acquire');
      let holds = this.#values.bool(2);
      this.#values.inBlock(() => {
        this.#values.keep(seen);
        holds = this.#choices.once(12) ? holds.or(this.#values.bool()) : this.#values.likely().or(holds, holds.not());
      });
      return holds;
    });
  }

  #unwinding(depth: number): void {
    const [body, cleanup] = [this.#block(depth), this.#block(depth)];
    const panicking = (): void => {
      body();
      if (this.#choices.once(2)) this.#mayPanic();
    };
    this.#$.onUnwind(panicking, () => {
      const [fallsThrough, loops] = [this.#fallsThrough, this.#loops];
      this.#fallsThrough = true;
      this.#loops = 0;
      cleanup();
      if (this.#choices.once(3)) this.#mayPanic();
      this.#fallsThrough = fallsThrough;
      this.#loops = loops;
    });
  }

  /** Inlines another random operation; it may hold locks, and what it sets is seen afterwards. */
  #call(): void {
    if (this.#recording.calls >= 3) return this.#load();
    this.#recording.calls += 1;
    const callee = randomCallee(this.#choices, (answers, _, parameters) =>
      new OperationWriter(this.#recording, answers).write(parameters),
    );
    const given = Object.entries(callee.parameters).map(([name, { type }]) => {
      if (type.kind !== 'option') return [name, this.#values.of({ kind: 'kind', type })];
      return [name, this.#choices.once(2) ? NONE : this.#values.of({ kind: 'kind', type: type.of })];
    });
    const answer = this.#$.call(callee, Object.fromEntries(given) as never);
    if (answer !== undefined) this.#values.keep(answer);
  }

  #answer(): Value | typeof NONE {
    if (this.#answers === 'nothing') throw new Error('this operation answers nothing');
    if (this.#answers.optional && this.#choices.once(3)) return NONE;
    return this.#values.of(this.#answers.kind);
  }

  // Memory and the driver

  #memory(): void {
    if (this.#choices.once(2)) emitMemory(this.#choices, this.#values, this.#$);
    else this.#store();
  }

  #mayPanic(): void {
    this.#$.mayPanic(`panic ${this.#choices.below(3)}`);
  }

  #rare(): void {
    const choices = this.#choices;
    switch (choices.below(5)) {
      case 0:
        return this.#$.fence(choices.pick(['seqcst', 'acquire', 'release', 'acqrel']));
      case 1:
        return this.#$.callback(`callback ${choices.below(10)}`);
      case 2:
        return this.#mayPanic();
      default: {
        return this.#$.assert('some assertion', choices.once(10) ? this.#values.bool() : this.#values.likely());
      }
    }
  }
}
