import { Kind } from '../../memory/kinds.ts';
import type { Expression, Local } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { operand } from '../javascript/operator-text.ts';
import type { Statement } from '../statement.ts';
import { widthOf } from '../type.ts';
import type { OperationCompiler } from './operation-compiler.ts';
import type { Emitters, StatementOf } from './statement-emitters.ts';

type MemoryKind = 'reclaim' | 'expose' | 'fromExposed' | 'offset' | 'allocate' | 'deallocate' | 'read' | 'write';

/** Simulated memory: a call, whose fault code is checked, and results in the fields of the memory. */
export const MEMORY_EMITTERS: Emitters<MemoryKind> = {
  reclaim: (to, statement) => call(to, statement, `host.reclaim(${texts(to, statement.pointer)})`),
  expose: (to, statement) => {
    call(to, statement, `memory.expose(${texts(to, statement.pointer)})`);
    bindWord(to, statement.into);
  },
  fromExposed: (to, statement) => {
    call(to, statement, `memory.fromExposed(${texts(to, statement.address)})`);
    bindPointer(to, statement.into);
  },
  offset: (to, statement) => {
    call(to, statement, `memory.offsetInBounds(${texts(to, statement.pointer, statement.delta)})`);
    bindPointer(to, statement.into);
  },
  allocate: (to, statement) => {
    const { size, alignment, into } = statement;
    call(to, statement, `memory.allocate(${numberText(to, size)}, ${alignment}, ${Kind.heap})`);
    bindPointer(to, into);
  },
  deallocate: (to, statement) => {
    const { pointer, size, alignment } = statement;
    const layout = `${Kind.heap}, ${numberText(to, size)}, ${alignment}`;
    call(to, statement, `memory.deallocate(${texts(to, pointer)}, ${layout})`);
  },
  read: emitRead,
  write: emitWrite,
};

function emitRead(to: OperationCompiler, statement: StatementOf<'read'>): void {
  const { into, pointer } = statement;
  if (into.type.kind === 'pointer') {
    call(to, statement, `memory.readPointer(${texts(to, pointer)}, ${POINTER_SIZE})`);
    to.bindLocal(into, (component) => `memory.${VALUE_FIELDS[component] as string}`);
    return;
  }
  const size = byteSize(widthOf(into.type));
  call(to, statement, `memory.readInteger(${texts(to, pointer)}, ${size}, ${size})`);
  bindWord(to, into);
}

function emitWrite(to: OperationCompiler, statement: StatementOf<'write'>): void {
  const { pointer, value } = statement;
  if (value.type.kind === 'pointer') {
    const given = `${texts(to, pointer)}, ${POINTER_SIZE}, ${texts(to, value)}`;
    call(to, statement, `memory.writePointer(${given})`);
    return;
  }
  const size = byteSize(widthOf(value.type));
  const high = widthOf(value.type) > 32 ? '' : ', 0';
  call(to, statement, `memory.writeInteger(${texts(to, pointer)}, ${size}, ${size}, ${texts(to, value)}${high})`);
}

function call(to: OperationCompiler, statement: Statement, text: string): void {
  to.writer.line(`check(${text}, ${to.number(statement)});`);
}

/** The components of some values as arguments. */
function texts(to: OperationCompiler, ...values: readonly Expression[]): string {
  return values.flatMap((value) => to.values.components(value)).join(', ');
}

/** A size in bytes as a number: up to 2^64, where no allocation fits any more. */
function numberText(to: OperationCompiler, size: Expression): string {
  const high = to.values.high(size);
  const low = to.values.unsignedLow(size);
  return high === '0' ? low : `${operand(to.values.unsignedHigh(size))} * 4294967296 + ${operand(low)}`;
}

function bindWord(to: OperationCompiler, into: Local): void {
  to.bindLocal(into, (component) => `memory.${VALUE_FIELDS[component] as string}`);
}

function bindPointer(to: OperationCompiler, into: Local): void {
  to.bindLocal(into, (component) => `memory.${component}`);
}

function byteSize(width: number): number {
  return Math.ceil(width / 8);
}

const POINTER_SIZE = 8;

const VALUE_FIELDS: Readonly<Partial<Record<Component, string>>> = {
  low: 'valueLow',
  high: 'valueHigh',
  provenance: 'valueProvenance',
};
