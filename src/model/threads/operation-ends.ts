import { Opcode } from '../machine/client-program.ts';
import { Phase } from '../machine/ghosts.ts';
import { HEADER_ALIGNMENT } from '../machine/object-memory.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import {
  ANSWER_PROVENANCE,
  BITS_HIGH,
  BITS_LOW,
  CODE,
  DEPARTED,
  FOREIGN,
  FREED,
  HIGH,
  LIFE,
  LOW,
  NOTHING,
  OPCODE,
  OPERAND_A,
  OPERAND_B,
  OWN,
  PHASE_MASK,
  PRESENT,
  STAGE,
  STANDING,
  VALUE_HIGH,
  VALUE_LOW,
  VALUE_PROVENANCE,
} from './client-layout.ts';
import { Stage } from './stage.ts';
import { Transition } from './step-system.ts';
import { Standing } from './thread-judge.ts';
import type { ThreadedClient } from './threaded-client.ts';

/** The last step of every client operation, in which its answer is judged and others see what it did, and reads of objects. */
export class OperationEnds {
  readonly #client: ThreadedClient;

  constructor(client: ThreadedClient) {
    this.#client = client;
  }

  /** `touch p`, whole. */
  touch(state: Int32Array, thread: number, pointer: number): number {
    return this.#touch(state, thread, this.#client.layout.pointer(thread, pointer), Opcode.touch, -1);
  }

  end(state: Int32Array, thread: number): number {
    switch (state[this.#client.layout.thread(thread) + OPCODE] - 1) {
      case Opcode.alloc:
        return this.#endAlloc(state, thread);
      case Opcode.use:
      case Opcode.hold:
        return this.#endResolve(state, thread);
      default:
        return this.#endEnding(state, thread);
    }
  }

  #endAlloc(state: Int32Array, thread: number): number {
    const at = this.#client.layout.thread(thread);
    const object = state[at + OWN] - 1;
    const row = this.#client.layout.object(object);
    if (state[at + PRESENT] === 0) {
      // The client frees the memory that it had prepared.
      state[row + LIFE] = (state[row + LIFE] & ~PHASE_MASK) | Phase.reclaimed;
      const fault = (state[row + LIFE] & FREED) === 0 ? this.#client.host.free(state, thread, object) : 0;
      if (fault !== 0) return this.#client.judge.fault(state, thread, fault, { event: 'create', object });
      return this.#client.close(state, thread);
    }
    state[row + LIFE] += Phase.live - Phase.creating;
    state[row + BITS_LOW] = state[at + LOW];
    state[row + BITS_HIGH] = state[at + HIGH];
    this.#client.creates++;
    const reissued = this.#client.judge.reissue(state, thread, object);
    if (reissued !== Transition.taken) return reissued;
    const reference = this.#client.layout.reference(thread, state[at + OPERAND_A]);
    state[reference + CODE] = object + 1;
    state[reference + VALUE_LOW] = state[at + LOW];
    state[reference + VALUE_HIGH] = state[at + HIGH];
    state[reference + VALUE_PROVENANCE] = state[at + ANSWER_PROVENANCE];
    return this.#client.close(state, thread);
  }

