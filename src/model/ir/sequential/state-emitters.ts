import type { Expression, Local } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { operand } from '../javascript/operator-text.ts';
import { BOOLEAN, componentsOf, type ScalarType } from '../type.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import { placeCode, type PlaceCode } from './places.ts';
import type { Emitters, StatementOf } from './statement-emitters.ts';

/** Reads and writes of the state. Run alone, orderings make no difference and a weak compare-exchange has no reason to fail. */
export const STATE_EMITTERS: Emitters<'load' | 'store' | 'exchange' | 'compareExchange' | 'fetch'> = {
  load: (to, statement) => {
    const place = placeCode(to, statement.place, statement);
    to.bindLocal(statement.into, (component) => place.read(component));
  },
  store: (to, statement) => {
    const place = placeCode(to, statement.place, statement);
    write(to, place, statement.place.type, statement.value);
  },
  exchange: (to, statement) => {
    const place = placeCode(to, statement.place, statement);
    to.bindLocal(statement.into, (component) => place.read(component));
    write(to, place, statement.place.type, statement.value);
  },
  compareExchange: emitCompareExchange,
  fetch: (to, statement) => {
    const place = placeCode(to, statement.place, statement);
    to.bindLocal(statement.into, (component) => place.read(component));
    write(to, place, statement.place.type, changed(to, statement));
  },
};

function write(to: OperationCompiler, place: PlaceCode, type: ScalarType, value: Expression): void {
  const components = componentsOf(type) as readonly Component[];
  const texts = components.map((component) => to.values.component(value, component));
  components.forEach((component, index) => place.write(component, texts[index]));
}

function emitCompareExchange(to: OperationCompiler, statement: StatementOf<'compareExchange'>): void {
  const { into, success, expected, desired, place: at } = statement;
  const place = placeCode(to, at, statement);
  to.bindLocal(into, (component) => place.read(component));
  const equal = made(to, statement, () => ({
    op: 'compare',
    type: BOOLEAN,
    name: 'eq',
    left: localExpression(into),
    right: expected,
  }));
  const components = componentsOf(at.type) as readonly Component[];
  const texts = components.map((component) => to.values.component(desired, component));
  to.bindLocal(success, () => `${operand(to.values.truth(equal))} ? 1 : 0`);
  to.writer.open(`if (${to.values.truth(equal)}) {`);
  components.forEach((component, index) => place.write(component, texts[index]));
  to.writer.close();
}

/** The new value of a fetch-and-op as an expression over the old one. */
function changed(to: OperationCompiler, statement: StatementOf<'fetch'>): Expression {
  const { name, into, value } = statement;
  return made(to, statement, () => ({
    op: 'arithmetic',
    type: into.type,
    name,
    left: localExpression(into),
    right: value,
  }));
}

function made(to: OperationCompiler, statement: StatementOf<'fetch' | 'compareExchange'>, make: () => Expression) {
  const expression = to.made.get(statement) ?? make();
  to.made.set(statement, expression);
  return expression;
}

function localExpression(local: Local): Expression {
  return { op: 'local', type: local.type, local };
}
