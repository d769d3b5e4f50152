import { z } from 'zod';
import {
  answer,
  claimName,
  claimStatus,
  contract,
  count,
  machine,
  parameterValues,
  seed,
  verdictCode,
} from './common.ts';

const evidence = z.strictObject({
  code: verdictCode,
  status: claimStatus,
  contract: contract.describe('the least contract that allows the case'),
  source: z.enum(['corpus', 'search', 'probe']),
  case: z.string().describe('a file for the corpus; the others are not written'),
  text: z.string().describe('the whole scenario, to be saved and replayed; empty for the corpus'),
});

const tries = z.strictObject({
  tried: count,
  accepted: count,
  stopped: count.describe('the machine stopped the operation: neither accepted nor refused'),
});

/** `clean` means refused, or no effect; null that the case did not get that far on this machine. */
const probed = verdictCode.nullable();

const measured = z.strictObject({
  staleUse: probed,
  staleUseAfterNextCreate: probed,
  secondDestroy: probed,
  heldAcrossDestroy: probed.describe('clean: the object was still there'),
  strictProvenance: probed,
  churn: z.strictObject({
    reusesToAba: count.nullable().describe('creates in the slot of the first reference until its bits came back'),
    createsToAba: count.nullable().describe('the same in creates anywhere'),
    slotReuses: count.nullable(),
    creates: count,
    stoppedBy: verdictCode.nullable(),
  }),
  resets: z.array(z.strictObject({ extra: z.string(), callsToAba: count.nullable(), calls: count })),
  staleUses: tries,
  forgeries: z.strictObject({ random: tries, bitFlips: tries, wrongTenants: tries.nullable() }),
});

const operationCost = z.strictObject({
  loads: count,
  stores: count,
  readModifyWrites: count,
  fences: count,
  locks: count,
  containerOperations: count,
  branches: count,
  privateAccesses: count,
  memoryAccesses: count,
  allocations: count,
  dependentLoads: count,
});

const memory = z.strictObject({
  slotBytes: count.describe('with the padding of a C struct'),
  packedSlotBytes: count,
  mapBytes: count.describe('a live object'),
  freeListBytes: count.describe('a free slot'),
  fixedBytes: count,
  referenceBits: count,
});

const workload = z.strictObject({
  trace: z.string(),
  format: z.enum(['mtrace', 'valgrind']),
  allocations: count,
  frees: count,
  reallocations: count,
  unknownFrees: count.describe('of addresses that the trace did not allocate: counted, not replayed'),
  unseenFrees: count.describe('addresses handed out again without a free in the trace'),
  peakLive: count,
  peakBytes: count,
  otherLines: count,
  creates: count,
  refusedCreates: count,
  resized: count.describe('objects brought to 16 bytes to 1 MiB'),
  slotsAtPeak: count.nullable(),
  slots: count.nullable(),
  tableBytesAtPeak: count.describe('computed from the footprint'),
  mostSlotReuses: count.nullable(),
  reissuedWhileStale: count,
  verdicts: z.partialRecord(verdictCode, count),
});

const claims = z.array(
  z.strictObject({
    claim: claimName,
    claimed: z.string(),
    verdict: z.enum(['held', 'broken', 'not-claimed', 'not-judged']),
    reason: z.enum(['threads', 'no search']).nullable(),
    evidence: z.array(evidence),
  }),
);

export const compare = answer('compare', {
  seed,
  representations: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      parameters: parameterValues,
      changed: z.array(z.string()).describe('parameters that differ from their defaults'),
      machine,
      claims,
      hazards: z.array(evidence).describe('what concerns no claim'),
      measured,
      cost: z.strictObject({
        resolve: operationCost,
        create: operationCost,
        destroy: operationCost,
        enter: operationCost.nullable(),
        leave: operationCost.nullable(),
      }),
      memory,
      workloads: z.array(workload),
      searched: z.strictObject({ executions: count, operations: count, corpusCases: count }),
    }),
  ),
});
