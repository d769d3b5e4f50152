/** Arbitraries, a property and model-based commands for fast-check, on the driver and the minimiser of provsim. */
export {
  clientProgramArbitrary,
  machineArbitrary,
  parametersArbitrary,
  scenarioArbitrary,
} from './api/fast-check/arbitraries.ts';
export {
  clientCommands,
  clientSetup,
  runClientCommands,
  type ClientCommand,
  type ClientSetup,
} from './api/fast-check/commands.ts';
export type { ClientModel } from './api/fast-check/client-model.ts';
export type { ClientSession } from './api/fast-check/client-session.ts';
export type { ProgramOptions } from './api/fast-check/options.ts';
export { BrokenClaimError, holdsItsClaims } from './api/fast-check/property.ts';
export type { ClientCase } from './fuzz/fast-check/client-case.ts';
export type { ExtraArgument, Operation as ClientOperation } from './model/scenario/scenario.ts';
