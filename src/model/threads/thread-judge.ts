import { kebabCase } from '../ir/mutation.ts';
import type { Statement } from '../ir/statement.ts';
import { CONTRACTS } from '../machine/claims.ts';
import { Opcode, OPCODE_NAMES } from '../machine/client-program.ts';
import type { Effect } from '../machine/definition.ts';
import { joined, Phase } from '../machine/ghosts.ts';
import { extrasOf } from '../machine/instance.ts';
import {
  FOREIGN_RECLAIM_VERDICTS,
  isTruncationOf,
  RESOLVE_VERDICTS,
  type Found,
  type Relation,
} from '../machine/judgement.ts';
import { verdictOf, type VerdictCode } from '../vocabulary/verdicts.ts';
import * as layout from './client-layout.ts';
import { Transition } from './step-system.ts';
import type { ThreadVerdict } from './thread-verdict.ts';
import type { ThreadedClient } from './threaded-client.ts';

const {
  ADDRESS,
  ANSWER_PROVENANCE,
  BITS_HIGH,
  BITS_LOW,
  CODE,
  DEPARTED,
  FOREIGN,
  HIGH,
  LIFE,
  LOW,
  NEVER_ISSUED,
  OPCODE,
  OPERAND_A,
  OPERAND_B,
  OWN,
  PHASE_MASK,
  PRESENT,
  STANDING,
  VALUE_HIGH,
  VALUE_LOW,
} = layout;

/** How an operation stood to its object at its begin: the end of destroy preceded it, or it is the one that retires it. */
export const Standing = { stale: 1, retires: 2 } as const;

const ANY = CONTRACTS.indexOf('any');

/** What a place knows of a verdict; the judge adds the rest from the row. */
interface Given {
  readonly event: ThreadVerdict['event'];
  readonly opcode?: number;
  readonly variable?: number;
  readonly object?: number;
  readonly found?: number;
  readonly relation?: Relation;
  readonly low?: number;
  readonly high?: number;
  readonly statement?: Statement | undefined;
}

/**
 * The verdicts of design 4 over the row of a threaded state. `precedes` is step order under `sc` and happens-before under `rc11`:
 * the end of a destroy is an event that threads know of or not.
 */
export class ThreadJudge {
  readonly #client: ThreadedClient;
  readonly #effects: readonly Effect[];

  constructor(client: ThreadedClient) {
    this.#client = client;
    this.#effects = Object.values(extrasOf(client.instance.blueprint.roles)).map(({ effect }) => effect);
  }

  effectOf(extra: number): Effect {
    return this.#effects[extra];
  }

  /** The code of the object that a variable's bits were issued for. Forged bits that equal issued ones are a copy of those. */
  objectOf(state: Int32Array, thread: number, variable: number): number {
    const { layout: places } = this.#client;
    const at = places.reference(thread, variable);
    const code = state[at + CODE];
    if (code !== NEVER_ISSUED) return code;
    for (let object = 0; object < places.shape.objects; object++) {
      const row = places.object(object);
      const phase = state[row + LIFE] & PHASE_MASK;
      if (phase < Phase.live || phase > Phase.reclaimed) continue;
      if (state[row + BITS_LOW] === state[at + VALUE_LOW] && state[row + BITS_HIGH] === state[at + VALUE_HIGH])
        return object + 1;
    }
    return NEVER_ISSUED;
  }

  /** Whether the end of an object's destroy precedes what a thread does next. */
  isStale(state: Int32Array, thread: number, object: number): boolean {
    const { layout: places, machine, stepped } = this.#client;
    if ((state[places.object(object) + LIFE] & PHASE_MASK) < Phase.retired) return false;
    if (machine.model === 'sc') return true;
    return stepped.happensBefore.knowsWrite(state, thread, places.shape.objects + object);
  }

  standingOf(state: Int32Array, thread: number, own: number): number {
    return own === DEPARTED || (own > 0 && this.isStale(state, thread, own - 1)) ? Standing.stale : 0;
  }

