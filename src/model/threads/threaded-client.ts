import type { SteppedProgram } from '../ir/stepped/stepped-program.ts';
import { Status } from '../ir/stepped/stepped-program.ts';
import { compileStepped } from '../ir/stepped/stepped-compiler.ts';
import { CONTRACTS, type Contract } from '../machine/claims.ts';
import { Opcode } from '../machine/client-program.ts';
import { extrasOf, type Instance } from '../machine/instance.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import { Fault } from '../vocabulary/verdicts.ts';
import {
  ANSWER_PROVENANCE,
  BEGUN,
  ClientLayout,
  EMPTY,
  HIGH,
  KIND_SHIFT,
  LIFE,
  LOW,
  OPCODE,
  OPERAND_A,
  OPERAND_B,
  OWN,
  PRESENT,
  STAGE,
  type ClientShape,
} from './client-layout.ts';
import { ObjectHost } from './object-host.ts';
import { OperationBegins } from './operation-begins.ts';
import { OperationEnds } from './operation-ends.ts';
import { RoleEntry } from './role-entry.ts';
import { Stage } from './stage.ts';
import { Transition } from './step-system.ts';
import { ThreadJudge } from './thread-judge.ts';
import { ThreadVariables } from './thread-variables.ts';
import type { ThreadVerdict } from './thread-verdict.ts';
import { refuseUnsupported } from './threaded-support.ts';

export interface ThreadedOptions {
  readonly shape: ClientShape;
  readonly contract: Contract;
  /**
   * Whether the state says which is the least contract that allows all that was done. Otherwise every verdict counts as one under
   * `contract`, and an explorer that wants to know explores the stricter ones too.
   */
  readonly tracksContract: boolean;
  /** Most elements of a growing container, a list or a map, and most messages of a location under `rc11`. */
  readonly containerLimit: number;
  readonly messageLimit: number;
  /** Bytes from one address of the pool to the next. */
  readonly spacing: number;
}

/**
 * Client operations of several threads against an instance, a step at a time, over one row (design 3.2 and 4). It knows how
 * operations go and what is wrong with what came back; which operation begins when is up to whoever drives it. The begin and the
 * end of an operation are steps of their own.
 */
export class ThreadedClient {
  readonly instance: Instance;
  readonly machine: MachineSettings;
  readonly contract: Contract;
  readonly stepped: SteppedProgram;
  readonly layout: ClientLayout;
  readonly host: ObjectHost;
  readonly judge: ThreadJudge;
  readonly variables: ThreadVariables;
  readonly begins: OperationBegins;
  readonly ends: OperationEnds;
  readonly extras: readonly RoleEntry[];
  /** By extra: whether its operand is a reference; it is a word, or nothing, otherwise. */
  readonly takesReference: readonly boolean[];
  readonly create: RoleEntry;
  readonly resolve: RoleEntry;
  readonly destroy: RoleEntry;
  readonly enter: RoleEntry | undefined;
  readonly leave: RoleEntry | undefined;
  readonly words: number;
  /** Whether anybody destroys as exclusive clients do, so that it matters what others did before they gave a reference up. */
  readonly waitsForUsers: boolean;
  readonly #tracksContract: boolean;
  /** Creates that ended, in all states together: whoever wants those of one step takes the difference. */
  creates = 0;
  /** The verdict of the last step that answered `violated`. */
  verdict: ThreadVerdict | undefined;

  /** @throws InputError when the representation asks for what threads do not have. */
  constructor(instance: Instance, machine: MachineSettings, options: ThreadedOptions) {
    refuseUnsupported(instance);
    this.instance = instance;
    this.machine = machine;
    this.contract = options.contract;
    this.#tracksContract = options.tracksContract;
    this.waitsForUsers = options.tracksContract || options.contract === 'exclusive';
    const { shape } = options;
    this.host = new ObjectHost(options.spacing, machine.provenance === 'strict');
    this.stepped = compileStepped(instance.program, {
      threads: shape.threads,
      model: machine.model,
      host: this.host,
      containerLimit: options.containerLimit,
      messageLimit: options.messageLimit,
      // The bytes of each object; and the end of its destroy, where that precedes by happens-before and not by step order.
      clientLocations: shape.objects * (machine.model === 'rc11' ? 2 : 1),
      // Addresses, what is on its way to a variable, and what users of an object did before they gave it up.
      clientCarriers: shape.addresses + shape.threads * shape.references + (this.waitsForUsers ? shape.objects : 0),
    });
    this.layout = new ClientLayout(this.stepped, shape);
    this.host.attach(this.layout, this.stepped.happensBefore);
    this.words = this.layout.words;
    this.create = new RoleEntry(this.stepped, 'role:create');
    this.resolve = new RoleEntry(this.stepped, 'role:resolve');
    this.destroy = new RoleEntry(this.stepped, 'role:destroy');
    this.enter = RoleEntry.find(this.stepped, 'role:enter');
    this.leave = RoleEntry.find(this.stepped, 'role:leave');
    this.extras = Object.keys(extrasOf(instance.blueprint.roles)).map(
      (name) => new RoleEntry(this.stepped, `extra:${name}`),
    );
    this.takesReference = Object.values(extrasOf(instance.blueprint.roles)).map(
      ({ operation }) => 'reference' in operation.parameters,
    );
    this.judge = new ThreadJudge(this);
    this.variables = new ThreadVariables(this);
    this.begins = new OperationBegins(this);
    this.ends = new OperationEnds(this);
  }

