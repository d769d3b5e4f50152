import type { Expression, Local } from '../expression.ts';
import { Identifiers } from '../javascript/identifiers.ts';
import type { ValueType } from '../type.ts';
import type { OperationCompiler } from './operation-compiler.ts';

/** What stands between a statement and the end of its function, the innermost last. */
type Open =
  | { readonly kind: 'entry'; readonly result: ValueType | undefined }
  | { readonly kind: 'inline'; readonly label: string; readonly into: Local | undefined }
  | { readonly kind: 'loop'; readonly label: string }
  | { readonly kind: 'lock'; readonly release: () => void };

/** The ways out of blocks: returns, leaves, and the locks that they release on the way. */
export class Exits {
  readonly #compiler: OperationCompiler;
  readonly #open: Open[] = [];
  /** Labels have a namespace of their own in JavaScript. */
  readonly #labels = new Identifiers();

  constructor(compiler: OperationCompiler) {
    this.#compiler = compiler;
  }

  inEntry(result: ValueType | undefined, emit: () => void): void {
    this.#inside({ kind: 'entry', result }, emit);
  }

  /** An inlined operation; `emit` writes its body, in a labelled block when something in it returns early. */
  inInline(name: string, into: Local | undefined, emit: () => void): void {
    this.#labelled(this.#labels.unique(name), (label) => ({ kind: 'inline', label, into }), emit);
  }

  inLoop(name: string, emit: (label: string) => void): void {
    const label = this.#labels.unique(name);
    this.#inside({ kind: 'loop', label }, () => emit(label));
  }

  inLock(release: () => void, emit: () => void): void {
    this.#inside({ kind: 'lock', release }, emit);
  }

  /** Writes an answer and leaves the innermost operation. */
  return(value: Expression | undefined): void {
    const { writer } = this.#compiler;
    const target = this.#find(({ kind }) => kind === 'entry' || kind === 'inline');
    const open = this.#open[target];
    if (open.kind === 'entry') this.#answerEntry(open.result, value);
    if (open.kind === 'inline') this.#answerInline(open.into, value);
    this.#releaseAbove(target);
    if (open.kind === 'entry') writer.line('return;');
    if ('label' in open) this.#break(open.label);
  }

  /** Leaves the innermost loop. */
  leave(): void {
    const target = this.#find((open) => open.kind === 'loop');
    const open = this.#open[target];
    this.#releaseAbove(target);
    if ('label' in open) this.#break(open.label);
  }

  #answerEntry(result: ValueType | undefined, value: Expression | undefined): void {
    if (result === undefined) return;
    const texts = this.#compiler.answerTexts(result, value);
    texts.forEach((text, index) => this.#compiler.writer.line(`registers[${index}] = ${text};`));
  }

  #answerInline(into: Local | undefined, value: Expression | undefined): void {
    // Without a value the answer keeps the zeros that it was declared with.
    if (into !== undefined && value !== undefined) this.#compiler.assign(into, value);
  }

  #break(label: string): void {
    this.#compiler.demands.noteLabel(label);
    this.#compiler.writer.line(`break ${label};`);
  }

  #find(matches: (open: Open) => boolean): number {
    const found = this.#open.findLastIndex(matches);
    if (found < 0) throw new Error('there is nothing to leave');
    return found;
  }

  /** Locks are released innermost first. */
  #releaseAbove(target: number): void {
    for (let index = this.#open.length - 1; index > target; index--) {
      const open = this.#open[index];
      if (open.kind === 'lock') open.release();
    }
  }

  #labelled(label: string, openOf: (label: string) => Open, emit: () => void): void {
    const { writer, demands } = this.#compiler;
    if (!demands.isLabelUsed(label)) {
      this.#inside(openOf(label), emit);
      return;
    }
    writer.open(`${label}: {`);
    this.#compiler.inBlock(() => this.#inside(openOf(label), emit));
    writer.close();
  }

  #inside(open: Open, emit: () => void): void {
    this.#open.push(open);
    emit();
    this.#open.pop();
  }
}
