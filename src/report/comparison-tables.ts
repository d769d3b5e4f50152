import { PROBED_CREATES, QUIET_CREATES } from '../compare/churn-probe.ts';
import type { Costs, RepresentationComparison } from '../compare/comparison.ts';
import type { Tries } from '../compare/forgery-probe.ts';
import type { JudgedClaim } from '../compare/judged-claim.ts';
import type { Measured } from '../compare/probe.ts';
import type { OperationCost } from '../model/ir/cost.ts';
import type { VerdictCode } from '../model/vocabulary/verdicts.ts';
import { countCell, number, percent, type Cell, type ComparisonTable } from './comparison-cell.ts';

/** Characters of a claim's name and of a verdict, with what separates them. */
const CLAIM_NAME = 20;
const CLAIM_VERDICT = 11;

/** @param width the columns that a line may take */
export function comparisonTables(
  compared: readonly RepresentationComparison[],
  width: number,
): readonly ComparisonTable[] {
  return [
    overviewTable(compared),
    ...claimTables(compared, Math.max(Math.floor((width - CLAIM_NAME) / CLAIM_VERDICT), 1)),
    answerTable(compared),
    distanceTable(compared),
    forgeryTable(compared),
    lookupTable(compared),
    changeTable(compared),
    memoryTable(compared),
  ];
}

function overviewTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'Overview',
    columns: [
      'claims\nbroken',
      'stale use after\nthe next create',
      'reuses\nto ABA',
      'bit flips\naccepted',
      'lookup\nl/d/k/b',
      'bytes an\nobject',
    ],
    rows: compared.map(({ claims, measured, cost, memory }) => {
      const broken = claims.filter(({ verdict }) => verdict === 'broken').length;
      const lookup = lookupCost(cost);
      return [
        broken === 0 ? { text: '0', tone: 'good' } : { text: String(broken), tone: 'bad' },
        answerCell(measured.staleUseAfterNextCreate, 'refused'),
        distanceCell(measured),
        percentCell(measured.forgeries.bitFlips),
        { text: [lookup('loads'), lookup('dependentLoads'), lookup('locks'), lookup('branches')].join('/') },
        countCell(memory.slotBytes + memory.mapBytes),
      ];
    }),
    legend: [
      'l/d/k/b: shared loads, dependent depth, locks, branches of a lookup. bytes an object: its slot and its map entries.',
      'Behaviour under threads: not judged (threads).',
    ],
  };
}

function claimTables(compared: readonly RepresentationComparison[], columns: number): readonly ComparisonTable[] {
  const tables: ComparisonTable[] = [];
  for (let first = 0; first < compared.length; first += columns) {
    const part = compared.slice(first, first + columns);
    tables.push({
      title: 'Claims',
      columns: ['', ...part.map((_, index) => String(first + index + 1))],
      rows: (compared[0]?.claims ?? []).map(({ claim }, index) => [
        { text: claim },
        ...part.map(({ claims }) => verdictCell(claims[index])),
      ]),
      transposed: true,
      legend: first + columns < compared.length ? [] : CLAIM_LEGEND,
    });
  }
  return tables;
}

const CLAIM_LEGEND = [
  'held: claimed, and nothing that ran on one thread speaks against it. That is no proof.',
  'no: not claimed. threads: claimed and not judged (threads). no search: claimed and not judged (nothing searched).',
];

function verdictCell({ verdict, reason }: JudgedClaim): Cell {
  if (verdict === 'broken') return { text: 'BROKEN', tone: 'bad' };
  if (verdict === 'held') return { text: 'held', tone: 'good' };
  return { text: verdict === 'not-claimed' ? 'no' : (reason ?? ''), tone: 'quiet' };
}

function answerTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'A stale reference, by running',
    columns: [
      'used right\nafter destroy',
      'used after the\nnext create',
      'destroyed\nagain',
      'pointer kept\nacross destroy',
    ],
    rows: compared.map(({ measured }) => [
      answerCell(measured.staleUse, 'refused'),
      answerCell(measured.staleUseAfterNextCreate, 'refused'),
      answerCell(measured.secondDestroy, 'no effect'),
      answerCell(measured.heldAcrossDestroy, 'still there'),
    ]),
    legend: [
      'pointer kept across destroy: resolved before, read after; what a second thread could do is not judged (threads).',
    ],
  };
}

function answerCell(code: VerdictCode | null, clean: string): Cell {
  if (code === null) return { text: 'did not run', tone: 'quiet' };
  return code === 'clean' ? { text: clean, tone: 'good' } : { text: code, tone: 'warning' };
}

function distanceTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'How long staleness is detected',
    columns: [
      'claimed',
      'reuses to ABA,\nby running',
      'reuses\nprobed',
      'probe\nended by',
      'resets\nto ABA',
      'stale uses\naccepted',
    ],
    rows: compared.map(({ claims, measured }) => {
      const { churn, resets, staleUses } = measured;
      const claimed = claims.find(({ claim }) => claim === 'detectsStale')?.claimed ?? '';
      const callsToAba = resets.map((each) => (each.callsToAba === null ? 'none' : number(each.callsToAba)));
      return [
        { text: claimed.replace(/ reuses$/, '') },
        distanceCell(measured),
        { text: number(churn.slotReuses ?? churn.creates) },
        { text: churn.stoppedBy ?? (churn.createsToAba === null ? 'budget' : 'ABA'), tone: 'quiet' },
        callsToAba.length === 0 ? { text: '-', tone: 'quiet' } : { text: callsToAba.join(', '), tone: 'warning' },
        percentCell(staleUses),
      ];
    }),
    legend: [
      'reuses to ABA: creates in the slot of a kept, destroyed reference until one issues its bits again; none: not before the probe ended; unrefused: it never needed to.',
      `budget: ${number(PROBED_CREATES)} creates, or ${number(QUIET_CREATES)} in a row that left the slot alone (it is retired).`,
      'resets to ABA: calls of an extra that retires all objects, one create after each, until the bits came back.',
      'stale uses accepted: of one stale reference, used once after each of the next 4,096 creates.',
    ],
  };
}

