import { Counter } from './counter.ts';
import { LockedTable, type LockedTableSize } from './locked-table.ts';
import { Peterson } from './peterson.ts';
import { Philosophers } from './philosophers.ts';
import { Spinners } from './spinners.ts';

/** Makes toys by name, for threads that have to make their systems themselves. */
export const lockedTable = (size: LockedTableSize): LockedTable => new LockedTable(size);
export const philosophers = (count: number, isLastRightHanded: boolean): Philosophers =>
  new Philosophers(count, isLastRightHanded);
export const peterson = (isFlagLate: boolean): Peterson => new Peterson(isFlagLate);
export const spinners = (one: boolean, other: boolean): Spinners => new Spinners([one, other]);
export const counter = (threads: number, most: number, wraps: boolean): Counter => new Counter(threads, most, wraps);
