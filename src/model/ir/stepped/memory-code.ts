import type { Expression } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { widthOf } from '../type.ts';
import type { EntryCompiler } from './entry-compiler.ts';
import type { StatementOf } from './flow.ts';

export type MemoryStatement = StatementOf<
  'reclaim' | 'expose' | 'fromExposed' | 'offset' | 'allocate' | 'deallocate' | 'read' | 'write'
>;

/** Simulated memory: a call of the client, whose fault code is checked, and results in its fields. */
export function emitMemory(to: EntryCompiler, statement: MemoryStatement): void {
  const fault = to.bind('fault', `host.${statement.kind}(S, t, ${argumentTexts(to, statement)})`);
  to.writer.line(`if (${fault} !== 0) return order.raise(${fault}, ${to.numberOf(statement)});`);
  if ('into' in statement) to.set(statement.into, (component: Component) => `host.${component}`);
}

function argumentTexts(to: EntryCompiler, statement: MemoryStatement): string {
  const texts = (...values: readonly Expression[]): readonly string[] =>
    values.flatMap((value) => to.values.components(value));
  switch (statement.kind) {
    case 'reclaim':
    case 'expose':
      return texts(statement.pointer).join(', ');
    case 'fromExposed':
      return texts(statement.address).join(', ');
    case 'offset':
      return texts(statement.pointer, statement.delta).join(', ');
    case 'allocate':
      return `${sizeText(to, statement.size)}, ${statement.alignment}`;
    case 'deallocate':
      return [...texts(statement.pointer), sizeText(to, statement.size), statement.alignment].join(', ');
    case 'read': {
      const { type } = statement.into;
      return [...texts(statement.pointer), Math.ceil(widthOf(type) / 8), type.kind === 'pointer'].join(', ');
    }
    case 'write': {
      const { type } = statement.value;
      const value = [...texts(statement.value), '0', '0'].slice(0, 3);
      return [...texts(statement.pointer), Math.ceil(widthOf(type) / 8), type.kind === 'pointer', ...value].join(', ');
    }
  }
}

/** A size in bytes as a number: up to 2^64, where no allocation fits any more. */
function sizeText(to: EntryCompiler, size: Expression): string {
  const high = to.values.high(size);
  const low = to.values.unsignedLow(size);
  return high === '0' ? low : `(${to.values.unsignedHigh(size)}) * 4294967296 + (${low})`;
}
