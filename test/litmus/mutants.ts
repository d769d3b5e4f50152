import { ACCESS_MUTANTS } from './access-mutants.ts';
import { ALLOCATION_MUTANTS } from './allocation-mutants.ts';
import { BYTE_MUTANTS } from './byte-mutants.ts';
import type { Mutant } from './mutant.ts';

/** Every mutant of the memory; each must make a litmus file fail. */
export const MUTANTS: readonly Mutant[] = [...ACCESS_MUTANTS, ...BYTE_MUTANTS, ...ALLOCATION_MUTANTS];
