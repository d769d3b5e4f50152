import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { RepresentationOrigin } from '../../explore/client-source.ts';
import { unboundedCounters } from '../../explore/unbounded-counters.ts';
import type { VerifyOptions } from '../../explore/verify.ts';
import type { Scope } from '../../model/threads/client-system.ts';
import type { Contract } from '../../model/machine/claims.ts';
import type { Representation } from '../../model/machine/definition.ts';
import { instantiate, type Instance } from '../../model/machine/instance.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../../model/vocabulary/machine.ts';
import { InputError } from '../../model/vocabulary/input-error.ts';
import { isVerified, type VerifyReport, type VerifyRun } from '../../report/verify-report.ts';
import { renderVerify } from '../../report/verify-text.ts';
import { writeAtomically } from '../atomic-file.ts';
import type { Options, Run } from '../command.ts';
import { loadConfig, type Config } from '../config.ts';
import type { Assignment } from '../option-values.ts';
import { machineSettingsFor, parametersFor } from '../parameter-options.ts';
import { Representations } from '../representations.ts';
import { verifyRuns } from '../verify-run.ts';

const FINDINGS = '.provsim/findings';
const MEBIBYTE = 2 ** 20;
/** Threads find representations by this module, once it is built. */
const RESOLVER = new URL('../representation-resolver.js', import.meta.url).href;

/** Explores every behaviour of the most general clients within a scope, for each representation and contract. */
export const run: Run = async (operands, options, { terminal, signal }) => {
  const config = await loadConfig(options.config as string | undefined);
  const known = new Representations(config);
  const chosen = [...new Set(operands)].map((id) => known.get(id));
  const scope = scopeOf(options);
  const machine = machineOf(options, scope);
  const mutant = options.mutant as string | undefined;
  const instances = chosen.map((representation) =>
    instantiate(representation, verifiedParameters(representation, options, chosen), mutant),
  );
  if (scope.operations === 'unbounded') instances.forEach(refuseCounters);
  const deadline = (options.time as number | undefined) ?? Infinity;
  const choices = choicesOf(options);
  const runs: VerifyRun[] = [];
  for (const instance of instances) {
    const { id } = instance.representation;
    const result = await verifyRuns(
      { instance, machine, scope, words: ['verify', id], folder: FINDINGS },
      {
        ...choices,
        origin: originOf(id, known, config),
        hasTimeEnded: () => performance.now() >= deadline,
        isOver: (states) => {
          terminal.progress(`${id}: ${states.toLocaleString('en-US')} states`);
          return signal.aborted || performance.now() >= deadline;
        },
      },
    );
    for (const { file, text } of result.cases) writeAtomically(file, text);
    runs.push(...result.runs);
  }
  const report: VerifyReport = { require: (options.require as VerifyReport['require'] | undefined) ?? null, runs };
  return {
    ok: isVerified(report),
    interrupted: signal.aborted,
    report: { ...report },
    text: renderVerify(report, terminal),
  };
};

function choicesOf(options: Options): Omit<VerifyOptions, 'origin' | 'isOver'> {
  // Where a reduction is not switched off, commander says that all are on.
  const without = Array.isArray(options.reduction) ? (options.reduction as readonly string[]) : [];
  return {
    fuses: !without.includes('fuse'),
    renames: !without.includes('rename'),
    isExact: options.exact === true,
    isTwice: options.twice === true,
    memoryBytes: (options.memory as number) * MEBIBYTE,
    jobs: (options.jobs as number | undefined) ?? availableParallelism(),
    resolver: RESOLVER,
    clock: () => performance.now(),
    nextTurn,
  };
}

/** How another thread finds a representation. */
function originOf(id: string, known: Representations, { file }: Config): RepresentationOrigin {
  const isConfigured = known.isConfigured(id) && file !== undefined;
  return isConfigured ? { id, module: pathToFileURL(resolve(file)).href } : { id };
}

/** What `--set` gives, and where it gives nothing the widths at which the author wants it explored. */
function verifiedParameters(
  representation: Representation,
  options: Options,
  chosen: readonly Representation[],
): Readonly<Record<string, unknown>> {
  const given = parametersFor(representation, (options.set ?? []) as readonly Assignment[], chosen);
  return { ...representation.smallScope, ...given };
}

/** @throws InputError for an instance that counts without end. */
function refuseCounters({ representation: { id }, program }: Instance): void {
  const counters = unboundedCounters(program);
  if (counters.length === 0) return;
  throw new InputError(
    'usage',
    `${id}: ${counters.join(', ')} ${counters.length === 1 ? 'counts' : 'count'} without end, so that no state space closes: expected --operations N, a narrower word, or one that is declared cyclic`,
  );
}

function scopeOf(options: Options): Scope {
  const number = (name: string): number => options[name] as number;
  return {
    threads: number('threads'),
    objects: number('objects'),
    references: number('references'),
    pointers: number('pointers'),
    slots: number('slots'),
    addresses: (options.addresses as number | undefined) ?? number('objects') + 1,
    operations: options.operations as Scope['operations'],
    client: (options.client as Contract | undefined) ?? 'any',
    messages: number('messages'),
  };
}

/** @throws InputError for settings that have no finite state space. */
function machineOf(options: Options, { operations }: Scope): MachineSettings {
  const given = machineSettingsFor((options.machine ?? []) as readonly Assignment[]);
  if (options.model !== undefined && given.model !== undefined && given.model !== options.model)
    throw new InputError('usage', '--model: expected what --machine says, found another one');
  const machine = { ...DEFAULT_MACHINE, ...given };
  if (machine.addresses === 'bump' && operations === 'unbounded')
    throw new InputError(
      'usage',
      '--machine addresses=bump: fresh addresses without end have no closed state space: expected --operations N with it, or another policy',
    );
  return options.model === undefined ? machine : { ...machine, model: options.model as MachineSettings['model'] };
}
