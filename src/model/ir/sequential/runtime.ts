import { OperationPanic } from '../engine.ts';
import * as arithmetic from '../javascript/wide-arithmetic.ts';
import { NO_ELEMENTS } from './storage/container.ts';
import { RecordColumns } from './storage/record-columns.ts';
import { WordList } from './storage/word-list.ts';
import { WordMap } from './storage/word-map.ts';

/** The parameters of the generated factory. */
export const GIVEN = ['engine', 'storage', 'program', 'host', 'runtime'] as const;

/** What generated code refers to by name. */
export const RUNTIME = { OperationPanic, RecordColumns, WordList, WordMap, NO_ELEMENTS, ...arithmetic };
