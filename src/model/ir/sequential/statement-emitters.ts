import type { Block, Statement, StatementKind } from '../statement.ts';
import { emitContainer } from './container-emitters.ts';
import { emitLock } from './lock-emitter.ts';
import { MEMORY_EMITTERS } from './memory-emitters.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import { STATE_EMITTERS } from './state-emitters.ts';
import { RETRY_LIMIT } from '../engine.ts';
import { componentsOf } from '../type.ts';
import { isAtom } from '../javascript/operator-text.ts';
import { commentText } from '../javascript/source-writer.ts';
import type { Component } from '../javascript/demands.ts';

export type StatementOf<K extends StatementKind> = Extract<Statement, { readonly kind: K }>;
export type Emitters<K extends StatementKind> = {
  readonly [Kind in K]: (to: OperationCompiler, statement: StatementOf<Kind>) => void;
};

/** Writes the code of one statement. */
export function emitStatement(to: OperationCompiler, statement: Statement): void {
  const emit = EMITTERS[statement.kind] as (to: OperationCompiler, statement: Statement) => void;
  emit(to, statement);
}

function emitLet(to: OperationCompiler, { into, value }: StatementOf<'let'>): void {
  const keeps = to.values.isChanging(value);
  for (const component of componentsOf(into.type) as readonly Component[]) {
    if (!to.demands.isUsed(into, component)) continue;
    const text = to.values.component(value, component);
    if (isAtom(text) && !keeps) to.alias(into, component, text);
    else {
      const suffix = componentsOf(into.type).length === 1 ? '' : `_${component}`;
      to.alias(into, component, to.bind(`${into.name}${suffix}`, text));
    }
  }
}

function emitIf(to: OperationCompiler, statement: StatementOf<'if'>): void {
  to.writer.open(`if (${to.values.truth(statement.condition)}) {`);
  emitBranch(to, statement, 0, statement.then);
  if (statement.otherwise.length > 0 || to.context.coverage || to.context.path) {
    to.writer.turn('} else {');
    emitBranch(to, statement, 1, statement.otherwise);
  }
  to.writer.close();
}

function emitBranch(to: OperationCompiler, statement: Statement, outcome: number, block: Block): void {
  to.reach(statement, outcome);
  to.block(block);
}

function emitGuard(to: OperationCompiler, statement: StatementOf<'guard'>): void {
  const condition = to.values.truth(statement.condition);
  to.writer.open(`if (!(${condition})) { // guard ${commentText(statement.name)}`);
  to.inBlock(() => {
    to.reach(statement, 1);
    to.exits.return(statement.result);
  });
  to.writer.close();
  to.reach(statement, 0);
}

function emitLoop(to: OperationCompiler, statement: StatementOf<'loop'>): void {
  const { count, atMost, index, body } = statement;
  const bound = to.values.possible.of(count) <= BigInt(atMost);
  const given = to.values.unsignedLow(count);
  const limit = to.bind('passes', bound ? given : `Math.min(${given}, ${atMost})`);
  const counter = to.counter(index, atMost);
  to.exits.inLoop('loop', (label) => {
    to.writer.open(`${label}: for (let ${counter} = 0; ${counter} < ${limit}; ${counter}++) {`);
    to.reach(statement, 0);
    to.block(body);
    to.writer.close();
  });
}

function emitRetry(to: OperationCompiler, statement: StatementOf<'retry'>): void {
  to.exits.inLoop('retry', (label) => {
    to.writer.open(`${label}: for (let pass = 0; ; pass++) {`);
    to.writer.line(`if (pass === ${RETRY_LIMIT}) ${to.raise('livelock', statement)}`);
    to.reach(statement, 0);
    to.block(statement.body);
    to.writer.close();
  });
}

/** Run alone, nobody else can make the condition true. */
function emitAwait(to: OperationCompiler, statement: StatementOf<'await'>): void {
  to.writer.open('{ // await');
  to.inBlock(() => {
    to.statements(statement.body);
    to.writer.line(`if (!(${to.values.truth(statement.condition)})) ${to.raise('deadlock', statement)}`);
  });
  to.writer.close();
}

function emitInline(to: OperationCompiler, { operation, into, body }: StatementOf<'inline'>): void {
  if (into !== undefined) to.declareVariable(into);
  to.exits.inInline(operation.name, into, () => to.statements(body));
}

function emitAssert(to: OperationCompiler, statement: StatementOf<'assert'>): void {
  to.writer.line(`if (!(${to.values.truth(statement.condition)})) ${to.raise('assertion', statement)}`);
}

/** The operations that the driver runs here use the same path; that of this call goes on afterwards. */
function emitCallback(to: OperationCompiler, { name }: StatementOf<'callback'>): void {
  const saved = to.context.path ? to.bind('saved', 'path.slice(0, engine.pathLength)') : undefined;
  to.writer.line(`host.callback(${JSON.stringify(name)});`);
  if (saved === undefined) return;
  to.writer.line(`path.set(${saved});`);
  to.writer.line(`engine.pathLength = ${saved}.length;`);
}

function emitMayPanic(to: OperationCompiler, { name }: StatementOf<'mayPanic'>): void {
  const text = JSON.stringify(name);
  to.writer.line(`if (host.mayPanic(${text})) throw new OperationPanic(${text});`);
}

function emitUnwinding(to: OperationCompiler, { body, onUnwind }: StatementOf<'unwinding'>): void {
  to.writer.open('try {');
  to.block(body);
  to.writer.turn('} catch (panic) {');
  to.writer.line('if (!(panic instanceof OperationPanic)) throw panic;');
  to.block(onUnwind);
  to.writer.line('throw panic;');
  to.writer.close();
}

const EMITTERS: Emitters<StatementKind> = {
  ...STATE_EMITTERS,
  ...MEMORY_EMITTERS,
  container: emitContainer,
  lock: emitLock,
  let: emitLet,
  assign: (to, { into, value }) => to.assign(into, value),
  // One thread at a time sees every store in order.
  fence: () => {},
  if: emitIf,
  guard: emitGuard,
  return: (to, { value }) => to.exits.return(value),
  loop: emitLoop,
  retry: emitRetry,
  leave: (to) => to.exits.leave(),
  await: emitAwait,
  inline: emitInline,
  assert: emitAssert,
  callback: emitCallback,
  mayPanic: emitMayPanic,
  unwinding: emitUnwinding,
};
