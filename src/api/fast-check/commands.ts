import fc from 'fast-check';
import type { CaseRunner } from '../../fuzz/fast-check/case-runner.ts';
import { mixed, operationArbitraries } from '../../fuzz/fast-check/operation-arbitrary.ts';
import type { Representation } from '../../model/machine/definition.ts';
import { extrasOf } from '../../model/machine/instance.ts';
import { printStatement } from '../../model/scenario/printer.ts';
import type { Operation } from '../../model/scenario/scenario.ts';
import { ClientModel } from './client-model.ts';
import { ClientSession } from './client-session.ts';
import { boundsOf, runnerOf, type ProgramOptions } from './options.ts';

/** One client operation as a command of fast-check: the model says whether it is allowed, the driver runs and judges it. */
export class ClientCommand implements fc.Command<ClientModel, ClientSession> {
  readonly operation: Operation;

  constructor(operation: Operation) {
    this.operation = operation;
  }

  check(model: Readonly<ClientModel>): boolean {
    return model.allows(this.operation);
  }

  /** @throws BrokenClaimError, and Error when driver and model disagree on what is allowed or on what lives */
  run(model: ClientModel, session: ClientSession): void {
    const { operation } = this;
    const answer = session.perform(operation);
    if (answer === undefined) {
      model.hasEnded = true;
      return;
    }
    if (answer.refusal !== undefined && !model.isUncertain)
      throw new Error(`the model allows "${this.toString()}", the driver wants ${answer.refusal}`);
    if (answer.refusal !== undefined) return;
    model.follow(operation, answer);
    if (!model.isUncertain && model.live !== session.live)
      throw new Error(
        `after "${this.toString()}": ${model.live} objects live in the model, ${session.live} in the driver`,
      );
  }

  toString(): string {
    return printStatement(this.operation);
  }
}

/**
 * Client operations as commands for a model-based run on provsim's own driver. Operands are names, so that shrinking takes commands
 * away without changing what the others mean. `maxOperations` is the number of commands at most, and their number is spread evenly
 * up to it, whatever fast-check's size is.
 *
 * @throws InputError for options that are wrong
 * @example
 * const setup = clientSetup(myTable);
 * fc.assert(fc.property(clientCommands(myTable), (commands) => runClientCommands(setup, commands)), { seed: 1 });
 */
export function clientCommands(
  representation: Representation,
  options: ProgramOptions = {},
): fc.Arbitrary<Iterable<fc.Command<ClientModel, ClientSession>>> {
  const bounds = boundsOf(options);
  const { shape, client } = runnerOf(representation, options);
  return mixed(operationArbitraries(shape, client, bounds), (operation) =>
    fc.commands([operation.map((each) => new ClientCommand(each))], { maxCommands: bounds.maxOperations, size: 'max' }),
  );
}

/** Makes the two sides of a run: clients that hold nothing, and the driver with an empty table. */
export type ClientSetup = () => { readonly model: ClientModel; readonly real: ClientSession };

/**
 * The setup for `fc.modelRun` or {@link runClientCommands}: defaults for all parameters and machine settings but those in `options`.
 * The sides that it made last are the only ones in use.
 *
 * @throws InputError for options that are wrong
 */
export function clientSetup(representation: Representation, options: ProgramOptions = {}): ClientSetup {
  const runner: CaseRunner = runnerOf(representation, options);
  const { roles } = runner.harness(runner.base).instance.blueprint;
  const effects = Object.fromEntries(Object.entries(extrasOf(roles)).map(([name, { effect }]) => [name, effect]));
  return () => ({ model: new ClientModel(runner.client, effects), real: new ClientSession(runner) });
}

/**
 * Runs commands to their end, and the end itself, where what was retired has to be reclaimed.
 * @throws BrokenClaimError, and Error when driver and model disagree
 */
export function runClientCommands(
  setup: ClientSetup,
  commands: Iterable<fc.Command<ClientModel, ClientSession>>,
): void {
  const sides = setup();
  fc.modelRun(() => sides, commands);
  sides.real.end();
}