  #endResolve(state: Int32Array, thread: number): number {
    const at = this.#client.layout.thread(thread);
    const isUse = state[at + OPCODE] - 1 === Opcode.use;
    const judged = this.#client.judge.resolved(state, thread);
    if (judged !== Transition.taken) return judged;
    if (state[at + PRESENT] === 0) return this.#client.beginLeave(state, thread);
    const found = this.#client.host.objectAt(state, state[at + LOW], state[at + HIGH]);
    if (isUse) {
      state[at + OWN] = found < 0 ? NOTHING : found + 1;
      state[at + STAGE] = Stage.touch;
      return Transition.taken;
    }
    const pointer = this.#client.layout.pointer(thread, state[at + OPERAND_B]);
    state[pointer + CODE] = found < 0 ? NOTHING : found + 1;
    state[pointer + VALUE_LOW] = state[at + LOW];
    state[pointer + VALUE_HIGH] = state[at + HIGH];
    state[pointer + VALUE_PROVENANCE] = state[at + ANSWER_PROVENANCE];
    return this.#client.close(state, thread);
  }

  touchOfUse(state: Int32Array, thread: number): number {
    const at = this.#client.layout.thread(thread);
    // The answer stands where a variable's value would, one word before it its code.
    const touched = this.#touch(state, thread, at + LOW - VALUE_LOW, Opcode.use, state[at + OPERAND_A]);
    return touched === Transition.taken ? this.#client.beginLeave(state, thread) : touched;
  }

  /** @param at of (code, low, high, provenance) */
  #touch(state: Int32Array, thread: number, at: number, opcode: number, variable: number): number {
    const own = opcode === Opcode.use ? state[this.#client.layout.thread(thread) + OWN] : state[at + CODE];
    const [low, high] = [state[at + VALUE_LOW], state[at + VALUE_HIGH]];
    const given = { opcode, event: 'touch', variable, object: own - 1, low, high } as const;
    if (
      (low & (HEADER_ALIGNMENT - 1)) !== 0 &&
      this.#client.host.reach(state, low, high, state[at + VALUE_PROVENANCE]) >= 0
    )
      return this.#client.judge.fault(state, thread, Fault.misaligned, given);
    const seen = this.#client.host.touch(state, thread, low, high, state[at + VALUE_PROVENANCE]);
    if (seen < 0) return this.#client.judge.fault(state, thread, -seen, given);
    // A wildcard pointer that outlived its object reads the one that stands there now.
    if (own > 0 && seen !== own - 1)
      return this.#client.judge.fault(state, thread, Fault.aba, { ...given, found: seen, relation: 'stale' });
    if (own === DEPARTED)
      return this.#client.judge.fault(state, thread, Fault.aba, { ...given, found: seen, relation: 'stale' });
    return Transition.taken;
  }

  /** The end of a destroy, or of an extra that retires: what it retired is stale from here on. */
  #endEnding(state: Int32Array, thread: number): number {
    const at = this.#client.layout.thread(thread);
    const isAll =
      state[at + OPCODE] - 1 === Opcode.extra && this.#client.judge.effectOf(state[at + OPERAND_B]) === 'retiresAll';
    if (isAll) return this.#endRetireAll(state, thread);
    const own = state[at + OWN];
    if ((state[at + STANDING] & Standing.retires) !== 0) this.#retired(state, thread, own - 1);
    if (state[at + FOREIGN] !== 0) return this.#client.judge.foreign(state, thread);
    return this.#client.close(state, thread);
  }

  #retired(state: Int32Array, thread: number, object: number): void {
    const row = this.#client.layout.object(object);
    const isFreed = (state[row + LIFE] & FREED) !== 0;
    state[row + LIFE] = (state[row + LIFE] & ~PHASE_MASK) | (isFreed ? Phase.reclaimed : Phase.retired);
    if (this.#client.machine.model === 'rc11')
      this.#client.stepped.happensBefore.write(state, thread, this.#client.layout.shape.objects + object);
  }

  /** Objects that the extra did not reclaim itself are given back by the client. */
  #endRetireAll(state: Int32Array, thread: number): number {
    for (let object = 0; object < this.#client.layout.shape.objects; object++) {
      const row = this.#client.layout.object(object);
      const phase = state[row + LIFE] & PHASE_MASK;
      if (phase !== Phase.retiring && phase !== Phase.retired) continue;
      const fault = (state[row + LIFE] & FREED) === 0 ? this.#client.host.free(state, thread, object) : 0;
      if (fault !== 0) return this.#client.judge.fault(state, thread, fault, { event: 'operation', object });
      this.#retired(state, thread, object);
    }
    return this.#client.close(state, thread);
  }
}
