import { operandsOf, type Expression, type Local } from '../expression.ts';
import { componentsOf, widthOf, type ValueType } from '../type.ts';
import { extracted, inserted, resized } from './bit-fields.ts';
import type { Component, Demands } from './demands.ts';
import { narrowArithmetic, narrowComparison } from './narrow-words.ts';
import type { OperandSource } from './operand-source.ts';
import { binary, int32Text, isAtom, operand, unsignedText, wrapped } from './operator-text.ts';
import { ones, PossibleBits } from './possible-bits.ts';
import { wideComparison, wideHigh, wideLow } from './wide-words.ts';

/** What expressions need of the code around them. */
export interface Surroundings {
  readonly demands: Demands;
  /** Writes `const NAME = TEXT;` into the block that is open and gives the name. */
  bind(name: string, text: string): string;
  /** The name of a component of a local. */
  localText(local: Local, component: Component): string;
  /** The number of the thread that runs, and how many there are. */
  threadText(what: 'thread' | 'threads'): string;
}

/** Names of values that are already computed; an inner block sees those of the outer ones. */
class Bindings {
  readonly outer: Bindings | undefined;
  readonly #texts = new Map<Expression, Map<Component, string>>();

  constructor(outer: Bindings | undefined) {
    this.outer = outer;
  }

  find(node: Expression, component: Component): string | undefined {
    return this.#texts.get(node)?.get(component) ?? this.outer?.find(node, component);
  }

  set(node: Expression, component: Component, text: string): void {
    const texts = this.#texts.get(node) ?? new Map<Component, string>();
    this.#texts.set(node, texts.set(component, text));
  }

  forget(nodes: Iterable<Expression>): void {
    for (const node of nodes) this.#texts.delete(node);
  }
}

/** A line of code is easier to read when it is not longer than this. */
const LONGEST_INLINE = 72;

/**
 * Writes expressions as int32 JavaScript, one component at a time. A component that is written more than once is bound to a name
 * in the innermost open block where it is first needed.
 */
