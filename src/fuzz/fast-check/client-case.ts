import fc from 'fast-check';
import type { Contract } from '../../model/machine/claims.ts';
import type { ParameterValues } from '../../model/machine/parameters.ts';
import type { Operation } from '../../model/scenario/scenario.ts';
import type { MachineSettings } from '../../model/vocabulary/machine.ts';
import type { Configuration } from '../configuration.ts';
import type { CaseRunner } from './case-runner.ts';
import { configurationArbitrary } from './configuration-arbitrary.ts';
import { allocArbitrary, mixed, operationArbitraries, type ProgramBounds } from './operation-arbitrary.ts';

/** A generated case: what clients do, and on what. fast-check prints it as the text of its scenario. */
export class ClientCase {
  readonly parameters: ParameterValues;
  readonly machine: MachineSettings;
  readonly client: Contract;
  /** As generated: operations that make no sense where they stand are in it, and are left out of {@link ClientCase.text}. */
  readonly operations: readonly Operation[];
  readonly #runner: CaseRunner;

  constructor(runner: CaseRunner, { parameters, machine }: Configuration, operations: readonly Operation[]) {
    this.#runner = runner;
    this.parameters = parameters;
    this.machine = machine;
    this.client = runner.client;
    this.operations = operations;
  }

  /** The scenario as canonical text, which expects the verdict that it gives; made by running the case. */
  get text(): string {
    return this.#runner.text(this);
  }

  [fc.toStringMethod](): string {
    return `\n${this.text}`;
  }
}

/** Cases of a runner's target. The length is set here and never left to what fast-check calls its default size. */
export function caseArbitrary(runner: CaseRunner, bounds: ProgramBounds): fc.Arbitrary<ClientCase> {
  const operations = programArbitrary(runner, bounds);
  return fc
    .tuple(configurationArbitrary(runner.target), operations)
    .map(([configuration, program]) => new ClientCase(runner, configuration, program));
}

/** Programs begin with an alloc: before it there is nothing to do anything with, and a scenario has at least one statement. */
export function programArbitrary(
  { shape, client }: Pick<CaseRunner, 'shape' | 'client'>,
  bounds: ProgramBounds,
): fc.Arbitrary<readonly Operation[]> {
  const rest = mixed(operationArbitraries(shape, client, bounds), (operation) =>
    fc.array(operation, { maxLength: bounds.maxOperations - 1, size: 'max' }),
  );
  return fc.tuple(allocArbitrary(bounds), rest).map(([first, others]) => [first, ...others]);
}
