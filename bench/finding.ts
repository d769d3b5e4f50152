import { JUDGEMENTS, type Judgement } from '../test/real-bugs/cases.ts';
import { isUnwanted, isWanted, searchForm, type Search } from '../test/real-bugs/search.ts';

/*
 * How long a seeded search without hints takes to find each sequential bug of test/real-bugs: medians over some seeds, with the
 * executions doubled until the bug is found. The fixed form is searched as long, and must be silent.
 *
 *   npm run bench:finding [-- ID…]
 */

const SEEDS = [1, 2, 3];
const FEWEST_RUNS = 128;
const LIMIT_MS = 60_000;
/** A form that is found at once is watched longer than that. */
const SILENT_RUNS = 4096;

interface Hunt extends Search {
  readonly isFound: boolean;
  readonly isSilent: boolean;
}

async function hunt(judgement: Judgement, seed: number): Promise<Hunt> {
  let spent = 0;
  for (let runs = FEWEST_RUNS; ; runs *= 2) {
    const bug = await searchForm(judgement, 'bug', { seed, runs });
    spent += bug.milliseconds;
    const isFound = bug.findings.some((finding) => isWanted(finding, judgement));
    if (!isFound && spent < LIMIT_MS) continue;
    const fixed = await searchForm(judgement, 'fixed', { seed, runs: Math.max(runs, SILENT_RUNS) });
    const isSilent = !fixed.findings.some((finding) => isUnwanted(finding, judgement));
    return { ...bug, isFound, isSilent };
  }
}

function median(hunts: readonly Hunt[], figure: (each: Hunt) => number): string {
  const sorted = hunts.map(figure).sort((left, right) => left - right);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0).toLocaleString('en-US');
}

function line(cells: readonly string[]): void {
  const [id = '', ...others] = cells;
  process.stdout.write(`${id.padEnd(42)}${others.map((cell) => cell.padStart(14)).join('')}\n`);
}

const wanted = process.argv.slice(2);
let isGood = true;
line(['bug', 'code', 'ms', 'operations', 'executions', 'fixed form']);
for (const judgement of JUDGEMENTS) {
  const { id, code, search } = judgement;
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  if (search !== 'found') {
    line([id, code, search]);
    continue;
  }
  const hunts: Hunt[] = [];
  for (const seed of SEEDS) hunts.push(await hunt(judgement, seed));
  const isFound = hunts.every((each) => each.isFound);
  const isSilent = hunts.every((each) => each.isSilent);
  isGood &&= isFound && isSilent;
  const figures = isFound
    ? [
        median(hunts, (each) => each.milliseconds),
        median(hunts, (each) => each.operations),
        median(hunts, (each) => each.executions),
      ]
    : ['not found', '', ''];
  line([id, code, ...figures, isSilent ? 'silent' : 'NOT SILENT']);
}
if (!isGood) process.exitCode = 1;
