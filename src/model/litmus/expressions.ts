import type { LineCursor } from '../text/cursor.ts';
import { RESERVED } from './forms.ts';
import type { Expression, UnaryOperator, Variable } from './syntax.ts';

/** Binary operators by how tightly they bind, loosest first, as in Rust. Comparisons do not chain. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const COMPARISON = 2;
const TIGHTEST = PRECEDENCE.length;

/** Parentheses and prefix operators do not nest deeper than this, so that whoever walks an expression may recurse. */
const MAX_DEPTH = 64;
/** Nor does a chain of operators grow longer. */
const MAX_CHAIN = 256;

/** Signs that begin like an operator but mean something else where an expression may end. */
const NOT_OPERATORS = ['->', '<->'];

/** Reads a whole expression. */
export function parseExpression(cursor: LineCursor, depth = 0): Expression {
  return parseBinary(cursor, 0, depth);
}

/** Reads an operand of a statement: a literal, a name, or an expression in parentheses. */
export function parseOperand(cursor: LineCursor, expected: string): Expression {
  const at = position(cursor);
  if (cursor.line.text.startsWith('-', cursor.mark()) && !cursor.line.text.startsWith('->', cursor.mark())) {
    cursor.sign('-');
    if (!cursor.atInteger) cursor.fail('an integer');
    return { kind: 'unary', operator: '-', operand: parseAtom(cursor, expected, 0), ...at };
  }
  return parseAtom(cursor, expected, 0);
}

/** A name that may be given to a variable. */
export function parseNewVariable(cursor: LineCursor): Variable {
  const at = position(cursor);
  const mark = cursor.mark();
  const name = cursor.name('a variable');
  if (RESERVED.has(name)) {
    cursor.rewind(mark);
    return cursor.fail('a variable (this word is reserved)');
  }
  return { kind: 'variable', name, thread: undefined, ...at };
}

/** `name` or `N:name`. */
export function parseQualifiedVariable(cursor: LineCursor): Variable {
  const at = position(cursor);
  if (!cursor.atInteger) return parseNewVariable(cursor);
  const thread = cursor.count('a thread number', 0, 64);
  cursor.sign(':');
  return { ...parseNewVariable(cursor), thread, ...at };
}

function parseBinary(cursor: LineCursor, level: number, depth: number): Expression {
  if (level === TIGHTEST) return parseUnary(cursor, depth);
  let left = parseBinary(cursor, level + 1, depth);
  for (let length = 0; ; length++) {
    const mark = cursor.mark();
    const operator = tryOperator(cursor, level);
    if (operator === undefined) return left;
    if (length === (level === COMPARISON ? 1 : MAX_CHAIN)) {
      cursor.rewind(mark);
      return cursor.fail('no further operator');
    }
    const right = parseBinary(cursor, level + 1, depth);
    left = { kind: 'binary', operator, left, right, line: left.line, column: left.column };
  }
}

function tryOperator(cursor: LineCursor, level: number): string | undefined {
  const rest = cursor.line.text.slice(cursor.mark(), cursor.mark() + 3);
  if (NOT_OPERATORS.some((sign) => rest.startsWith(sign))) return undefined;
  // The longest operator that stands here decides, so that `<<` is not read as `<` and `&&` not as `&`.
  const longest = PRECEDENCE.flat()
    .filter((candidate) => rest.startsWith(candidate))
    .toSorted((one, other) => other.length - one.length)[0];
  if (longest === undefined || !PRECEDENCE[level].includes(longest)) return undefined;
  cursor.sign(longest);
  return longest;
}

function parseUnary(cursor: LineCursor, depth: number): Expression {
  if (depth === MAX_DEPTH) return cursor.fail('a simpler expression');
  const at = position(cursor);
  for (const operator of ['-', '~', '!'] as const) {
    if (!cursor.trySign(operator)) continue;
    return { kind: 'unary', operator, operand: parseUnary(cursor, depth + 1), ...at };
  }
  if (cursor.tryKeyword('addr'))
    return { kind: 'unary', operator: 'addr', operand: parseUnary(cursor, depth + 1), ...at };
  return parseAtom(cursor, 'a value', depth);
}

function parseAtom(cursor: LineCursor, expected: string, depth: number): Expression {
  if (depth === MAX_DEPTH) return cursor.fail('a simpler expression');
  const at = position(cursor);
  if (cursor.trySign('(')) {
    const inner = parseExpression(cursor, depth + 1);
    cursor.sign(')');
    return inner;
  }
  if (cursor.tryKeyword('null')) return { kind: 'null', ...at };
  if (!cursor.atInteger) {
    const mark = cursor.mark();
    const name = cursor.name(expected);
    if (!RESERVED.has(name)) return { kind: 'variable', name, thread: undefined, ...at };
    cursor.rewind(mark);
    return cursor.fail(expected);
  }
  const hexadecimal = /^0[xX]/.test(cursor.line.text.slice(cursor.mark()));
  const value = cursor.integer();
  if (!cursor.trySign(':')) return { kind: 'integer', value, hexadecimal, ...at };
  if (value > 64n) return cursor.fail('a thread number up to 64 before this');
  return { ...parseNewVariable(cursor), thread: Number(value), ...at };
}

function position(cursor: LineCursor): { readonly line: number; readonly column: number } {
  return { line: cursor.line.number, column: cursor.column };
}

/** The canonical text of an expression, with parentheses only where they are needed. */
export function printExpression(expression: Expression): string {
  return printLevel(expression, 0);
}

/** The canonical text of an operand: in parentheses unless it is one word or a negative number. */
export function printOperand(expression: Expression): string {
  const text = printExpression(expression);
  const bare =
    expression.kind === 'unary'
      ? expression.operator === '-' && expression.operand.kind === 'integer'
      : expression.kind !== 'binary';
  return bare ? text : `(${text})`;
}

function printLevel(expression: Expression, level: number): string {
  switch (expression.kind) {
    case 'integer':
      return expression.hexadecimal ? `0x${expression.value.toString(16)}` : expression.value.toString();
    case 'null':
      return 'null';
    case 'variable':
      return printVariable(expression);
    case 'unary':
      return `${spelled(expression.operator)}${printLevel(expression.operand, TIGHTEST)}`;
    default: {
      const own = PRECEDENCE.findIndex((operators) => operators.includes(expression.operator));
      const left = printLevel(expression.left, own === COMPARISON ? own + 1 : own);
      const text = `${left} ${expression.operator} ${printLevel(expression.right, own + 1)}`;
      return own < level ? `(${text})` : text;
    }
  }
}

function spelled(operator: UnaryOperator): string {
  return operator === 'addr' ? 'addr ' : operator;
}

export function printVariable(variable: Variable): string {
  return variable.thread === undefined ? variable.name : `${variable.thread}:${variable.name}`;
}
