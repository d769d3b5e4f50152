import type { RepresentationComparison } from '../compare/comparison.ts';
import type { Workload } from '../compare/workload.ts';
import { number, type Cell, type ComparisonTable } from './comparison-cell.ts';

/** A table for each replayed trace; none without traces. */
export function workloadTables(compared: readonly RepresentationComparison[]): readonly ComparisonTable[] {
  const traces = compared[0]?.workloads ?? [];
  return traces.map((trace, index) => ({
    title: `Workload ${trace.trace}`,
    columns: [
      'creates',
      'refused',
      'slots at\npeak',
      'table bytes\nat peak',
      'most reuses\nof a slot',
      're-issued\nwhile stale',
      'verdicts',
    ],
    rows: compared.map(({ workloads, measured }) => workloadCells(workloads[index], measured.churn.reusesToAba)),
    legend: index + 1 < traces.length ? [factsText(trace)] : [factsText(trace), ...LEGEND],
  }));
}

const LEGEND = [
  'most reuses of a slot: in brackets the share of the reuses to ABA, where these were found by running.',
  're-issued while stale: creates that issued the bits of an object destroyed before; whoever kept them reaches the wrong object.',
  "table bytes: computed from the footprint above. Addresses are the machine's, sizes are the program's.",
];

function workloadCells(workload: Workload, reusesToAba: number | null): readonly Cell[] {
  const { creates, refusedCreates, slotsAtPeak, tableBytesAtPeak, mostSlotReuses, reissuedWhileStale } = workload;
  const verdicts = Object.entries(workload.verdicts).map(([code, count]) => `${code} ${number(count)}`);
  return [
    { text: number(creates) },
    warned(refusedCreates),
    { text: slotsAtPeak === null ? '-' : number(slotsAtPeak) },
    { text: number(tableBytesAtPeak) },
    { text: mostSlotReuses === null ? '-' : number(mostSlotReuses) + shareText(mostSlotReuses, reusesToAba) },
    warned(reissuedWhileStale),
    verdicts.length === 0 ? { text: 'none', tone: 'quiet' } : { text: verdicts.join('\n'), tone: 'warning' },
  ];
}

function shareText(reuses: number, reusesToAba: number | null): string {
  if (reusesToAba === null || reusesToAba <= 1) return '';
  return ` (${((reuses / reusesToAba) * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %)`;
}

function warned(count: number): Cell {
  return count === 0 ? { text: '0', tone: 'quiet' } : { text: number(count), tone: 'warning' };
}

function factsText(facts: Workload): string {
  const { format, allocations, frees, reallocations, unknownFrees, unseenFrees, peakLive, peakBytes, resized } = facts;
  return [
    `${format}: ${number(allocations)} allocations, ${number(frees)} frees, ${number(reallocations)} reallocations`,
    `${number(unknownFrees)} frees of unknown addresses (counted, not replayed)`,
    `${number(unseenFrees)} frees that the trace does not show`,
    `at most ${number(peakLive)} live objects with ${number(peakBytes)} bytes`,
    `${number(resized)} objects brought to 16 bytes to 1 MiB`,
  ].join('; ');
}
