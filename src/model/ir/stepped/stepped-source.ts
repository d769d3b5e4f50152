import { Demands } from '../javascript/demands.ts';
import { Identifiers } from '../javascript/identifiers.ts';
import { SourceWriter } from '../javascript/source-writer.ts';
import * as arithmetic from '../javascript/wide-arithmetic.ts';
import { stopChoices } from './choice-code.ts';
import {
  EntryCompiler,
  shapeOf,
  type EntryShape,
  type MadeExpressions,
  type SteppedContext,
} from './entry-compiler.ts';
import type { Instruction } from './flow.ts';
import { lower } from './lowering.ts';

/** The parameters of the generated factory. */
export const GIVEN = ['order', 'registers', 'coverage', 'path', 'host', 'arithmetic'] as const;

export interface SteppedSource {
  readonly text: string;
  /** By entry in the order of the program: the program counter of its beginning. */
  readonly beginnings: readonly number[];
  readonly frameWords: number;
  /** By program counter: the entry, and the instruction of a stop. */
  readonly stops: ReadonlyMap<number, { readonly instruction: Instruction; readonly entry: number }>;
  /** Places of provenance in a frame. */
  readonly provenances: readonly number[];
  readonly panicNames: readonly string[];
}

/**
 * The JavaScript of a program in steps: a factory that answers, by entry, the function that steps it and the function that counts the
 * choices of its next step. No text of an author gets into it except as sanitised identifiers and JSON strings.
 */
export function steppedSource(context: SteppedContext): SteppedSource {
  const shapes = [...context.program.entries.values()].map((operation) => shapeOf(lower(operation)));
  const valueWords = Math.max(1, ...shapes.map(({ frame }) => frame.words));
  const frameWords = valueWords + Math.max(0, ...shapes.map(({ frame }) => frame.provenanceWords));
  for (const { frame } of shapes) frame.provenanceBase = valueWords;
  const names = new Identifiers([...GIVEN, ...Object.keys(arithmetic), ...'S t f pc choice spins'.split(' ')]);
  const writer = new SourceWriter();
  writer.line(`'use strict';`);
  writer.line(`const { ${Object.keys(arithmetic).join(', ')} } = arithmetic;`);
  const functions: string[] = [];
  const beginnings = shapes.map((shape, entry) => {
    const name = names.unique([...context.program.entries.keys()][entry]);
    const choices = names.unique(`choices_${name}`);
    functions.push(`[${name}, ${choices}]`);
    return writeEntry(context, { shape, frameWords, name, choices, entry }, names, writer);
  });
  writer.line(`return [${functions.join(', ')}];`);
  const provenances = Array.from({ length: frameWords - valueWords }, (_, index) => valueWords + index);
  const { stops, panicNames } = context;
  return { text: writer.toString(), beginnings, frameWords, stops, provenances, panicNames };
}

interface Naming {
  readonly shape: EntryShape;
  readonly frameWords: number;
  readonly name: string;
  readonly choices: string;
  readonly entry: number;
}

/** Compiles twice: the first time only to count what is used how often. Answers the counter of the entry's beginning. */
function writeEntry(context: SteppedContext, naming: Naming, names: Identifiers, writer: SourceWriter): number {
  const { shape, frameWords, name, choices, entry } = naming;
  const demands = new Demands();
  const made: MadeExpressions = new Map();
  const make = (to: SourceWriter): EntryCompiler =>
    new EntryCompiler(context, shape, frameWords, demands, made, names.inner(), to);
  const numbering = context.nextCounter;
  const counted = make(new SourceWriter());
  counted.compile(counted.number(entry));
  demands.settle();

  context.nextCounter = numbering;
  const body = new SourceWriter();
  const compiler = make(body);
  const first = compiler.number(entry);
  compiler.compile(first);
  writer.open(`function ${name}(S, t, f, pc, choice) {`);
  writer.line('let spins = 0;');
  if (compiler.declarations !== '') writer.line(compiler.declarations);
  for (const line of body.toString().trimEnd().split('\n')) writer.line(line);
  writer.close();

  const chooser = new SourceWriter();
  const choosing = make(chooser);
  context.nextCounter = numbering;
  choosing.number(entry);
  const cases = choosing.stopCounters.filter(([counter, instruction]) =>
    choosing.choices(counter, () => stopChoices(choosing, instruction)),
  );
  writer.open(`function ${choices}(S, t, f, pc) {`);
  if (cases.length > 0) {
    if (choosing.declarations !== '') writer.line(choosing.declarations);
    writer.open('switch (pc) {');
    for (const line of chooser.toString().trimEnd().split('\n')) writer.line(line);
    writer.close();
  }
  writer.line('return 1;');
  writer.close();
  return first;
}