function distanceCell({ churn, staleUses }: Measured): Cell {
  if (churn.createsToAba !== null) return { text: number(churn.reusesToAba ?? churn.createsToAba), tone: 'warning' };
  // No other object came to the reference, but it went on reaching its own: nothing was detected either.
  const isNeverRefused = staleUses.tried > 0 && staleUses.accepted === staleUses.tried;
  return isNeverRefused ? { text: 'unrefused', tone: 'warning' } : { text: 'none', tone: 'good' };
}

function percentCell({ tried, accepted }: Tries): Cell {
  if (tried === 0) return { text: '-', tone: 'quiet' };
  return accepted === 0 ? { text: '0 %', tone: 'good' } : { text: percent(accepted / tried), tone: 'warning' };
}

function forgeryTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'Forged bits accepted',
    columns: ['random bits', 'one bit flipped', 'slot known, rest guessed'],
    rows: compared.map(({ measured: { forgeries } }) => [
      shareCell(forgeries.random),
      shareCell(forgeries.bitFlips),
      shareCell(forgeries.wrongTenants),
    ]),
    legend: [
      'Beside 16 live objects; of the tries whose bits no create had issued. 0 of 4,096 does not say that no bits are accepted.',
    ],
  };
}

function shareCell(tries: Tries | null): Cell {
  if (tries === null || tries.tried === 0) return { text: '-', tone: 'quiet' };
  const { tried, accepted, stopped } = tries;
  const share = accepted === 0 ? '' : ` (${percent(accepted / tried)})`;
  const halted = stopped === 0 ? '' : `, ${number(stopped)} stopped`;
  return {
    text: `${number(accepted)} of ${number(tried)}${share}${halted}`,
    tone: accepted === 0 ? 'good' : 'warning',
  };
}

function lookupTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'Cost of a lookup, counted from the IR',
    columns: [
      'shared\nloads',
      'dependent\ndepth',
      'locks',
      'container\noperations',
      'atomic\nr-m-w',
      'branches',
      'memory\naccesses',
    ],
    rows: compared.map(({ cost }) => {
      const lookup = lookupCost(cost);
      const sum = (figure: keyof OperationCost): Cell => countCell(lookup(figure));
      return [
        sum('loads'),
        sum('dependentLoads'),
        sum('locks'),
        sum('containerOperations'),
        sum('readModifyWrites'),
        sum('branches'),
        sum('memoryAccesses'),
      ];
    }),
    legend: [
      'All guards passed, enter and leave included. No time: what a cache miss or a contended lock costs is not in it.',
      'dependent depth: the longest chain of loads in which each needs the one before. A container operation (length, map lookup) counts as one.',
    ],
  };
}

/** A lookup with its critical section; chains of loads of the three do not depend on each other. */
function lookupCost({ enter, resolve, leave }: Costs): (figure: keyof OperationCost) => number {
  const whole = [enter, resolve, leave].filter((each) => each !== null);
  return (figure) => {
    const figures = whole.map((each) => each[figure]);
    return figure === 'dependentLoads' ? Math.max(...figures) : figures.reduce((total, each) => total + each, 0);
  };
}

function changeTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  const figures = ['loads', 'stores', 'locks', 'containerOperations', 'branches'] as const;
  const text = (cost: OperationCost): string => figures.map((figure) => number(cost[figure])).join('/');
  return {
    title: 'Cost of create and destroy, counted from the IR',
    columns: ['create\nl/s/k/c/b', 'destroy\nl/s/k/c/b'],
    rows: compared.map(({ cost }) => [{ text: text(cost.create) }, { text: text(cost.destroy) }]),
    legend: [
      'l/s/k/c/b: shared loads, stores, locks, container operations, branches; of every if the dearer branch, figure by figure. Without the allocator.',
    ],
  };
}

function memoryTable(compared: readonly RepresentationComparison[]): ComparisonTable {
  return {
    title: 'Memory, counted from the declared state',
    columns: [
      'reference\nbits',
      'bytes a slot\n(packed)',
      'map bytes\nan object',
      'free-list bytes\na free slot',
      'fixed\nbytes',
    ],
    rows: compared.map(({ memory }) => [
      { text: number(memory.referenceBits) },
      memory.slotBytes === 0
        ? countCell(0)
        : { text: `${number(memory.slotBytes)} (${number(memory.packedSlotBytes)})` },
      countCell(memory.mapBytes),
      countCell(memory.freeListBytes),
      countCell(memory.fixedBytes),
    ]),
    legend: [
      'Without locks, and without the spare room of hash tables and growing arrays. Slots are never given back.',
    ],
  };
}
