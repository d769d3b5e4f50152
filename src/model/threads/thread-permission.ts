import { Opcode } from '../machine/client-program.ts';
import { Phase } from '../machine/ghosts.ts';
import { CODE, EMPTY, LIFE, NEVER_ISSUED, OPCODE, OWN, PHASE_MASK } from './client-layout.ts';
import type { ThreadedClient } from './threaded-client.ts';

/* Contracts as positions in `CONTRACTS`. */
const EXCLUSIVE = 0;
const VALID = 1;
const ANY = 2;
const BYPASS = 3;
/** The operation concerns variables that hold nothing. */
export const IMPOSSIBLE = 4;

/**
 * The least contract, as a position in `CONTRACTS`, that allows a thread to begin an operation now (design 4). `exclusive` destroys
 * what nobody else refers to, uses or holds. `valid` destroys what is live, and also uses what somebody has begun to destroy. What is
 * known to be destroyed is used, and destroyed twice, under `any` alone.
 */
export function requiredContract(
  client: ThreadedClient,
  state: Int32Array,
  thread: number,
  opcode: number,
  a: number,
  b: number,
): number {
  switch (opcode) {
    case Opcode.use:
      return forUse(client, state, thread, a);
    case Opcode.hold:
      return isHeld(client, state, thread, a) ? IMPOSSIBLE : forUse(client, state, thread, b);
    case Opcode.free:
      return forDestroy(client, state, thread, a);
    case Opcode.touch:
    case Opcode.drop:
      return isHeld(client, state, thread, a) ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.copy:
      return isSet(client, state, thread, b) ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.send:
      return isSet(client, state, thread, a) ? EXCLUSIVE : IMPOSSIBLE;
    case Opcode.forge:
      return ANY;
    case Opcode.corrupt:
      return isSet(client, state, thread, b) ? ANY : IMPOSSIBLE;
    case Opcode.abandon:
      return isLive(client, state, thread, a) ? BYPASS : IMPOSSIBLE;
    case Opcode.extra:
      return forExtra(client, state, thread, a, b);
    default:
      return EXCLUSIVE;
  }
}

export function isSet({ layout }: ThreadedClient, state: Int32Array, thread: number, variable: number): boolean {
  return state[layout.reference(thread, variable) + CODE] !== EMPTY;
}

function isHeld({ layout }: ThreadedClient, state: Int32Array, thread: number, pointer: number): boolean {
  return state[layout.pointer(thread, pointer) + CODE] !== EMPTY;
}

export function isLive(client: ThreadedClient, state: Int32Array, thread: number, variable: number): boolean {
  const { layout } = client;
  const code = state[layout.reference(thread, variable) + CODE];
  return code > 0 && (state[layout.object(code - 1) + LIFE] & PHASE_MASK) === Phase.live;
}

function forUse(client: ThreadedClient, state: Int32Array, thread: number, variable: number): number {
  const { layout, judge } = client;
  const code = state[layout.reference(thread, variable) + CODE];
  if (code === EMPTY) return IMPOSSIBLE;
  if (code < 0) return ANY;
  const phase = state[layout.object(code - 1) + LIFE] & PHASE_MASK;
  if (phase === Phase.live) return EXCLUSIVE;
  return judge.isStale(state, thread, code - 1) || code === NEVER_ISSUED ? ANY : VALID;
}

function forDestroy(client: ThreadedClient, state: Int32Array, thread: number, variable: number): number {
  const { layout } = client;
  const code = state[layout.reference(thread, variable) + CODE];
  if (code === EMPTY) return IMPOSSIBLE;
  if (code < 0 || (state[layout.object(code - 1) + LIFE] & PHASE_MASK) !== Phase.live) return ANY;
  return isAlone(client, state, thread, code) ? EXCLUSIVE : VALID;
}

/** Whether no other thread refers to an object or is in an operation on it, and nobody holds it. */
function isAlone({ layout }: ThreadedClient, state: Int32Array, thread: number, code: number): boolean {
  const { threads, references, pointers } = layout.shape;
  for (let other = 0; other < threads; other++) {
    for (let pointer = 0; pointer < pointers; pointer++)
      if (state[layout.pointer(other, pointer) + CODE] === code) return false;
    if (other === thread) continue;
    const at = layout.thread(other);
    if (state[at + OPCODE] !== 0 && state[at + OWN] === code) return false;
    for (let variable = 0; variable < references; variable++)
      if (state[layout.reference(other, variable) + CODE] === code) return false;
  }
  return true;
}

function forExtra(client: ThreadedClient, state: Int32Array, thread: number, extra: number, variable: number): number {
  const effect = client.judge.effectOf(extra);
  if (effect === 'retires') return forDestroy(client, state, thread, variable);
  if (effect === 'retiresAll') return isAloneWithAll(client, state, thread) ? EXCLUSIVE : VALID;
  return client.extras[extra].takesValue && client.takesReference[extra]
    ? forUse(client, state, thread, variable)
    : EXCLUSIVE;
}

function isAloneWithAll(client: ThreadedClient, state: Int32Array, thread: number): boolean {
  const { layout } = client;
  for (let other = 0; other < layout.shape.threads; other++)
    if (other !== thread && state[layout.thread(other) + OPCODE] !== 0) return false;
  for (let object = 0; object < layout.shape.objects; object++) {
    const phase = state[layout.object(object) + LIFE] & PHASE_MASK;
    if (phase !== 0 && phase !== Phase.reclaimed && !isAlone(client, state, thread, object + 1)) return false;
  }
  return true;
}
