import type { CellPlan, ContainerPlan, LockPlan, StatePlan } from './state-plan.ts';

/** Where the newest value of a location stands that has messages; -1 for one that has none. */
export type NewestPlace = (state: Int32Array, location: number) => number;

/**
 * The shared state of a row as names and values, for people: cells (the newest value of those with messages), locks that are held,
 * and how long containers are.
 */
export function stateText(plan: StatePlan, state: Int32Array, newest: NewestPlace): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  for (const [key, part] of plan.members) {
    const [root, member] = key.split('/');
    const name = (record: number, count: number): string =>
      `${root}${count > 1 ? `[${record}]` : ''}${member === '' ? '' : `.${member}`}`;
    for (let record = 0; record < part.count * part.owners; record++) {
      const own = name(record, part.count * part.owners);
      if ('poisons' in part) told.set(own, lockText(part, state, record));
      else if ('fields' in part) containerText(part, state, record, own, newest, told);
      else told.set(own, cellText(part, state, record, newest));
    }
  }
  return told;
}

function lockText({ base }: LockPlan, state: Int32Array, record: number): string {
  const held = state[base + record * 2];
  return held === 0 ? 'free' : held < 0 ? 'held' : `held by ${held} reader${held === 1 ? '' : 's'}`;
}

function containerText(
  container: ContainerPlan,
  state: Int32Array,
  record: number,
  name: string,
  newest: NewestPlace,
  told: Map<string, string>,
): void {
  const begin = container.base + record * container.stride;
  const length = state[begin];
  if (container.kind !== 'growing') {
    const words = container.keyWords + container.valueWords;
    const entries = Array.from({ length }, (_, entry) => {
      const at = begin + 1 + entry * words;
      const value = valueText(state, at + container.keyWords, container.valueWords);
      return container.keyWords === 0 ? value : `${valueText(state, at, container.keyWords)}: ${value}`;
    });
    told.set(name, `{${entries.join(', ')}}`);
    return;
  }
  for (let element = 0; element < length; element++)
    for (const [field, cell] of container.fields)
      told.set(`${name}[${element}].${field}`, cellText(cell, state, record * cell.elements + element, newest));
}

function cellText(cell: CellPlan, state: Int32Array, number: number, newest: NewestPlace): string {
  const message = cell.location < 0 ? -1 : newest(state, cell.location + number);
  return valueText(state, message < 0 ? cell.base + number * cell.stride : message, cell.stride);
}

/** A value in decimal where it is short, in hexadecimal where it has two halves. */
function valueText(state: Int32Array, at: number, words: number): string {
  const low = state[at] >>> 0;
  if (words === 1) return String(low);
  const high = state[at + 1] >>> 0;
  return `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
}
