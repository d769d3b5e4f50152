import type { Representation } from '../../../src/model/machine/definition.ts';
import { CATALOGUE } from '../../../src/model/representations/catalogue.ts';
import { bytearray } from './bytearray.ts';
import { coldHeaderSlab } from './cold-header-slab.ts';
import { componentRef } from './component-ref.ts';
import { compressedPointer } from './compressed-pointer.ts';
import { entityStorage } from './entity-storage.ts';
import { exporterRegistry } from './exporter-registry.ts';
import { externalPointerTable } from './external-pointer-table.ts';
import { externrefTable } from './externref-table.ts';
import { finalizerMap } from './finalizer-map.ts';
import { generationalArena } from './generational-arena.ts';
import { hopSlotMap } from './hop-slot-map.ts';
import { hostResourceTable } from './host-resource-table.ts';
import { idMap } from './id-map.ts';
import { lightUserdata } from './light-userdata.ts';
import { lruCache } from './lru-cache.ts';
import { moltList } from './molt-list.ts';
import { moltModule } from './molt-module.ts';
import { moltFreePaths, moltRelease, moltReset } from './molt-registries.ts';
import { moltWeakref } from './molt-weakref.ts';
import { nanBoxedCapability } from './nan-boxed-capability.ts';
import { poisonedShard } from './poisoned-shard.ts';
import { pyBuffer } from './py-buffer.ts';
import { segmentedQueue } from './segmented-queue.ts';
import { shardedSlab } from './sharded-slab.ts';
import { stringCache } from './string-cache.ts';
import { taskSlab } from './task-slab.ts';
import { typeCache } from './type-cache.ts';

/** The models of real systems that the catalogue does not have. */
export const MODELS: readonly Representation[] = [
  bytearray,
  coldHeaderSlab,
  componentRef,
  compressedPointer,
  entityStorage,
  exporterRegistry,
  externalPointerTable,
  externrefTable,
  finalizerMap,
  generationalArena,
  hopSlotMap,
  hostResourceTable,
  idMap,
  lightUserdata,
  lruCache,
  moltFreePaths,
  moltList,
  moltModule,
  moltRelease,
  moltReset,
  moltWeakref,
  nanBoxedCapability,
  poisonedShard,
  pyBuffer,
  segmentedQueue,
  shardedSlab,
  stringCache,
  taskSlab,
  typeCache,
];

/** The representations that the scenarios of real bugs may name. */
export const REAL_SYSTEMS: ReadonlyMap<string, Representation> = new Map([
  ...CATALOGUE,
  ...MODELS.map((model) => [model.id, model] as const),
]);
