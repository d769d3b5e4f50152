import type { VerdictCode } from '../vocabulary/verdicts.ts';
import type { LitmusCode } from './code.ts';
import { compileExpression } from './evaluation.ts';
import { printExpression, printVariable } from './expressions.ts';
import type { Finding } from './finding.ts';
import { Frame } from './frame.ts';
import type { CodeExpectation, Expectation, ExpectedCode, Expression, LitmusProgram } from './syntax.ts';
import type { Operation, OutcomesExpectation, Position, StateExpectation, Statement, Variable } from './syntax.ts';

/** What one execution came to. */
export interface Execution {
  readonly finding: Finding | undefined;
  /** The final values of the named variables; undefined when the execution was stopped or dropped. */
  readonly outcome: string | undefined;
  /** The final frames, by the position of the thread in the code; empty when there is no outcome. */
  readonly frames: readonly Frame[];
}

/** An expectation that does not hold, or a finding that nothing expects. */
export interface Missed extends Position {
  readonly message: string;
}

/** Executions that are judged together: one for the file itself, or those of a `tries`. */
export interface Group {
  /** How many seeds it is about; undefined for the file itself, which is explored where it has several threads. */
  readonly tries: number | undefined;
  readonly expectations: readonly (CodeExpectation | OutcomesExpectation | StateExpectation)[];
}

/** Without any expectation a file expects to be clean. Without `tries`, or with expectations beside them, the file itself counts too. */
export function groupsOf(program: LitmusProgram): readonly Group[] {
  const all = program.items.filter(isExpectation);
  const own = all.filter((item) => item.kind !== 'tries');
  const groups: Group[] = [];
  for (const item of all) if (item.kind === 'tries') groups.push({ tries: item.count, expectations: item.body });
  if (own.length > 0 || groups.length === 0) groups.unshift({ tries: undefined, expectations: own });
  return groups;
}

function isExpectation(item: LitmusProgram['items'][number]): item is Expectation {
  return ['expect', 'outcomes', 'allow', 'forbid', 'tries'].includes(item.kind);
}

/** The variables that the expectations of a program name, each once. */
export function namedVariables(program: LitmusProgram): readonly Variable[] {
  const found = new Map<string, Variable>();
  const visit = (expression: Expression): void => {
    if (expression.kind === 'variable') found.set(printVariable(expression), expression);
    if (expression.kind === 'unary') visit(expression.operand);
    if (expression.kind !== 'binary') return;
    visit(expression.left);
    visit(expression.right);
  };
  for (const group of groupsOf(program))
    for (const expectation of group.expectations) {
      if (expectation.kind === 'allow' || expectation.kind === 'forbid') visit(expectation.condition);
      if (expectation.kind === 'outcomes')
        for (const { values } of expectation.outcomes) for (const { variable } of values) visit(variable);
    }
  return [...found.values()];
}

/** What is wrong with a group of executions; nothing when it is as expected. */
export function judge(
  program: LitmusProgram,
  code: LitmusCode,
  group: Group,
  executions: readonly Execution[],
): readonly Missed[] {
  const missed: Missed[] = [];
  const marked = markedStatements(program);
  for (const statement of marked)
    if (!executions.some(({ finding }) => finding !== undefined && marks(statement, finding)))
      missed.push({ ...statement.at, message: `${spelled(statement.expected)} was expected here` });
  const unexpected = new Map<string, Missed>();
  for (const { finding } of executions) {
    if (finding === undefined || marked.some((statement) => marks(statement, finding))) continue;
    if (group.expectations.some((each) => each.kind === 'expect' && matches(each, finding))) continue;
    const { line, column } = finding;
    const message = `${spelled(finding)} was not expected: ${finding.summary}`;
    unexpected.set(`${line}:${column}:${message}`, { line, column, message });
  }
  missed.push(...unexpected.values());
  for (const expectation of group.expectations) {
    const message = problemOf(code, expectation, executions);
    if (message !== undefined) missed.push({ ...expectation.at, message });
  }
  return missed;
}

function problemOf(
  code: LitmusCode,
  expectation: Group['expectations'][number],
  executions: readonly Execution[],
): string | undefined {
  switch (expectation.kind) {
    case 'expect':
      return problemOfCode(expectation, executions);
    case 'outcomes':
      return problemOfOutcomes(code, expectation, executions);
    default: {
      const condition = finalEvaluator(code, expectation.condition);
      const holds = executions.some(({ frames }) => frames.length > 0 && condition(frames) !== 0n);
      if (holds === (expectation.kind === 'allow')) return undefined;
      const text = printExpression(expectation.condition);
      return holds ? `${text} must not come out, and it did` : `${text} must come out, and it never did`;
    }
  }
}