  initial(state: Int32Array): void {
    state.fill(0, 0, this.words);
    this.stepped.initial(state);
    if (!this.#tracksContract) state[this.layout.contract] = CONTRACTS.indexOf(this.contract);
  }

  isInside(state: Int32Array, thread: number): boolean {
    return (
      state[this.layout.thread(thread) + OPCODE] !== 0 && state[this.layout.thread(thread) + STAGE] !== Stage.stalled
    );
  }

  isStalled(state: Int32Array, thread: number): boolean {
    return state[this.layout.thread(thread) + STAGE] === Stage.stalled;
  }

  /** How many choices the next step of a thread that is inside an operation has. */
  choices(state: Int32Array, thread: number): number {
    const stage = state[this.layout.thread(thread) + STAGE];
    if (stage === Stage.stalled) return 0;
    return stage === Stage.end || stage === Stage.touch ? 1 : this.stepped.choices(state, thread);
  }

  /** Takes a step of a thread that is inside an operation. Answers a `Transition`. */
  step(state: Int32Array, thread: number, choice: number): number {
    const stage = state[this.layout.thread(thread) + STAGE];
    if (stage === Stage.end) return this.ends.end(state, thread);
    if (stage === Stage.touch) return this.ends.touchOfUse(state, thread);
    return this.advance(state, thread, this.stepped.step(state, thread, choice));
  }

  /** The thread runs no further, for ever; what it holds stays held. */
  stall(state: Int32Array, thread: number): number {
    this.open(state, thread, Opcode.stall, Stage.stalled, 0, 0, EMPTY);
    return Transition.taken;
  }

  /** The code of the object that a thread's operation concerns. */
  ownOf(state: Int32Array, thread: number): number {
    return state[this.layout.thread(thread) + OWN];
  }

  /** The name of the role that a thread is in, for people. */
  roleOf(state: Int32Array, thread: number): string {
    const at = this.layout.thread(thread);
    const stage = state[at + STAGE];
    if (stage === Stage.enter) return 'enter';
    if (stage === Stage.leave) return 'leave';
    switch (state[at + OPCODE] - 1) {
      case Opcode.alloc:
        return this.create.name;
      case Opcode.free:
        return this.destroy.name;
      case Opcode.extra:
        return this.extras[state[at + OPERAND_B]].name;
      default:
        return this.resolve.name;
    }
  }

  open(state: Int32Array, thread: number, opcode: number, stage: number, a: number, b: number, own: number): void {
    const at = this.layout.thread(thread);
    state[at + OPCODE] = opcode + 1;
    state[at + STAGE] = stage;
    state[at + OPERAND_A] = a;
    state[at + OPERAND_B] = b;
    state[at + OWN] = own;
  }

  /** Leaves a thread in no operation, with nothing behind. */
  close(state: Int32Array, thread: number): number {
    const at = this.layout.thread(thread);
    state.fill(0, at, at + BEGUN);
    return Transition.taken;
  }

  beginResolve(state: Int32Array, thread: number): number {
    const at = this.layout.thread(thread);
    state[at + STAGE] = Stage.role;
    // The bits were kept at the begin: the variable may have changed hands since.
    const [low, high, provenance] = [state[at + LOW], state[at + HIGH], state[at + ANSWER_PROVENANCE]];
    state.fill(0, at + LOW, at + ANSWER_PROVENANCE + 1);
    const own = state[at + OWN];
    const kind = own > 0 ? state[this.layout.object(own - 1) + LIFE] >> KIND_SHIFT : 0;
    return this.advance(state, thread, this.resolve.begin(this.stepped, state, thread, low, high, provenance, kind, 0));
  }

  /** What a step of the representation's code leads to. */
  advance(state: Int32Array, thread: number, status: number): number {
    switch (status) {
      case Status.running:
        return Transition.taken;
      case Status.ended:
        return this.#ended(state, thread);
      case Status.blocked:
        return Transition.disabled;
      case Status.cut:
        return Transition.cut;
      case Status.panicked:
        return this.judge.fault(state, thread, Fault.unsupported, { event: 'operation' });
      default:
        return this.judge.faultOfStep(state, thread);
    }
  }

  /** A role has answered. Its last access and what comes of it are told apart: the end is a step of its own. */
  #ended(state: Int32Array, thread: number): number {
    const at = this.layout.thread(thread);
    const stage = state[at + STAGE];
    if (stage === Stage.enter) return this.beginResolve(state, thread);
    if (stage === Stage.leave) return this.close(state, thread);
    const opcode = state[at + OPCODE] - 1;
    if (opcode === Opcode.extra && this.judge.effectOf(state[at + OPERAND_B]) === 'none')
      return this.close(state, thread);
    state[at + STAGE] = Stage.end;
    if (opcode === Opcode.free || opcode === Opcode.extra) return Transition.taken;
    const entry = opcode === Opcode.alloc ? this.create : this.resolve;
    const { registers } = this.stepped;
    if (!entry.isPresent(registers)) return Transition.taken;
    state[at + PRESENT] = 1;
    state[at + LOW] = entry.low(registers);
    state[at + HIGH] = entry.high(registers);
    state[at + ANSWER_PROVENANCE] = entry.provenance(registers);
    return Transition.taken;
  }

  beginLeave(state: Int32Array, thread: number): number {
    if (this.leave === undefined || this.variables.heldCount(state, thread) > 0) return this.close(state, thread);
    const at = this.layout.thread(thread);
    const [opcode, a, b] = [state[at + OPCODE] - 1, state[at + OPERAND_A], state[at + OPERAND_B]];
    this.close(state, thread);
    this.open(state, thread, opcode, Stage.leave, a, b, EMPTY);
    return this.advance(state, thread, this.leave.begin(this.stepped, state, thread, 0, 0, 0, 0, 0));
  }
}
