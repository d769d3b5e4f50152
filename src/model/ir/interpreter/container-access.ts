import type { ContainerOperation } from '../statement.ts';
import { shapeAt } from '../state.ts';
import type { Steps } from './access.ts';
import type { Execution, StatementOf } from './execution.ts';
import type { GrowingMember, ListMember, MapMember } from './store.ts';
import { bitsOf, scalarOf, type RuntimeValue, type ScalarValue } from './values.ts';

interface Given {
  readonly name: ContainerOperation;
  readonly operands: readonly ScalarValue[];
  readonly fields: Readonly<Record<string, ScalarValue>>;
}

/** One operation on a container as a whole, in one step. */
export function* accessContainer(run: Execution, statement: StatementOf<'container'>): Steps<void> {
  const location = run.locate(statement.path);
  const operands = statement.operands.map((operand) => scalarOf(run.value(operand)));
  const fields = Object.entries(statement.fields ?? {}).map(([name, field]) => [name, scalarOf(run.value(field))]);
  const given: Given = { name: statement.name, operands, fields: Object.fromEntries(fields) };
  yield* run.step('container', statement, 'plain', location);

  run.checkContained(location, statement);
  const { store } = run.surroundings;
  const shape = shapeAt(statement.path);
  const answer =
    shape.kind === 'growing'
      ? growing(store.member('growing', location), given)
      : shape.kind === 'list'
        ? list(store.member('list', location), given, shape.order)
        : map(store.member('map', location), given);
  if (statement.into !== undefined && answer !== undefined) run.locals.set(statement.into, answer);
}

function growing(container: GrowingMember, { name, fields }: Given): RuntimeValue | undefined {
  switch (name) {
    case 'push':
      return BigInt(container.records.push({ ...fields }) - 1);
    case 'length':
      return BigInt(container.records.length);
    case 'clear':
      container.records = [];
      return undefined;
    default:
      throw new TypeError(`a growing container has no operation "${name}"`);
  }
}

function list(container: ListMember, { name, operands }: Given, order: 'lifo' | 'fifo'): RuntimeValue | undefined {
  switch (name) {
    case 'push':
      container.elements.push(operands[0]);
      return undefined;
    case 'pop':
      return { inner: order === 'lifo' ? container.elements.pop() : container.elements.shift() };
    case 'length':
      return BigInt(container.elements.length);
    case 'clear':
      container.elements = [];
      return undefined;
    default:
      throw new TypeError(`a list has no operation "${name}"`);
  }
}

/** Keys are compared by their bits: pointers by address. */
function map(container: MapMember, { name, operands }: Given): RuntimeValue | undefined {
  const [key, value] = operands;
  switch (name) {
    case 'get':
      return { inner: container.entries.get(bitsOf(key)) };
    case 'set':
      container.entries.set(bitsOf(key), value);
      return undefined;
    case 'delete':
      container.entries.delete(bitsOf(key));
      return undefined;
    case 'length':
      return BigInt(container.entries.size);
    case 'clear':
      container.entries.clear();
      return undefined;
    default:
      throw new TypeError(`a map has no operation "${name}"`);
  }
}