function problemOfCode(expectation: CodeExpectation, executions: readonly Execution[]): string | undefined {
  const isHit = ({ finding, outcome }: Execution): boolean =>
    finding === undefined ? expectation.code === 'clean' && outcome !== undefined : matches(expectation, finding);
  // Outside `tries`, clean means that no execution finds anything, and a code that some execution finds it.
  const quantifier = expectation.quantifier ?? (expectation.code === 'clean' ? 'all' : 'some');
  const held = quantifier === 'all' ? executions.every(isHit) : executions.some(isHit);
  if (held) return undefined;
  const where = expectation.quantifier === undefined ? '' : ` in ${expectation.quantifier}`;
  return `${spelled(expectation)} was expected${where}, and did not come out`;
}

function problemOfOutcomes(
  code: LitmusCode,
  expectation: OutcomesExpectation,
  executions: readonly Execution[],
): string | undefined {
  const wanted = new Set<string>();
  const names = new Map<string, Variable>();
  for (const { values } of expectation.outcomes)
    for (const { variable } of values) names.set(printVariable(variable), variable);
  const variables = [...names.values()].toSorted((one, other) => (printVariable(one) < printVariable(other) ? -1 : 1));
  for (const { values } of expectation.outcomes) {
    const byName = new Map(values.map(({ variable, value }) => [printVariable(variable), value]));
    const texts = variables.map((variable) => {
      const value = byName.get(printVariable(variable));
      return `${printVariable(variable)}=${value === undefined ? '?' : finalEvaluator(code, value)([])}`;
    });
    wanted.add(texts.join(' '));
  }
  const evaluators = variables.map((variable) => finalEvaluator(code, variable));
  const found = new Set<string>();
  for (const { frames } of executions) {
    if (frames.length === 0) continue;
    const texts = variables.map((variable, index) => `${printVariable(variable)}=${evaluators[index](frames)}`);
    found.add(texts.join(' '));
  }
  const absent = [...wanted].filter((outcome) => !found.has(outcome));
  const extra = [...found].filter((outcome) => !wanted.has(outcome));
  if (absent.length + extra.length === 0) return undefined;
  const parts = [
    absent.length > 0 ? `never came out: ${absent.join(', ')}` : '',
    extra.length > 0 ? `came out beside them: ${extra.map((outcome) => outcome || 'any end at all').join(', ')}` : '',
  ];
  return `the outcomes are not these: ${parts.filter((part) => part !== '').join('; ')}`;
}

/** Evaluates an expression over the final frames of all threads. */
function finalEvaluator(code: LitmusCode, expression: Expression): (frames: readonly Frame[]) => bigint {
  const places: { readonly index: number; readonly slot: number }[] = [];
  const evaluate = compileExpression(expression, (variable) => {
    const { thread, slot } = code.locate(variable);
    const index = code.threads.findIndex((each) => each.thread === thread);
    return places.push({ index, slot }) - 1;
  });
  return (frames) => {
    const gathered = new Frame(0, places.length);
    places.forEach(({ index, slot }, at) => {
      if (index < frames.length) gathered.set(at, frames[index].get(slot));
    });
    return evaluate(gathered).bits;
  };
}

/** The statements that say by themselves what they must give. */
function markedStatements(program: LitmusProgram): readonly (Operation & { readonly expected: ExpectedCode })[] {
  const found: (Operation & { readonly expected: ExpectedCode })[] = [];
  const visit = (statement: Statement): void => {
    if (statement.kind === 'operation') {
      if (statement.expected !== undefined) found.push({ ...statement, expected: statement.expected });
      return;
    }
    statement.body.forEach(visit);
    if (statement.kind === 'if') statement.otherwise?.body.forEach(visit);
  };
  for (const item of program.items) {
    if (item.kind === 'thread') item.body.forEach(visit);
    else if (item.kind !== 'machine' && item.kind !== 'schedule' && !isExpectation(item)) visit(item);
  }
  return found;
}

function marks(statement: Operation & { readonly expected: ExpectedCode }, finding: Finding): boolean {
  return finding.line === statement.at.line && matches(statement.expected, finding);
}

function matches(expected: ExpectedCode, finding: { readonly code: VerdictCode; readonly detail: string }): boolean {
  return expected.code === finding.code && (expected.detail === undefined || expected.detail === finding.detail);
}

function spelled({ code, detail }: { readonly code: string; readonly detail?: string | undefined }): string {
  return detail === undefined || detail === code ? code : `${code}/${detail}`;
}
