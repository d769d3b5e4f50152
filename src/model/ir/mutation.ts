import type { RecordedOperation } from './operation.ts';
import { blocksOf, type Block, type Statement } from './statement.ts';

/** A change of a program that a good test set must notice, by its stable name. */
export interface Mutant {
  readonly id: string;
  readonly kind: 'drop-guard';
  /** The operation whose source holds the guard, and the guard's name in kebab case. */
  readonly operation: string;
  readonly guard: string;
}

/** A guard's name as mutants and signatures spell it: `same generation` is `same-generation`. */
export function kebabCase(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Reads `drop-guard:OPERATION/GUARD`; undefined when it is not of that form. */
export function parseMutant(id: string): Mutant | undefined {
  const match = /^drop-guard:([\w-]+)\/([\w-]+)$/.exec(id);
  if (match === null) return undefined;
  return { id, kind: 'drop-guard', operation: match[1], guard: match[2] };
}

/** All drop-guard mutants of some operations, in the order of their guards. */
export function mutantsOf(operations: Iterable<RecordedOperation>): readonly Mutant[] {
  const ids = new Set<string>();
  for (const { body } of operations) collect(body, ids);
  return [...ids].map((id) => parseMutant(id) as Mutant);
}

/** The operation with the mutant applied wherever its guard was inlined. */
export function mutate(recorded: RecordedOperation, mutant: Mutant): RecordedOperation {
  return { ...recorded, body: withoutGuard(recorded.body, mutant) };
}

function collect(block: Block, ids: Set<string>): void {
  for (const statement of block) {
    if (statement.kind === 'guard') ids.add(`drop-guard:${statement.owner.name}/${kebabCase(statement.name)}`);
    for (const inner of blocksOf(statement)) collect(inner, ids);
  }
}

function withoutGuard(block: Block, mutant: Mutant): Block {
  return block
    .filter((statement) => !isGuard(statement, mutant))
    .map((statement) => {
      const changed: Record<string, unknown> = {};
      for (const name of BLOCK_NAMES)
        if (name in statement)
          changed[name] = withoutGuard((statement as never as Record<string, Block>)[name], mutant);
      return { ...statement, ...changed };
    });
}

function isGuard(statement: Statement, mutant: Mutant): boolean {
  return (
    statement.kind === 'guard' &&
    statement.owner.name === mutant.operation &&
    kebabCase(statement.name) === mutant.guard
  );
}

const BLOCK_NAMES = ['body', 'then', 'otherwise', 'onUnwind'] as const;
