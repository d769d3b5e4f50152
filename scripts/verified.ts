import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { VerifyReport, VerifyRun } from '../src/report/verify-report.ts';

/** What is explored: a representation, parameters beside those of its small scope, and the bounds. */
interface Exploration {
  readonly id: string;
  readonly set?: string;
  readonly bounds: string;
}

/** The built command; another one may be given. */
const COMMAND = process.argv[2] ?? 'bin/provsim.js';

/** One object at a time, and as many references as threads: what closes within seconds. */
const ONE = '--objects 1 --addresses 1 --references 2';
const TWO = '--objects 2 --addresses 2 --references 2';

const SOUND: readonly Exploration[] = [
  { id: 'handle-table', set: 'onWrap=retire', bounds: `${ONE} --client any` },
  { id: 'handle-table', set: 'onWrap=retire', bounds: `${TWO} --client any --operations 2` },
  { id: 'molt-handle-table-v1', bounds: `${ONE} --client valid --operations 3` },
  { id: 'sharded-handle-table', set: 'onWrap=retire', bounds: `${ONE} --client any --operations 3` },
  { id: 'sharded-handle-table', set: 'onWrap=retire readLock=use', bounds: `${ONE} --client any --operations 3` },
  { id: 'cached-handle-table', set: 'onWrap=retire validate=generation', bounds: `${ONE} --client any --operations 3` },
  {
    id: 'cached-handle-table',
    set: 'onWrap=retire validate=epoch epochBits=64',
    bounds: `${ONE} --client any --operations 3`,
  },
  { id: 'atomic-hash-map', bounds: `${ONE} --client any` },
  { id: 'lock-free-slab', set: 'onWrap=retire', bounds: `${ONE} --client any` },
  { id: 'lock-free-slab', set: 'onWrap=retire', bounds: `${TWO} --client any --operations 2` },
  { id: 'epoch-slab', set: 'onWrap=retire', bounds: `${ONE} --client valid` },
  { id: 'epoch-slab', set: 'onWrap=retire', bounds: `${TWO} --client any --operations 2` },
  { id: 'epoch-slab', set: 'onWrap=retire', bounds: `${ONE} --client any --operations 2 --model rc11` },
  { id: 'epoch-slab', set: 'onWrap=retire', bounds: `${ONE} --client valid --operations 2 --threads 3` },
  { id: 'hazard-slab', set: 'onWrap=retire', bounds: `${ONE} --client any` },
  { id: 'hazard-slab', set: 'onWrap=retire', bounds: `${TWO} --client any --operations 2` },
  { id: 'hazard-slab', set: 'onWrap=retire', bounds: `${ONE} --client any --operations 2 --model rc11` },
  { id: 'hazard-slab', set: 'onWrap=retire', bounds: `${ONE} --client exclusive --operations 2 --threads 3` },
];

const UNSOUND: readonly Exploration[] = [
  {
    id: 'molt-handle-table-v1',
    set: 'reclaim=before',
    bounds: '--addresses 1 --references 2 --client exclusive --operations 2',
  },
  { id: 'cached-handle-table', set: 'validate=none', bounds: `${ONE} --client any --operations 3` },
  { id: 'epoch-slab', set: 'onWrap=retire advances=1', bounds: `${ONE} --client valid --operations 3` },
  { id: 'epoch-slab', set: 'onWrap=retire recycleIndex=unlink', bounds: `${TWO} --client valid --operations 2` },
  { id: 'epoch-slab', set: 'onWrap=wrap generationBits=1', bounds: `${TWO} --client valid --operations 3` },
  {
    id: 'epoch-slab',
    set: 'onWrap=retire generationBits=1 bumpGeneration=late',
    bounds: `${TWO} --client valid --operations 4 --memory 6000`,
  },
  {
    id: 'epoch-slab',
    set: 'onWrap=retire pinFence=false',
    bounds: `${ONE} --client valid --operations 3 --model rc11`,
  },
  { id: 'epoch-slab', set: 'onWrap=retire pinFence=false', bounds: `${ONE} --client valid --operations 4` },
  { id: 'hazard-slab', set: 'onWrap=retire recheck=false', bounds: `${ONE} --client valid --operations 2` },
  { id: 'hazard-slab', set: 'onWrap=retire fence=false', bounds: `${ONE} --client valid --operations 2 --model rc11` },
  { id: 'hazard-slab', set: 'onWrap=retire fence=false', bounds: `${ONE} --client valid --operations 3` },
];

