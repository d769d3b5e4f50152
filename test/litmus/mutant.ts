/** One rule of the memory, broken by one edit of its source. The text to find must stand in the file exactly once. */
export interface Mutant {
  /** The rule that the mutant breaks. */
  readonly rule: string;
  /** A file of src/model/memory. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Mutants of one file, each as rule, text to find, and replacement. */
export function mutantsOf(
  file: string,
  edits: readonly (readonly [rule: string, find: string, replace: string])[],
): readonly Mutant[] {
  return edits.map(([rule, find, replace]) => ({ rule, file, find, replace }));
}
