import { Opcode } from '../machine/client-program.ts';
import { Phase } from '../machine/ghosts.ts';
import {
  ADDRESS,
  ANSWER_PROVENANCE,
  HIGH,
  LOW,
  CODE,
  EMPTY,
  KIND_SHIFT,
  LIFE,
  PHASE_MASK,
  SIZE,
  STANDING,
  VALUE_HIGH,
  VALUE_LOW,
  VALUE_PROVENANCE,
  VARIABLE_WORDS,
} from './client-layout.ts';
import type { RoleEntry } from './role-entry.ts';
import { Stage } from './stage.ts';
import { Transition } from './step-system.ts';
import { Standing } from './thread-judge.ts';
import type { ThreadedClient } from './threaded-client.ts';

/** The first step of every client operation: what it means for its object, and the beginning of the role that it calls. */
export class OperationBegins {
  readonly #client: ThreadedClient;

  constructor(client: ThreadedClient) {
    this.#client = client;
  }

  /** `x = alloc` at an address of the pool (numbered from 1); `object` is a free number. */
  alloc(
    state: Int32Array,
    thread: number,
    variable: number,
    kind: number,
    size: number,
    object: number,
    address: number,
  ): number {
    const at = this.#client.layout.object(object);
    state[at + LIFE] = Phase.creating | (kind << KIND_SHIFT);
    state[at + ADDRESS] = address;
    state[at + SIZE] = size;
    // Whoever gets an address again comes after its last tenant's end.
    const { happensBefore } = this.#client.stepped;
    happensBefore.acquire(state, thread, address - 1);
    happensBefore.clear(state, address - 1);
    happensBefore.write(state, thread, object);
    this.#client.open(state, thread, Opcode.alloc, Stage.role, variable, 0, object + 1);
    const { create, host } = this.#client;
    return this.#client.advance(
      state,
      thread,
      create.begin(this.#client.stepped, state, thread, host.addressOf(address), 0, object + 1, kind, size),
    );
  }

  /** `free x`: what it concerns is retiring from here on, if it lives. */
  free(state: Int32Array, thread: number, variable: number): number {
    const at = this.#client.layout.reference(thread, variable);
    return this.#ending(state, thread, Opcode.free, variable, 0, this.#client.destroy, at);
  }

  /** `hold p = x`, or `use x` with a pointer of its own: enter, unless something is held already, and resolve. */
  use(state: Int32Array, thread: number, opcode: number, pointer: number, variable: number): number {
    const own = this.#client.judge.objectOf(state, thread, variable);
    this.#client.open(state, thread, opcode, Stage.enter, variable, pointer, own);
    state[this.#client.layout.thread(thread) + STANDING] = this.#client.judge.standingOf(state, thread, own);
    const at = this.#client.layout.thread(thread);
    const reference = this.#client.layout.reference(thread, variable);
    state[at + LOW] = state[reference + VALUE_LOW];
    state[at + HIGH] = state[reference + VALUE_HIGH];
    state[at + ANSWER_PROVENANCE] = state[reference + VALUE_PROVENANCE];
    if (this.#client.enter === undefined || this.#client.variables.heldCount(state, thread) > 0)
      return this.#client.beginResolve(state, thread);
    return this.#client.advance(
      state,
      thread,
      this.#client.enter.begin(this.#client.stepped, state, thread, 0, 0, 0, 0, 0),
    );
  }

  /** `drop p`: the pointer is given up before the leave begins, and who destroys its object as `exclusive` clients do comes after. */
  drop(state: Int32Array, thread: number, pointer: number): number {
    const at = this.#client.layout.pointer(thread, pointer);
    if (state[at + CODE] > 0) this.#client.variables.giveUp(state, thread, state[at + CODE] - 1);
    state.fill(0, at, at + VARIABLE_WORDS);
    if (this.#client.leave === undefined || this.#client.variables.heldCount(state, thread) > 0)
      return Transition.taken;
    this.#client.open(state, thread, Opcode.drop, Stage.leave, pointer, 0, EMPTY);
    return this.#client.advance(
      state,
      thread,
      this.#client.leave.begin(this.#client.stepped, state, thread, 0, 0, 0, 0, 0),
    );
  }

  /** An extra; its operand is a reference variable where it takes a reference, the halves of a word otherwise. */
  extra(state: Int32Array, thread: number, extra: number, b: number, c: number): number {
    const entry = this.#client.extras[extra];
    const effect = this.#client.judge.effectOf(extra);
    const takesReference = this.#client.takesReference[extra];
    if (effect === 'retires')
      return this.#ending(state, thread, Opcode.extra, b, extra, entry, this.#client.layout.reference(thread, b));
    const at = this.#client.layout.reference(thread, b);
    this.#client.open(state, thread, Opcode.extra, Stage.role, takesReference ? b : -1, extra, EMPTY);
    if (effect === 'retiresAll') this.#retireAll(state);
    const [low, high, provenance] = takesReference
      ? [state[at + VALUE_LOW], state[at + VALUE_HIGH], state[at + VALUE_PROVENANCE]]
      : [b, c, 0];
    return this.#client.advance(
      state,
      thread,
      entry.begin(this.#client.stepped, state, thread, low, high, provenance, 0, 0),
    );
  }

  /** `abandon x`: the object's memory is freed behind the representation's back, whole. */
  abandon(state: Int32Array, thread: number, variable: number): number {
    const object = this.#client.judge.objectOf(state, thread, variable) - 1;
    const fault = this.#client.host.free(state, thread, object);
    if (fault !== 0)
      return this.#client.judge.fault(state, thread, fault, {
        opcode: Opcode.abandon,
        event: 'operation',
        variable,
        object,
      });
    const at = this.#client.layout.object(object);
    state[at + LIFE] = (state[at + LIFE] & ~PHASE_MASK) | Phase.reclaimed;
    return Transition.taken;
  }

  #ending(
    state: Int32Array,
    thread: number,
    opcode: number,
    variable: number,
    operandB: number,
    entry: RoleEntry,
    at: number,
  ): number {
    const own = this.#client.judge.objectOf(state, thread, variable);
    this.#client.open(state, thread, opcode, Stage.role, variable, operandB, own);
    const object = own > 0 ? this.#client.layout.object(own - 1) : -1;
    const life = object < 0 ? 0 : state[object + LIFE];
    let standing = this.#client.judge.standingOf(state, thread, own);
    if ((life & PHASE_MASK) === Phase.live) {
      state[object + LIFE] += Phase.retiring - Phase.live;
      standing |= Standing.retires;
    }
    state[this.#client.layout.thread(thread) + STANDING] = standing;
    return this.#client.advance(
      state,
      thread,
      entry.begin(
        this.#client.stepped,
        state,
        thread,
        state[at + VALUE_LOW],
        state[at + VALUE_HIGH],
        state[at + VALUE_PROVENANCE],
        life >> KIND_SHIFT,
        object < 0 ? 0 : state[object + SIZE],
      ),
    );
  }

  #retireAll(state: Int32Array): void {
    for (let object = 0; object < this.#client.layout.shape.objects; object++) {
      const at = this.#client.layout.object(object);
      if ((state[at + LIFE] & PHASE_MASK) === Phase.live) state[at + LIFE] += Phase.retiring - Phase.live;
    }
  }
}
