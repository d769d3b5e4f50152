import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseScenario } from '../../model/scenario/parser.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { hasThreads } from '../../model/scenario/threaded-lowering.ts';
import { replayCase, replayWithSeeds, type CaseReport } from '../../report/case.ts';
import { caseChecks } from '../../report/ci/check.ts';
import { renderCases } from '../../report/case-text.ts';
import { traceCase } from '../../report/trace.ts';
import { caseFiles, readText } from '../case-files.ts';
import type { Context, Options, Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import { Representations } from '../representations.ts';

const ENDINGS = ['.scenario'];
/** The longest that one case is made smaller. */
const MINIMIZE_MS = 60_000;
/** Steps that take about a second. */
const LONG_STEPS = 2 ** 22;

/** Replays cases: all of them are read before the first one runs, so that wrong input is told at once. */
export const run: Run = async (operands, options, { terminal, signal, killable }) => {
  const config = await loadConfig(options.config as string | undefined);
  const representations = new Representations(config);
  const scenarios = caseFiles(operands, ENDINGS).map((file) =>
    parseScenario(readText(file), file, representations.find, representations.ids),
  );
  const cases: CaseReport[] = [];
  for (const scenario of scenarios) {
    // A turn of the event loop lets an interruption through.
    await nextTurn();
    if (signal.aborted) break;
    terminal.progress(`${cases.length + 1}/${scenarios.length} ${scenario.file}`);
    cases.push(await reportOf(scenario, options, killable));
  }
  const ok = cases.every((each) => each.ok);
  return {
    ok,
    interrupted: signal.aborted,
    report: { cases },
    text: renderCases(cases, terminal),
    checks: caseChecks(cases),
  };
};

async function reportOf(scenario: Scenario, options: Options, killable: Context['killable']): Promise<CaseReport> {
  const { manySeeds, trace, minimize } = options;
  // With threads, what every statement did is what its steps did.
  const timeline = options.timeline === true || (trace === true && hasThreads(scenario));
  const replay = (): CaseReport =>
    manySeeds === undefined ? replayCase(scenario, timeline) : replayWithSeeds(scenario, manySeeds as number, timeline);
  const report = isLong(scenario) ? killable(replay) : replay();
  const traced = trace === true && !hasThreads(scenario) ? { ...report, trace: traceCase(scenario) } : report;
  if (minimize !== true) return traced;
  // The minimiser brings the whole search with it.
  const { minimizeCase } = await import('../minimized-case.ts');
  const end = performance.now() + MINIMIZE_MS;
  return { ...traced, minimized: killable(() => minimizeCase(scenario, () => performance.now() > end)) };
}

/** Whether a run may take longer than somebody who interrupts it wants to wait. */
function isLong({ threads }: Scenario): boolean {
  const statements = threads.flatMap((thread) => thread.statements);
  return statements.reduce((sum, each) => sum + (each.op === 'churn' ? each.times : 1), 0) > LONG_STEPS;
}
