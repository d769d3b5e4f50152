import { Demands } from '../javascript/demands.ts';
import { Identifiers } from '../javascript/identifiers.ts';
import { SourceWriter } from '../javascript/source-writer.ts';
import type { RecordedOperation } from '../operation.ts';
import type { Program } from '../program.ts';
import { LockNeeds } from './lock-needs.ts';
import { OperationCompiler, type MadeExpressions, type ProgramContext } from './operation-compiler.ts';
import { GIVEN, RUNTIME } from './runtime.ts';
import { StoragePlan } from './storage-plan.ts';

export interface SequentialOptions {
  /** Count every coverage point that is reached. */
  readonly coverage?: boolean;
  /** Remember the coverage points of the last call in order. */
  readonly path?: boolean;
}

/**
 * The JavaScript of a program: the body of a factory that makes its state and answers its entries in the order of the program. No
 * text of an author gets into it except as sanitised identifiers and comments and as JSON strings.
 */
export function sequentialSource(program: Program, options: SequentialOptions = {}): string {
  const names = new Identifiers([...GIVEN, ...Object.keys(RUNTIME), ...PROLOGUE_NAMES]);
  const writer = new SourceWriter();
  writePrologue(writer);
  const locks = new LockNeeds(program);
  const storage = new StoragePlan(program.declarations, locks, names, writer);
  const context: ProgramContext = {
    program,
    storage,
    locks,
    coverage: options.coverage ?? false,
    path: options.path ?? false,
  };
  const functions = [...program.entries].map(([entry, recorded]) => {
    const name = names.unique(entry);
    writeOperation(context, name, recorded, names, writer);
    writer.line('');
    return name;
  });
  writer.line(`return [${functions.join(', ')}];`);
  return writer.toString();
}

const PROLOGUE_NAMES = ['registers', 'coverage', 'path', 'fault', 'statements', 'memory', 'raise', 'check', 'self'];

function writePrologue(writer: SourceWriter): void {
  writer.line(`'use strict';`);
  writer.line('const { registers, coverage, path, fault } = engine;');
  writer.line('const { statements } = program;');
  writer.line('const { memory } = host;');
  writer.line(`const { ${Object.keys(RUNTIME).join(', ')} } = runtime;`);
  writer.line('');
  writer.open('function raise(code, statement) {');
  writer.line('fault.raise(code, statements[statement]);');
  writer.close();
  writer.open('function check(code, statement) {');
  writer.line('if (code !== 0) raise(code, statement);');
  writer.close();
  writer.line('');
}

/** Compiles twice: the first time only to count what is used how often. */
function writeOperation(
  context: ProgramContext,
  name: string,
  recorded: RecordedOperation,
  names: Identifiers,
  writer: SourceWriter,
): void {
  const demands = new Demands();
  const made: MadeExpressions = new Map();
  new OperationCompiler(context, demands, made, names.inner(), new SourceWriter()).compile(name, recorded);
  demands.settle();
  new OperationCompiler(context, demands, made, names.inner(), writer).compile(name, recorded);
}
