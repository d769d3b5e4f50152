import { operandsOf, visitExpressions, type Expression, type Local } from './expression.ts';
import type { Layout } from './layout.ts';
import { expressionsOf, type Statement } from './statement.ts';
import { typeText, widthOf } from './type.ts';

const INFIX: Readonly<Partial<Record<string, string>>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  rem: '%',
  and: '&',
  or: '|',
  xor: '^',
  shl: '<<',
  shr: '>>',
  signedShr: 'signed >>',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  signedLt: 'signed <',
};

/**
 * The expressions of one statement as text. A computation that occurs twice among them is printed once, as a definition, because it
 * is one computation (and because a chain of such would otherwise be exponentially long).
 */
export class ExpressionText {
  readonly #names: ReadonlyMap<Local, string>;
  readonly #shared = new Map<Expression, string>();

  constructor(roots: readonly Expression[], names: ReadonlyMap<Local, string>) {
    this.#names = names;
    const uses = new Map<Expression, number>();
    const use = (node: Expression): void => void uses.set(node, (uses.get(node) ?? 0) + 1);
    roots.forEach(use);
    visitExpressions(roots, (node) => operandsOf(node).forEach(use));
    visitExpressions(roots, (node) => {
      if ((uses.get(node) ?? 0) > 1 && !isShort(node)) this.#shared.set(node, `%${this.#shared.size + 1}`);
    });
  }

  static ofStatement(statement: Statement, names: ReadonlyMap<Local, string>): ExpressionText {
    return new ExpressionText(expressionsOf(statement), names);
  }

  /** The lines that come before the statement. */
  definitions(): readonly string[] {
    return [...this.#shared].map(([node, name]) => `${name}: ${typeText(node.type)} = ${this.#text(node)}`);
  }

  /** The expression; one that needs brackets inside another has none here. */
  of(node: Expression): string {
    return this.#shared.get(node) ?? this.#text(node);
  }

  #operand(node: Expression): string {
    const text = this.of(node);
    return this.#shared.has(node) || !isInfix(node) ? text : `(${text})`;
  }

  #text(node: Expression): string {
    switch (node.op) {
      case 'constant':
        return constantText(node);
      case 'local':
        return this.#names.get(node.local) ?? node.local.name;
      case 'arithmetic':
      case 'compare': {
        const [left, right] = [this.#operand(node.left), this.#operand(node.right)];
        const infix = INFIX[node.name];
        return infix === undefined ? `${node.name}(${left}, ${right})` : `${left} ${infix} ${right}`;
      }
      case 'complement':
        return `~${this.#operand(node.operand)}`;
      case 'logical':
        if (node.name === 'not') return `not ${this.#operand(node.operands[0])}`;
        return node.operands.map((operand) => this.#operand(operand)).join(` ${node.name} `);
      case 'resize':
        return `${this.#operand(node.operand)} as ${widthOf(node.type)}`;
      case 'extract':
        return this.#operand(node.operand) + bitsText(layoutOf(node.operand), node.low, widthOf(node.type));
      case 'insert': {
        const bits = bitsText(layoutOf(node), node.low, widthOf(node.bits.type));
        return `${this.#operand(node.operand)} with ${bits} = ${this.#operand(node.bits)}`;
      }
      default:
        return this.#callText(node);
    }
  }

  #callText(node: Exclude<Expression, { op: 'constant' | 'local' }>): string {
    if (node.op === 'none') return 'NONE';
    return `${node.op}(${operandsOf(node)
      .map((operand) => this.of(operand))
      .join(', ')})`;
  }
}

/** Locals, constants and fields of locals are shorter than a name for them would be. */
function isShort(node: Expression): boolean {
  return operandsOf(node).length === 0 || (node.op === 'extract' && isShort(node.operand));
}

function isInfix(node: Expression): boolean {
  if (node.op === 'arithmetic' || node.op === 'compare') return INFIX[node.name] !== undefined;
  return ['logical', 'resize', 'insert', 'complement'].includes(node.op);
}

function layoutOf(node: Expression): Layout | undefined {
  return 'layout' in node.type ? node.type.layout : undefined;
}

/** A field by its name, `.generation`, or a range of bits, `[3..8]`, both ends included. */
function bitsText(layout: Layout | undefined, low: number, width: number): string {
  const field = layout?.fields.find((each) => each.low === low && each.width === width);
  return field === undefined ? `[${low}..${low + width - 1}]` : `.${field.name}`;
}

/** Large values in hexadecimal: they are masks and bit patterns. */
function constantText({ type, value }: Extract<Expression, { op: 'constant' }>): string {
  if (type.kind === 'boolean') return value === 0n ? 'false' : 'true';
  if (type.kind === 'pointer') return value === 0n ? 'null' : `0x${value.toString(16)}`;
  return value > 0xffffn ? `0x${value.toString(16)}` : value.toString();
}
