import type { Host } from '../../model/ir/engine.ts';
import { compileSequential } from '../../model/ir/sequential/sequential-engine.ts';
import { instantiate } from '../../model/machine/instance.ts';
import { parseOperationLog, replayLog, type ReplayOutcome } from '../../model/machine/operation-log.ts';
import { Memory } from '../../model/memory/memory.ts';
import { DEFAULT_MACHINE } from '../../model/vocabulary/machine.ts';
import { Random } from '../../model/vocabulary/random.ts';
import { printable } from '../../report/printable.ts';
import { rowsText } from '../../report/rows.ts';
import type { Style } from '../../report/style.ts';
import { readText, shownPath } from '../case-files.ts';
import type { Run } from '../command.ts';
import { loadConfig } from '../config.ts';
import type { Assignment } from '../option-values.ts';
import { parametersFor } from '../parameter-options.ts';
import { Representations } from '../representations.ts';

/** Replays a log that was recorded from a real table against the model of it. */
export const run: Run = async (operands, options, { terminal: { style } }) => {
  const known = new Representations(await loadConfig(options.config as string | undefined));
  const file = shownPath(operands[0]);
  const log = parseOperationLog(readText(file), file);
  const representation = known.get(options.representation as string);
  const given = parametersFor(representation, (options.set ?? []) as readonly Assignment[], [representation]);
  const instance = instantiate(representation, given, options.mutant as string | undefined);
  const memory = new Memory(DEFAULT_MACHINE, new Random(0));
  const outcome = replayLog(log, instance, compileSequential(instance.program, detachedHost(memory)));
  const { id } = representation;
  return {
    ok: outcome.divergence === null,
    report: { file, representation: id, parameters: instance.parameters, ...outcome },
    text: outcomeText(outcome, file, id, style),
  };
};

/** Nothing is allocated behind the pointers of a log, and no client runs: there is nothing to give back or to call. */
function detachedHost(memory: Memory): Host {
  return { memory, reclaim: () => 0, callback: () => undefined, mayPanic: () => false };
}

function outcomeText({ operations, divergence }: ReplayOutcome, file: string, id: string, style: Style): string {
  const count = `${operations.toLocaleString('en-US')} operation${operations === 1 ? '' : 's'}`;
  if (divergence === null)
    return `${style.good('ok  ')}  ${style.place(printable(file))}  ${count}: ${id} answers as the log does`;
  const { line, op, expected, actual } = divergence;
  const rows = [
    ['operation', op],
    ['the log', expected],
    ['the model', actual],
  ];
  return [
    `${style.bad('FAIL')}  ${style.place(`${printable(file)}:${line}`)}  ${id} answers otherwise than the log`,
    '',
    rowsText(
      rows.map((row) => row.map(printable)),
      style.width,
      [style.quiet],
    ),
  ].join('\n');
}
