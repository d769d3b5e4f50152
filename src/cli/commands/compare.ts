import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compare, type SearchResult } from '../../compare/comparison.ts';
import { readTrace } from '../../compare/trace.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import type { Instance } from '../../model/machine/instance.ts';
import { parseScenario } from '../../model/scenario/parser.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../model/vocabulary/machine.ts';
import { renderComparison } from '../../report/comparison.ts';
import { alternativesOf } from '../alternatives.ts';
import { caseFiles, readBytes, readText } from '../case-files.ts';
import type { Run } from '../command.ts';
import { loadConfig, type Config } from '../config.ts';
import type { Assignment } from '../option-values.ts';
import { machineSettingsFor } from '../parameter-options.ts';
import { Representations } from '../representations.ts';

/** Compares representations. A broken claim is a failure, a known hazard is not. */
export const run: Run = async (operands, options, { terminal, signal }) => {
  const config = await loadConfig(options.config as string | undefined);
  const representations = new Representations(config);
  const alternatives = alternativesOf(operands, (options.set ?? []) as readonly Assignment[], representations);
  const machine = { ...DEFAULT_MACHINE, ...machineSettingsFor((options.machine ?? []) as readonly Assignment[]) };
  const traces = ((options.trace ?? []) as readonly string[]).map((file) => readTrace(readBytes(file), file));
  const ids = new Set(alternatives.map(({ representation }) => representation.id));
  const compared = await compare({
    alternatives,
    machine,
    corpus: corpusOf(config, representations).filter(({ representation }) => ids.has(representation.id)),
    traces,
    signal,
    progress: terminal.progress,
    search: (instance, settings) => search(instance, settings, options, signal),
  });
  const seed = options.seed as number;
  const ok = compared.every(({ claims }) => claims.every(({ verdict }) => verdict !== 'broken'));
  return {
    ok,
    interrupted: signal.aborted,
    report: { seed, representations: compared },
    text: renderComparison(compared, terminal.style),
  };
};

/** The native search with everything fixed but the operations. */
async function search(
  instance: Instance,
  machine: MachineSettings,
  { runs, seed }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<SearchResult> {
  // A turn of the event loop lets an interruption through.
  await nextTurn();
  const { representation, parameters } = instance;
  const target = { representation, source: { id: representation.id }, parameters, machine };
  const request = { targets: [target], seed: seed as number, budget: { runs: runs as number }, jobs: 1 };
  const report = await fuzz(request, { clock: () => performance.now(), signal });
  const [searched] = report.runs;
  return { executions: searched.executions, operations: searched.operations, findings: searched.findings };
}

/** The cases that come with provsim, and those of the configured corpus. */
function corpusOf({ corpus }: Config, representations: Representations): readonly Scenario[] {
  const own = fileURLToPath(new URL('../../../corpus', import.meta.url));
  return caseFiles(corpus === undefined ? [own] : [own, corpus], ['.scenario']).map((file) =>
    parseScenario(readText(file), file, representations.find, representations.ids),
  );
}