const HEADER = `# What was verified

Written by \`npx tsx scripts/verified.ts\` from what \`provsim verify\` answers (docs/verify.md), some minutes of work. Every row is one
representation at its small widths with the parameters shown, explored under one contract. _Closed_: for any number of operations.
_Complete_: every behaviour within the bounds. A claim that is not listed as holding is not claimed, or not judged by that contract. Under
_hazards_ stands what was found, with the claim that it concerns and that the representation does not make, and a case of the corpus.
`;

/** The claims and verdicts of one exploration, contract by contract. */
function explore({ id, set, bounds }: Exploration): readonly VerifyRun[] {
  const settings = (set ?? '').split(' ').filter(Boolean);
  const words = ['verify', id, ...settings.flatMap((each) => ['--set', each]), ...bounds.split(' '), '--json'];
  console.log(words.join(' '));
  let text: string;
  try {
    text = execFileSync('node', [COMMAND, ...words], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: 'pipe' });
  } catch (error) {
    // A broken claim is an answer too; it is shown as what it is.
    text = String((error as { readonly stdout?: unknown }).stdout);
  }
  return (JSON.parse(text) as VerifyReport).runs;
}

function row(run: VerifyRun, set: string): string {
  const { scope, findings, states, creates } = run;
  const touched = new Set(findings.map(({ claim }) => claim));
  const held = run.judged.filter((claim) => !touched.has(claim as never));
  const bounds = [
    `${scope.threads} threads`,
    `${scope.objects} object${scope.objects === 1 ? '' : 's'}`,
    `${scope.references} references`,
    `${scope.addresses} address${scope.addresses === 1 ? '' : 'es'}`,
    scope.operations === 'unbounded' ? 'any number of operations' : `${scope.operations} operations a thread`,
    scope.model,
  ].join(', ');
  const how = run.closed ? 'closed' : run.complete ? 'complete' : `in part (${run.stopped ?? 'messages'})`;
  const most = typeof creates === 'number' ? `, ${creates} creates at most` : '';
  const cells = [
    `\`${run.representation}\` ${set}`,
    scope.client,
    bounds,
    `${how}, ${states.toLocaleString('en-US')} states${most}`,
    held.join(', ') || '-',
    findings.map((finding) => told(run, finding)).join(', ') || '-',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What a stalled thread does to the others has no case of its own: it is seen in the whole graph. */
const OF_THE_GRAPH: readonly (string | null)[] = ['nonBlocking', 'boundedGarbage'];

function told(run: VerifyRun, { code, claim, status }: VerifyRun['findings'][number]): string {
  const text = OF_THE_GRAPH.includes(claim) ? `\`${code}\`` : linked(run, code);
  return `${text} (${claim ?? 'no claim'}${status === 'broken-claim' ? ', **broken**' : ''})`;
}

/** A verdict, with the case that shows it best: of these parameters, else of any. */
function linked({ representation, parameters }: VerifyRun, code: string): string {
  const folder = `corpus/${representation}`;
  const cases = readdirSync(folder)
    .map((name) => ({ name, text: readFileSync(`${folder}/${name}`, 'utf8') }))
    .filter(({ text }) => text.includes(`\nexpect ${code}\n`));
  const words = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`);
  const [best] = cases.sort((one, other) => matches(other.text, words) - matches(one.text, words));
  return best === undefined ? `\`${code}\`` : `[\`${code}\`](../${folder}/${best.name})`;
}

function matches(text: string, words: readonly string[]): number {
  const header = text.slice(0, text.indexOf('\n')).split(' ');
  return words.filter((word) => header.includes(word)).length + (text.includes('\nthread 1:') ? 0.5 : 0);
}

function tableOf(explorations: readonly Exploration[]): string {
  const rows = explorations.flatMap((each) => explore(each).map((run) => row(run, each.set ?? '')));
  const head =
    '| representation | clients | bounds | explored | holds | hazards |\n| --- | --- | --- | --- | --- | --- |';
  return `${head}\n${rows.join('\n')}\n`;
}

const sound = tableOf(SOUND);
const unsound = tableOf(UNSOUND);
const page = [HEADER, '## Designs\n', sound, '## Designs with a part taken out\n', unsound].join('\n');
writeFileSync('docs/verified.md.new', page);
renameSync('docs/verified.md.new', 'docs/verified.md');
