import { visitExpressions, type ConditionWatch, type Expression, type Local } from './expression.ts';
import type { Operation } from './operation.ts';
import { BuildError, type Site } from './site.ts';
import { expressionsOf, type Block, type Statement } from './statement.ts';
import { sameType, typeText, type ValueType } from './type.ts';
import { coerce, NONE, Value } from './value.ts';

/** What an author may return: a value, a literal of the operation's type, NONE. */
export type Answer = Value | number | bigint | typeof NONE;

/** An operation that is being recorded, itself or inlined: its returns wait until the type of its answer is known. */
interface Frame {
  readonly operation: Operation;
  readonly answers: { readonly answer: Answer; readonly site: Site; settle(value: Expression): void }[];
  /** Where the operation ends without an answer. */
  readonly silences: Site[];
  /** How many blocks were open around the operation: a loop among those is not its own. */
  readonly depth: number;
}

interface OpenBlock {
  readonly statements: Statement[];
  readonly locals: Set<Local>;
  readonly loops: boolean;
}

/** The blocks, locals and frames of one recording; the builder adds statements through it, the checks live here. */
export class Recording {
  readonly locals: Local[] = [];
  readonly #blocks: OpenBlock[] = [];
  readonly #frames: Frame[] = [];
  readonly #watch: ConditionWatch = [];
  readonly #used = new Set<Expression>();

  get frame(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  /** Whether a retry or loop of the current operation is open, so that `leave` has something to leave. */
  get insideLoop(): boolean {
    return this.#blocks.slice(this.frame.depth).some((block) => block.loops);
  }

  /** Notes what a guard or a return answers, undefined for nothing; `settle` is told the expression once its type is known. */
  answer(answer: Answer | undefined, site: Site, settle: (value: Expression) => void): void {
    const { answers, silences } = this.frame;
    if (answer === undefined) {
      silences.push(site);
      return;
    }
    if (answer instanceof Value) this.#checkScope([answer.expression], site);
    answers.push({ answer, site, settle });
  }

  local(name: string, type: ValueType, mutable = false): Local {
    const local: Local = { id: this.locals.length, name, type, mutable, watch: this.#watch };
    this.locals.push(local);
    this.#blocks.at(-1)?.locals.add(local);
    return local;
  }

  add(statement: Statement): void {
    this.#checkScope(expressionsOf(statement), statement.site);
    this.append(statement);
  }

  /** Adds a statement whose expressions were checked inside the block that it closes. */
  append(statement: Statement): void {
    (this.#blocks.at(-1) as OpenBlock).statements.push(statement);
  }

  block(body: () => void, loops = false): Block {
    const open: OpenBlock = { statements: [], locals: new Set(), loops };
    this.#blocks.push(open);
    try {
      body();
    } finally {
      this.#blocks.pop();
    }
    return open.statements;
  }

  /** Records a body as an operation of its own and gives the type of its answer. */
  inFrame(operation: Operation, body: () => void): { readonly body: Block; readonly result: ValueType | undefined } {
    const frame: Frame = { operation, answers: [], silences: [], depth: this.#blocks.length };
    this.#frames.push(frame);
    const statements = this.block(body);
    this.#frames.pop();
    // First of all, since a branch that was never recorded explains most other mistakes.
    if (this.#frames.length === 0) this.#checkConditions();
    const result = operation.returns ?? answerType(frame);
    for (const { answer, site, settle } of frame.answers) settle(settled(answer, result, site));
    const [silence] = frame.silences;
    if (result !== undefined && silence !== undefined)
      throw new BuildError(`this operation answers ${typeText(result)}; give an answer here too`, silence);
    if (result !== undefined && !alwaysAnswers(statements))
      throw new BuildError('this operation can end without an answer; end it with $.return', operation.site);
    return { body: statements, result };
  }

  /** A condition that nothing used was given to a host `if`, which always takes its first branch. */
  #checkConditions(): void {
    const lost = this.#watch.find(({ expression }) => !this.#used.has(expression));
    if (lost === undefined) return;
    throw new BuildError(
      'this condition is never used: a host `if` cannot see it; write $.if, $.guard, $.assert or $.select',
      lost.site,
    );
  }

  #checkScope(roots: readonly Expression[], site: Site): void {
    visitExpressions(roots, (node) => {
      this.#used.add(node);
      if (node.op !== 'local' || this.#blocks.some((block) => block.locals.has(node.local))) return;
      throw new BuildError(
        `the value "${node.local.name}" is used outside the block that made it; keep it in a $.variable declared before the block`,
        site,
      );
    });
  }
}

function answerType(frame: Frame): ValueType | undefined {
  const given = frame.answers.filter(({ answer }) => answer !== NONE);
  const typed = given.find(({ answer }) => answer instanceof Value);
  if (typed === undefined) {
    if (frame.answers.length === 0) return undefined;
    throw new BuildError('the type of the answer is not known; give its kind to operation()', frame.operation.site);
  }
  const { type } = typed.answer as Value;
  if (given.length === frame.answers.length || type.kind === 'option') return type;
  return { kind: 'option', of: type };
}

function settled(answer: Answer, result: ValueType | undefined, site: Site): Expression {
  if (result === undefined) throw new BuildError('this operation gives no answer elsewhere', site);
  if (answer instanceof Value && result.kind !== 'option' && !sameType(answer.type, result))
    throw new BuildError(`the answer is ${typeText(result)} elsewhere, here ${typeText(answer.type)}`, site);
  return coerce(answer, result, site);
}

/** Whether control never falls off the end of a block. */
function alwaysAnswers(block: Block): boolean {
  return block.some((statement) => {
    switch (statement.kind) {
      case 'return':
        return true;
      case 'if':
        return alwaysAnswers(statement.then) && alwaysAnswers(statement.otherwise);
      case 'lock':
      case 'unwinding':
        return alwaysAnswers(statement.body);
      case 'retry':
        return !leaves(statement.body);
      default:
        return false;
    }
  });
}

function leaves(block: Block): boolean {
  return block.some((statement) => {
    if (statement.kind === 'leave') return true;
    if (statement.kind === 'if') return leaves(statement.then) || leaves(statement.otherwise);
    return (statement.kind === 'lock' || statement.kind === 'unwinding') && leaves(statement.body);
  });
}
