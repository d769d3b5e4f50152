import type { Expression, Local } from '../expression.ts';

/** What generated code holds of a value: an int32 of it, or its truth as a JavaScript boolean. */
export type Component = 'low' | 'high' | 'provenance' | 'present' | 'truth';

/**
 * How often each component of each value is written into the code. An operation is compiled twice: the first time everything is
 * bound to a name and counted, the second time what is written once stands where it is used and what is written never is left out.
 */
export class Demands {
  readonly #counts = new Map<Expression | Local, Map<Component, number>>();
  readonly #labels = new Set<string>();
  #counting = true;

  /** From now on the counts answer. */
  settle(): void {
    this.#counting = false;
  }

  note(value: Expression | Local, component: Component): void {
    if (!this.#counting) return;
    const counts = this.#counts.get(value) ?? new Map<Component, number>();
    this.#counts.set(value, counts.set(component, (counts.get(component) ?? 0) + 1));
  }

  /** Whether a component is written more than once, so that it deserves a name. */
  isShared(value: Expression | Local, component: Component): boolean {
    return this.#counting || this.#count(value, component) > 1;
  }

  isUsed(value: Expression | Local, component: Component): boolean {
    return this.#counting || this.#count(value, component) > 0;
  }

  noteLabel(label: string): void {
    this.#labels.add(label);
  }

  isLabelUsed(label: string): boolean {
    return this.#counting || this.#labels.has(label);
  }

  #count(value: Expression | Local, component: Component): number {
    return this.#counts.get(value)?.get(component) ?? 0;
  }
}
