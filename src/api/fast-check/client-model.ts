import { CONTRACTS, type Contract } from '../../model/machine/claims.ts';
import type { Effect } from '../../model/machine/definition.ts';
import type { Operation } from '../../model/scenario/scenario.ts';

/** An object as clients know it. */
interface ModelObject {
  isLive: boolean;
  /** Held pointers to it. */
  holds: number;
}

/** What a reference stands for; forged and corrupted bits may be anything. */
type ModelReference = ModelObject | 'forged';

/** What the driver answered to an operation, as far as no model can know it. */
export interface Answer {
  readonly created: boolean;
  readonly held: boolean;
}

/** What an extra does, by its name. */
export type Effects = Readonly<Record<string, Effect>>;

/**
 * The clients' view of a run: which names hold what, and which objects live. It is kept beside the driver and made without it, so
 * that a run compares two opinions of what is allowed and what lives.
 */
export class ClientModel {
  readonly client: Contract;
  readonly #effects: Effects;
  readonly #references = new Map<string, ModelReference>();
  readonly #pointers = new Map<string, ModelObject | undefined>();
  readonly #objects = new Set<ModelObject>();
  /** Whether forged bits were freed or held: what they named is not for this model to know. */
  isUncertain = false;
  /** Whether a verdict ended the run; nothing after it means anything. */
  hasEnded = false;

  constructor(client: Contract, effects: Effects) {
    this.client = client;
    this.#effects = effects;
  }

  /** Objects that live now. */
  get live(): number {
    return [...this.#objects].filter(({ isLive }) => isLive).length;
  }

  /** Whether a client under this contract may do an operation now. */
  allows(operation: Operation): boolean {
    const required = this.#required(operation);
    return !this.hasEnded && required !== undefined && CONTRACTS.indexOf(required) <= CONTRACTS.indexOf(this.client);
  }

  /** The least contract that allows an operation; undefined when it makes no sense. */
  #required(operation: Operation): Contract | undefined {
    switch (operation.op) {
      case 'use':
        return this.#forUse(operation.name);
      case 'free':
        return this.#forDestroy(operation.name);
      case 'hold':
        return this.#pointers.has(operation.pointer) ? undefined : this.#forUse(operation.name);
      case 'touch':
      case 'drop':
        return this.#pointers.has(operation.pointer) ? 'exclusive' : undefined;
      case 'copy':
        return this.#references.has(operation.name) ? 'exclusive' : undefined;
      case 'forge':
        return 'any';
      case 'corrupt':
        return this.#references.has(operation.name) ? 'any' : undefined;
      case 'abandon':
        return this.#forUse(operation.name) === 'exclusive' ? 'bypass' : undefined;
      case 'extra':
        return this.#forExtra(operation);
      default:
        return 'exclusive';
    }
  }

  #forUse(name: string): Contract | undefined {
    const reference = this.#references.get(name);
    if (reference === undefined) return undefined;
    return reference !== 'forged' && reference.isLive ? 'exclusive' : 'any';
  }

  #forDestroy(name: string): Contract | undefined {
    const reference = this.#references.get(name);
    const isHeld = reference !== undefined && reference !== 'forged' && reference.isLive && reference.holds > 0;
    return isHeld ? 'valid' : this.#forUse(name);
  }

  #forExtra({ extra, arguments: [argument] }: Operation & { readonly op: 'extra' }): Contract | undefined {
    const effect = this.#effects[extra];
    const name = argument !== undefined && 'reference' in argument ? argument.reference : undefined;
    if (effect === 'retires' && name !== undefined) return this.#forDestroy(name);
    if (effect === 'none' && name !== undefined) return this.#forUse(name);
    return effect === 'retiresAll' && this.#pointers.size > 0 ? 'valid' : 'exclusive';
  }

  /** Follows an operation that ran without a verdict. */
  follow(operation: Operation, { created, held }: Answer): void {
    switch (operation.op) {
      case 'alloc':
        if (created) this.#references.set(operation.target, this.#newObject());
        return;
      case 'free':
      case 'abandon':
        this.#end(operation.name);
        return;
      case 'hold':
        if (held) this.#hold(operation.pointer, operation.name);
        return;
      case 'drop':
        this.#drop(operation.pointer);
        return;
      case 'copy':
        this.#references.set(operation.target, this.#references.get(operation.name) ?? 'forged');
        return;
      case 'forge':
      case 'corrupt':
        this.#references.set(operation.target, 'forged');
        return;
      case 'extra':
        this.#extra(operation);
        return;
      default:
    }
  }

  #newObject(): ModelObject {
    const object = { isLive: true, holds: 0 };
    this.#objects.add(object);
    return object;
  }

  #end(name: string): void {
    const reference = this.#references.get(name);
    if (reference === undefined) return;
    if (reference === 'forged') this.isUncertain = true;
    else reference.isLive = false;
  }

  #hold(pointer: string, name: string): void {
    const reference = this.#references.get(name);
    if (reference === undefined || reference === 'forged') this.isUncertain = true;
    else reference.holds++;
    this.#pointers.set(pointer, reference === 'forged' ? undefined : reference);
  }

  #drop(pointer: string): void {
    const object = this.#pointers.get(pointer);
    if (object !== undefined) object.holds--;
    this.#pointers.delete(pointer);
  }

  #extra({ extra, arguments: [argument] }: Operation & { readonly op: 'extra' }): void {
    const effect = this.#effects[extra];
    if (effect === 'retiresAll') for (const object of this.#objects) object.isLive = false;
    if (effect === 'retires' && argument !== undefined && 'reference' in argument) this.#end(argument.reference);
  }
}
