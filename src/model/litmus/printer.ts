import { TextWriter } from '../text/writer.ts';
import { printExpression, printOperand, printVariable } from './expressions.ts';
import { formOf } from './forms.ts';
import type { Part } from './forms.ts';
import type { ExpectedCode, Item, LitmusProgram, Operation, Statement } from './syntax.ts';

/** The canonical text of a litmus program; {@link parseLitmus} of it gives the same program. */
export function printLitmus(program: LitmusProgram): string {
  const writer = new TextWriter();
  writer.format(program.format);
  for (const item of program.items) printItem(writer, item, 0);
  writer.trailing(program.trailing);
  return writer.text();
}

function printItem(writer: TextWriter, item: Item, level: number): void {
  switch (item.kind) {
    case 'machine':
      writer.line(level, ['machine', ...item.settings.map(({ name, value }) => `${name}=${value}`)].join(' '), item);
      return;
    case 'schedule':
      writer.line(level, `schedule ${item.policy}`, item);
      return;
    case 'thread':
      writer.line(level, item.thread === 0 ? 'main:' : `thread ${item.thread}:`, item);
      for (const statement of item.body) printStatement(writer, statement, level + 1);
      return;
    case 'expect': {
      const quantifier = item.quantifier === undefined ? '' : ` in ${item.quantifier}`;
      writer.line(level, `expect ${printCode(item)}${quantifier}`, item);
      return;
    }
    case 'allow':
    case 'forbid':
      writer.line(level, `${item.kind} ${printExpression(item.condition)}`, item);
      return;
    case 'outcomes':
      writer.line(level, 'outcomes {', item);
      for (const outcome of item.outcomes) {
        const values = outcome.values.map(({ variable, value }) => `${printVariable(variable)}=${printOperand(value)}`);
        writer.line(level + 1, values.join(' '), outcome);
      }
      writer.line(level, '}', item.closing);
      return;
    case 'tries':
      writer.line(level, `tries ${item.count} {`, item);
      for (const each of item.body) printItem(writer, each, level + 1);
      writer.line(level, '}', item.closing);
      return;
    default:
      printStatement(writer, item, level);
  }
}

function printStatement(writer: TextWriter, statement: Statement, level: number): void {
  if (statement.kind === 'operation') {
    writer.line(level, printOperation(statement), statement);
    return;
  }
  writer.line(level, `${headerOf(statement)} {`, statement);
  for (const each of statement.body) printStatement(writer, each, level + 1);
  if (statement.kind === 'retry')
    writer.line(level + 1, `until ${printExpression(statement.until.condition)}`, statement.until);
  if (statement.kind === 'if' && statement.otherwise !== undefined) {
    writer.line(level, '} else {', statement.otherwise);
    for (const each of statement.otherwise.body) printStatement(writer, each, level + 1);
  }
  writer.line(level, '}', statement.closing);
}

function headerOf(statement: Exclude<Statement, Operation>): string {
  if (statement.kind === 'repeat') return `repeat ${statement.count}`;
  if (statement.kind === 'await' || statement.kind === 'if')
    return `${statement.kind} ${printExpression(statement.condition)}`;
  return statement.kind;
}

/** The canonical text of one statement; diagnostics show it too. */
export function printOperation(operation: Operation): string {
  const form = formOf(operation.name);
  const words = form === undefined ? [printExpression(operation.operands.value)] : [form.name];
  for (const part of form?.parts ?? []) words.push(...printPart(part, operation));
  if (operation.expected !== undefined) words.push('expect', printCode(operation.expected));
  const results = operation.results.map(printVariable).join(', ');
  return results === '' ? words.join(' ') : `${results} = ${words.join(' ')}`;
}

function printPart(part: Part, operation: Operation): readonly string[] {
  switch (part.kind) {
    case 'operand':
    case 'condition': {
      if (!Object.hasOwn(operation.operands, part.name)) return [];
      const operand = operation.operands[part.name];
      return [part.kind === 'operand' ? printOperand(operand) : printExpression(operand)];
    }
    case 'count':
    case 'power':
      return Object.hasOwn(operation.counts, part.name) ? [String(operation.counts[part.name])] : [];
    case 'choice':
      return Object.hasOwn(operation.words, part.name) ? [operation.words[part.name]] : [];
    case 'sign':
      return [part.sign];
    case 'option': {
      const inner = printPart(part.part, operation);
      return inner.length === 0 ? [] : [part.word, ...inner];
    }
    default:
      return [`{ ${operation.fields.map(printField).join(', ')} }`];
  }
}

function printField({ type, size, offset }: Operation['fields'][number]): string {
  return type === 'ptr' ? `ptr at ${offset}` : `${type} ${size} at ${offset}`;
}

function printCode({ code, detail }: ExpectedCode): string {
  return detail === undefined ? code : `${code}/${detail}`;
}
