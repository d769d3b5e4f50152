import { availableParallelism } from 'node:os';
import { IrreproducibleFinding, type FuzzFinding } from '../../fuzz/case-finding.ts';
import { fuzz, type FuzzEnvironment, type FuzzRequest } from '../../fuzz/fuzz.ts';
import type { TargetReport } from '../../fuzz/search.ts';
import type { Finding } from '../../model/machine/finding.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { fuzzChecks } from '../../report/ci/check.ts';
import { isAcceptable, type FuzzReport, type FuzzRun } from '../../report/fuzz-report.ts';
import { renderFuzz } from '../../report/fuzz-text.ts';
import { writeAtomically } from '../atomic-file.ts';
import type { Baseline } from '../baseline.ts';
import type { Context, Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import { IrreproducibleError } from '../failure.ts';
import { readCorpus, replayCorpus } from '../fuzz-corpus.ts';
import { fuzzBudget, fuzzTargets, startingCases } from '../fuzz-request.ts';
import { FindingJudge } from '../finding-judge.ts';
import type { Shard } from '../option-values.ts';
import { assertWritable } from '../report-request.ts';
import { Representations } from '../representations.ts';

const DEFAULT_SEED = 1;
/** Search threads find representations by this module, once it is built. */
const RESOLVER = new URL('../representation-resolver.js', import.meta.url).href;
const FINDINGS = '.provsim/findings';
const IRREPRODUCIBLE = '.provsim/irreproducible.scenario';

/** Replays the corpus, then searches. The clock of a budget in time starts with the process. */
export const run: Run = async (operands, options, context) => {
  const { signal, terminal } = context;
  const config = await loadConfig(options.config as string | undefined);
  const known = new Representations(config);
  const searched = operands.length === 0 ? known.all : [...new Set(operands)].map((id) => known.get(id));
  const targets = fuzzTargets(searched, options, config, known);
  const { budget, told } = fuzzBudget(options, config);
  const ids = searched.map(({ id }) => id);
  const { folder, cases } = readCorpus(options.corpus as string | undefined, config.corpus, ids, known);
  const judge = new FindingJudge(
    { failOn: (options.failOn ?? []) as readonly string[] },
    await baselineOf(options.baseline as string | undefined),
    config.ignore,
  );
  assertWritable(`${FINDINGS}/any`);
  const isUp = (): boolean => signal.aborted || ('deadline' in budget && performance.now() >= budget.deadline);
  // Cases expect nothing of a mutant; its search starts from them.
  const mutant = options.mutant as string | undefined;
  const replayed = { folder, cases: mutant === undefined ? cases : [] };
  const corpus = await replayCorpus(replayed, isUp, (text) => terminal.progress(text));
  const shard = options.shard as Shard | undefined;
  const request: FuzzRequest = {
    targets: targets.map((target) => ({ ...target, corpus: startingCases(target, cases) })),
    seed: (options.seed as number | undefined) ?? config.fuzz.seed ?? DEFAULT_SEED,
    budget,
    jobs: (options.jobs as number | undefined) ?? availableParallelism(),
    ...(shard !== undefined && { shard }),
    ...(options.stopOnFinding === true && { stopOn: (finding: Finding) => judge.fails(finding, mutant) }),
    folder: FINDINGS,
    confirm: options.confirm === true,
  };
  const runs = await search(request, context);
  const report: FuzzReport = {
    seed: request.seed,
    budget: told,
    ...(shard !== undefined && { shard }),
    corpus,
    runs: runs.map((each) => withPoints(judge.runOf(each), options.coverage === true)),
    ...(judge.baseline !== undefined && {
      baseline: { file: judge.baseline.file, findings: judge.baseline.findings },
    }),
  };
  const configWords = options.config === undefined ? [] : ['--config', options.config as string];
  return {
    ok: isAcceptable(report, judge.rules),
    interrupted: signal.aborted,
    report: { ...report },
    text: renderFuzz(report, { style: terminal.style, quiet: terminal.quiet, ...judge.rules, configWords }),
    checks: fuzzChecks(
      report,
      replayed.cases.slice(0, corpus.replayed).map(({ file }) => file),
      judge.rules,
    ),
  };
};

/** The schema library that checks a baseline takes longer to load than many searches take to start. */
async function baselineOf(file: string | undefined): Promise<Baseline | undefined> {
  if (file === undefined) return undefined;
  const { Baseline: Read } = await import('../baseline.ts');
  return new Read(file);
}

/** Writes a case at the moment when it is found: whatever ends the process later, it is there. One that cannot be written is printed. */
function keep({ finding, text }: FuzzFinding): void {
  try {
    writeAtomically(finding.case, text);
  } catch (error) {
    process.stderr.write(`${text}\n`);
    throw error;
  }
}

/** Names of unreached points are told to whoever asks for them. */
function withPoints(found: FuzzRun, told: boolean): FuzzRun {
  const { reached, total } = found.coverage;
  return told ? found : { ...found, coverage: { reached, total } };
}

async function search(request: FuzzRequest, { signal, terminal }: Context): Promise<readonly TargetReport[]> {
  const environment: FuzzEnvironment = {
    clock: () => performance.now(),
    signal,
    resolver: RESOLVER,
    onFinding: keep,
    onProgress: ({ representation, executions, findings }) => {
      const found = `${findings} finding${findings === 1 ? '' : 's'}`;
      terminal.progress(`${representation}: ${executions.toLocaleString('en-US')} executions, ${found}`);
    },
  };
  try {
    return (await fuzz(request, environment)).runs;
  } catch (error) {
    // The search writes and reads its cases itself: one that does not parse is not the caller's mistake. A definition is.
    if (error instanceof InputError && error.code !== 'definition')
      throw new Error(`the search made a wrong case: ${error.render()}`, { cause: error });
    if (!(error instanceof IrreproducibleFinding)) throw error;
    writeAtomically(IRREPRODUCIBLE, error.text);
    throw new IrreproducibleError(`${error.message.split('\n')[0]}; the case is ${IRREPRODUCIBLE}`);
  }
}
