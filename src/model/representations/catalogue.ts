import type { Representation } from '../machine/definition.ts';
import { arenaOffset } from './arena-offset.ts';
import { atomicHashMap } from './atomic-hash-map.ts';
import { cachedHandleTable } from './cached-handle-table.ts';
import { epochSlab } from './epoch-slab.ts';
import { handleTable } from './handle-table.ts';
import { hazardSlab } from './hazard-slab.ts';
import { lockFreeSlab } from './lock-free-slab.ts';
import { lowBitTaggedPointer } from './low-bit-tagged-pointer.ts';
import { moltHandleTableV1 } from './molt-handle-table-v1.ts';
import { moltOpaqueSlab } from './molt-opaque-slab.ts';
import { moltPointerRegistry } from './molt-pointer-registry.ts';
import { shardedHandleTable } from './sharded-handle-table.ts';
import { taggedPointer } from './tagged-pointer.ts';

/** The representations that come with provsim, from the plainest pointer to the largest design. */
const ALL: readonly Representation[] = [
  taggedPointer,
  lowBitTaggedPointer,
  moltPointerRegistry,
  handleTable,
  moltHandleTableV1,
  moltOpaqueSlab,
  arenaOffset,
  shardedHandleTable,
  lockFreeSlab,
  epochSlab,
  hazardSlab,
  cachedHandleTable,
  atomicHashMap,
];

/** By id, in the order in which they are listed. */
export const CATALOGUE: ReadonlyMap<string, Representation> = new Map(ALL.map((each) => [each.id, each]));