export class ExpressionCompiler implements OperandSource {
  readonly possible = new PossibleBits();
  readonly #surroundings: Surroundings;
  #bindings = new Bindings(undefined);
  readonly #changing = new Map<Expression, boolean>();
  /** Bound values that read a variable: they hold until the statement ends. */
  readonly #passing = new Set<Expression>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  enterBlock(): void {
    this.#bindings = new Bindings(this.#bindings);
  }

  leaveBlock(): void {
    this.#bindings = this.#bindings.outer as Bindings;
  }

  /** Called after every statement: a variable may change now. */
  endStatement(): void {
    if (this.#passing.size === 0) return;
    this.#bindings.forget(this.#passing);
    this.#passing.clear();
  }

  low(node: Expression): string {
    return this.component(node, 'low');
  }

  high(node: Expression): string {
    return this.component(node, 'high');
  }

  truth(node: Expression): string {
    return this.component(node, 'truth');
  }

  unsignedLow(node: Expression): string {
    const width = widthOf(node.type);
    return unsignedText(this.low(node), width >= 32 && (this.possible.of(node) & (1n << 31n)) !== 0n);
  }

  unsignedHigh(node: Expression): string {
    return unsignedText(this.high(node), this.possible.of(node) >> 63n !== 0n);
  }

  /** All components of a value, in the order of `componentsOf`. */
  components(node: Expression): readonly string[] {
    return componentsOf(node.type).map((component) => this.component(node, component as Component));
  }

  component(node: Expression, component: Component): string {
    if (node.op === 'constant') return constantText(node.type, node.value, component);
    const { demands, localText } = this.#surroundings;
    if (node.op === 'local') {
      if (component === 'truth') return binary(this.low(node), '!==', '0');
      demands.note(node.local, component);
      return localText(node.local, component);
    }
    if (this.#isZero(node, component)) return '0';
    demands.note(node, component);
    const known = this.#bindings.find(node, component);
    if (known !== undefined) return known;
    const text = this.#compute(node, component);
    if (isAtom(text)) return text;
    return demands.isShared(node, component) || text.length > LONGEST_INLINE ? this.#bind(node, component, text) : text;
  }

  /** Whether the value of an expression depends on a variable, so that it holds only now. */
  isChanging(node: Expression): boolean {
    const known = this.#changing.get(node);
    if (known !== undefined) return known;
    const changing = node.op === 'local' ? node.local.mutable : operandsOf(node).some((each) => this.isChanging(each));
    this.#changing.set(node, changing);
    return changing;
  }

  #bind(node: Expression, component: Component, text: string): string {
    const suffix = component === 'truth' || (component === 'low' && widthOf(node.type) <= 32) ? '' : `_${component}`;
    const name = this.#surroundings.bind(`${speakingName(node)}${suffix}`, text);
    this.#bindings.set(node, component, name);
    if (this.isChanging(node)) this.#passing.add(node);
    return name;
  }

  #isZero(node: Expression, component: Component): boolean {
    if (node.type.kind !== 'word' && node.type.kind !== 'cyclic') return false;
    if (component !== 'low' && component !== 'high') return false;
    const bits = this.possible.of(node);
    return (component === 'low' ? bits & ones(32) : bits >> 32n) === 0n;
  }

  #compute(node: Expression, component: Component): string {
    if (component === 'truth') return this.#condition(node);
    switch (node.op) {
      case 'thread':
      case 'threads':
        return this.#surroundings.threadText(node.op);
      case 'arithmetic':
        return this.#arithmetic(node, component);
      case 'complement': {
        const width = widthOf(node.type);
        const text = `~${operand(this.component(node.operand, component))}`;
        const half = component === 'low' ? Math.min(width, 32) : width - 32;
        return half === 32 ? text : wrapped(text, half);
      }
      case 'resize':
        return resized(this, this.possible, node, component as 'low' | 'high');
      case 'extract':
        return extracted(this, this.possible, node, component as 'low' | 'high');
      case 'insert':
        return inserted(this, this.possible, node, component as 'low' | 'high');
      case 'select': {
        const then = operand(this.component(node.then, component));
        const otherwise = operand(this.component(node.otherwise, component));
        return then === otherwise ? then : `${operand(this.truth(node.condition))} ? ${then} : ${otherwise}`;
      }
      case 'address':
        return this.component(node.pointer, component);
      case 'withAddress':
        return this.component(component === 'provenance' ? node.pointer : node.address, component);
      case 'withoutProvenance':
        return component === 'provenance' ? '0' : this.component(node.address, component);
      case 'none':
        return '0';
      case 'some':
        return component === 'present' ? '1' : this.component(node.operand, component);
      case 'unwrap':
        return this.component(node.operand, component);
      default:
        return `${operand(this.truth(node))} ? 1 : 0`;
    }
  }

  #arithmetic(node: Extract<Expression, { readonly op: 'arithmetic' }>, component: Component): string {
    const width = widthOf(node.type);
    if (width > 32) return component === 'low' ? wideLow(this, node) : wideHigh(this, node);
    const [left, right] = [this.possible.of(node.left), this.possible.of(node.right)];
    const largest = node.name === 'mul' ? left * right : left + right;
    return narrowArithmetic(this, node, largest >> BigInt(Math.min(width, 31)) === 0n);
  }

  #condition(node: Expression): string {
    switch (node.op) {
      case 'compare':
        return widthOf(node.left.type) > 32 ? wideComparison(this, node) : narrowComparison(this, node);
      case 'logical': {
        const operandTexts = node.operands.map((each) => operand(this.truth(each)));
        if (node.name === 'not') return `!${operandTexts[0]}`;
        return operandTexts.join(node.name === 'and' ? ' && ' : ' || ');
      }
      case 'isSome':
        return binary(this.component(node.operand, 'present'), '!==', '0');
      default:
        return binary(this.low(node), '!==', '0');
    }
  }
}

function constantText(type: ValueType, value: bigint, component: Component): string {
  switch (component) {
    case 'truth':
      return value === 0n ? 'false' : 'true';
    case 'low':
      return int32Text(value & ones(Math.min(widthOf(type), 32)));
    case 'high':
      return int32Text((value & ones(widthOf(type))) >> 32n);
    default:
      return '0';
  }
}

/** A name that says what a value is: its field, or the operation that made it. */
function speakingName(node: Expression): string {
  if (node.op === 'extract') {
    const { type } = node.operand;
    const layout = type.kind === 'word' || type.kind === 'pointer' ? type.layout : undefined;
    const width = widthOf(node.type);
    return layout?.fields.find((field) => field.low === node.low && field.width === width)?.name ?? 'bits';
  }
  return node.op === 'arithmetic' || node.op === 'compare' || node.op === 'logical' ? node.name : node.op;
}
