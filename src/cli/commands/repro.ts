import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseScenario } from '../../model/scenario/parser.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { replayCase, replayWithSeeds, type CaseReport } from '../../report/case.ts';
import { renderCases } from '../../report/case-text.ts';
import { traceCase } from '../../report/trace.ts';
import { caseFiles, readText } from '../case-files.ts';
import type { Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import { Representations } from '../representations.ts';

const ENDINGS = ['.scenario'];

/** Replays cases: all of them are read before the first one runs, so that wrong input is told at once. */
export const run: Run = async (operands, options, { terminal, signal }) => {
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
    cases.push(reportOf(scenario, options));
  }
  const ok = cases.every((each) => each.ok);
  return {
    ok,
    interrupted: signal.aborted,
    report: { cases },
    text: renderCases(cases, terminal),
  };
};

function reportOf(scenario: Scenario, { manySeeds, trace }: Readonly<Record<string, unknown>>): CaseReport {
  const report = manySeeds === undefined ? replayCase(scenario) : replayWithSeeds(scenario, manySeeds as number);
  return trace === true ? { ...report, trace: traceCase(scenario) } : report;
}
