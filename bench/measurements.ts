import { generationalTable } from '../test/ir/sequential-tables.ts';
import { ClientWorkload } from './client-operations.ts';
import { FastCheckArray, FastCheckCommands, FAST_CHECK_SETTINGS } from './fast-check-clients.ts';
import { MEMORY_WORKLOADS } from './memory-operations.ts';
import { HandWrittenTable } from './peers/generational-table.ts';
import { HANDLES, registerPairs, resolves, type Task } from './sequential-operations.ts';
import type { Workload } from './workload.ts';

/** Something that is measured in processes of its own. */
export interface Measurement {
  readonly title: string;
  /** Whether its operations are the client's, so that rates compare. */
  readonly isClient: boolean;
  readonly make: (seed: number) => Workload;
}

export const NATIVE = 'client operations';
export const FAST_CHECK = 'fast-check commands';

/** Calls of a compiled operation in one part. */
const CALLS = 65_536;

/** By name; the order is that of the table. */
export const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  [NATIVE]: { title: 'client operations', isClient: true, make: (seed) => new ClientWorkload(seed, false) },
  'client operations, coverage': {
    title: 'client operations, coverage on',
    isClient: true,
    make: (seed) => new ClientWorkload(seed, true),
  },
  [FAST_CHECK]: {
    title: `fast-check commands (${FAST_CHECK_SETTINGS})`,
    isClient: true,
    make: (seed) => new FastCheckCommands(seed),
  },
  'fast-check array': {
    title: `fast-check array of operations (${FAST_CHECK_SETTINGS})`,
    isClient: true,
    make: (seed) => new FastCheckArray(seed),
  },
  'hand-written': {
    title: 'hand-written table, nothing simulated',
    isClient: true,
    make: (seed) => new HandWrittenTable(seed),
  },
  resolve: {
    title: `compiled resolve, ${HANDLES} handles`,
    isClient: false,
    make: () => calls(resolves(generationalTable(), {}), 1),
  },
  register: {
    title: 'compiled register and unregister',
    isClient: false,
    make: () => calls(registerPairs(generationalTable()), 2),
  },
  ...Object.fromEntries(
    Object.entries(MEMORY_WORKLOADS).map(([title, make]) => [title, { title, isClient: false, make }]),
  ),
};

function calls(task: Task, operationsEach: number): Workload {
  const run = (): number => {
    if (Number.isNaN(task(CALLS))) throw new Error('an operation gave no number');
    return CALLS * operationsEach;
  };
  return { run };
}
