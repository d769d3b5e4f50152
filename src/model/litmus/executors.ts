import { ACCESS_EXECUTORS } from './access-executors.ts';
import { ALLOCATION_EXECUTORS } from './allocation-executors.ts';
import { ATOMIC_EXECUTORS } from './atomic-executors.ts';
import { CONTROL_EXECUTORS } from './control-executors.ts';
import type { Executor } from './executor.ts';
import { POINTER_EXECUTORS } from './pointer-executors.ts';

/** What each statement of one line does, by the name of its form; a test holds this table against the forms. */
export const EXECUTORS: Readonly<Record<string, Executor>> = {
  ...ALLOCATION_EXECUTORS,
  ...ACCESS_EXECUTORS,
  ...POINTER_EXECUTORS,
  ...ATOMIC_EXECUTORS,
  ...CONTROL_EXECUTORS,
};