  /** The end of a resolve (design 4, rules 1 to 5). Answers `taken` when nothing is wrong with it. */
  resolved(state: Int32Array, thread: number): number {
    const { layout: places, host } = this.#client;
    const at = places.thread(thread);
    const own = state[at + OWN];
    const relation = this.#relation(state, own, state[at + STANDING]);
    let found: Found = 'refused';
    let object = -1;
    if (state[at + PRESENT] !== 0) {
      object = host.objectAt(state, state[at + LOW], state[at + HIGH]);
      const isOwn =
        own > 0 && (object === own - 1 || (relation === 'overlapping' && this.#isOwnPointer(state, thread)));
      found = isOwn ? 'own' : this.#foundInstead(state, thread, own, object);
    }
    const code = RESOLVE_VERDICTS[relation][found];
    if (code === 'clean') return Transition.taken;
    return this.#violate(state, thread, code, {
      event: 'resolve',
      variable: state[at + OPERAND_A],
      object: own - 1,
      found: object,
      relation,
      low: state[at + LOW],
      high: state[at + HIGH],
    });
  }

  /** The bits of a new object may be those of a retired one that a client keeps, which means to use it. */
  reissue(state: Int32Array, thread: number, object: number): number {
    const { layout: places, contract } = this.#client;
    if (CONTRACTS.indexOf(contract) < ANY) return Transition.taken;
    const row = places.object(object);
    const { threads, references } = places.shape;
    for (let other = 0; other < threads; other++)
      for (let variable = 0; variable < references; variable++) {
        const at = places.reference(other, variable);
        const code = state[at + CODE];
        if (code !== DEPARTED && !(code > 0 && code !== object + 1 && this.isStale(state, thread, code - 1))) continue;
        if (state[at + VALUE_LOW] !== state[row + BITS_LOW] || state[at + VALUE_HIGH] !== state[row + BITS_HIGH])
          continue;
        state[places.contract] = Math.max(state[places.contract], ANY);
        return this.#violate(state, thread, 'aba', {
          event: 'reissue',
          variable: -1,
          object: code - 1,
          found: object,
          relation: 'stale',
          low: state[row + BITS_LOW],
          high: state[row + BITS_HIGH],
        });
      }
    return Transition.taken;
  }

  /** A destroy gave back the memory of an object that nobody retired. */
  foreign(state: Int32Array, thread: number): number {
    const { layout: places } = this.#client;
    const at = places.thread(thread);
    const own = state[at + OWN];
    const standing = state[at + STANDING];
    const relation = (standing & Standing.retires) !== 0 ? 'live' : this.#relation(state, own, standing);
    return this.#violate(state, thread, FOREIGN_RECLAIM_VERDICTS[relation], {
      event: 'destroy',
      variable: state[at + OPERAND_A],
      object: own - 1,
      found: state[at + FOREIGN] - 1,
      relation,
    });
  }

  /** A check of the representation's code, or of memory behind it, failed in the last step. */
  faultOfStep(state: Int32Array, thread: number): number {
    const { stepped, layout: places } = this.#client;
    const at = places.thread(thread);
    const opcode = state[at + OPCODE] - 1;
    const own = state[at + OWN];
    return this.fault(state, thread, stepped.fault, {
      event: 'operation',
      variable: opcode === Opcode.extra || opcode === Opcode.alloc ? -1 : state[at + OPERAND_A],
      object: own - 1,
      relation: own === 0 ? 'live' : this.#relation(state, own, state[at + STANDING]),
      statement: stepped.faultStatement,
    });
  }

  fault(state: Int32Array, thread: number, fault: number, given: Given): number {
    return this.#violate(state, thread, verdictOf(fault), given);
  }

  /** Nobody can go on, or no operation ends, while a thread is inside one. */
  stuck(state: Int32Array, thread: number, code: 'deadlock' | 'livelock'): number {
    const { stepped } = this.#client;
    return this.#violate(state, thread, code, { event: 'operation', statement: stepped.pending(state, thread) });
  }

  /** Everything that was retired and cannot be given back any more. */
  leak(state: Int32Array, garbage: number): number {
    return this.#violate(state, 0, 'leak', { event: 'end', found: garbage });
  }

  #relation(state: Int32Array, own: number, standing: number): Relation {
    if (own === NEVER_ISSUED) return 'forged';
    if ((standing & Standing.stale) !== 0) return 'stale';
    if (own <= 0) return 'stale';
    const phase = state[this.#client.layout.object(own - 1) + LIFE] & PHASE_MASK;
    return phase === Phase.live ? 'live' : 'overlapping';
  }

  /** Whether the pointer that came back is the object's own, which may have ended, and its address been used again, meanwhile. */
  #isOwnPointer(state: Int32Array, thread: number): boolean {
    const at = this.#client.layout.thread(thread);
    return state[at + ANSWER_PROVENANCE] === state[at + OWN];
  }

  #foundInstead(state: Int32Array, thread: number, own: number, object: number): Found {
    if (own <= 0) return object < 0 ? 'nothing' : 'another';
    const { layout: places, host } = this.#client;
    const at = places.thread(thread);
    const row = places.object(own - 1);
    const address = host.addressOf(state[row + ADDRESS]);
    const isOwnAddress = state[at + LOW] === address && state[at + HIGH] === 0;
    // Where nothing else stands the address is still the object's, though its memory is given back; the touch tells the rest.
    if (object < 0 && isOwnAddress) return 'own';
    if (isTruncationOf(joined(state[at + LOW], state[at + HIGH]), joined(address, 0))) return 'truncated';
    return object < 0 ? 'nothing' : 'another';
  }

  #violate(state: Int32Array, thread: number, code: VerdictCode, given: Given): number {
    const client = this.#client;
    const { layout: places, stepped, host } = client;
    const at = places.thread(thread);
    const variable = given.variable ?? -1;
    const reference = variable < 0 ? -1 : places.reference(thread, variable);
    const opcode = given.opcode ?? (given.event === 'end' ? -1 : state[at + OPCODE] - 1);
    const isInside = state[at + OPCODE] !== 0 && given.event !== 'end';
    const role = isInside ? client.roleOf(state, thread) : '';
    const contract = CONTRACTS[state[places.contract]];
    const isRace = code === 'data-race';
    client.verdict = {
      code,
      thread,
      event: given.event,
      contract,
      opcode,
      role,
      variable,
      bits: reference < 0 ? 0n : joined(state[reference + VALUE_LOW], state[reference + VALUE_HIGH]),
      object: given.object ?? -1,
      found: given.found ?? -1,
      relation: given.relation ?? 'live',
      address: joined(given.low ?? 0, given.high ?? 0),
      statement: given.statement,
      raceThread: isRace ? (isOfObject(given.statement) ? host.raceThread : stepped.raceThread) : -1,
      signature: signatureOf(code, contract, given, opcode, role, opcode === Opcode.extra ? state[at + OPERAND_B] : 0),
    };
    return Transition.violated;
  }
}

/** Code, contract, operation and the statement or event: equal for equal causes whatever threads, variables and addresses are. */
function signatureOf(
  code: VerdictCode,
  contract: string,
  { event, statement, relation }: Given,
  opcode: number,
  role: string,
  extra: number,
): string {
  const operation = opcode < 0 ? 'end' : OPCODE_NAMES[opcode];
  const place = statement === undefined ? event : `${statement.kind}-${statement.site.text.split('/').at(-1) ?? ''}`;
  const words = [code, contract, operation, role, place, relation ?? '', extra === 0 ? '' : String(extra)];
  return words
    .filter((word) => word !== '')
    .map(kebabCase)
    .join('-');
}

/** Whether a race is about an object's bytes, whose accesses the client makes, or about state of the representation. */
function isOfObject(statement: Statement | undefined): boolean {
  return statement === undefined || statement.kind === 'reclaim';
}
