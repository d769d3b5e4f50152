import type fc from 'fast-check';
import { caseArbitrary, programArbitrary, type ClientCase } from '../../fuzz/fast-check/client-case.ts';
import {
  machineArbitrary as settings,
  parametersArbitrary as parameters,
} from '../../fuzz/fast-check/configuration-arbitrary.ts';
import type { Representation } from '../../model/machine/definition.ts';
import type { ParameterValue, ParameterValues } from '../../model/machine/parameters.ts';
import type { Operation } from '../../model/scenario/scenario.ts';
import type { MachineSettings } from '../../model/vocabulary/machine.ts';
import { boundsOf, runnerOf, type ProgramOptions } from './options.ts';

/**
 * Whole cases: parameters, machine settings and a client program. `text` of a value is a scenario that `repro` takes, and that
 * expects the verdict that the case gives; operations that make no sense where they stand are left out of it.
 *
 * @throws InputError for options that are wrong
 */
export function scenarioArbitrary(
  representation: Representation,
  options: ProgramOptions = {},
): fc.Arbitrary<ClientCase> {
  return caseArbitrary(runnerOf(representation, options), boundsOf(options));
}

/**
 * Client programs as data, for driving an implementation of one's own beside the model. Operations name references (`a`, `b`, …)
 * and held pointers (`p`, `q`, …), never positions, so that a program means the same when fast-check takes operations away; one on
 * a name that holds nothing has to be left out by whoever runs the program.
 *
 * @throws InputError for options that are wrong
 */
export function clientProgramArbitrary(
  representation: Representation,
  options: ProgramOptions = {},
): fc.Arbitrary<readonly Operation[]> {
  return programArbitrary(runnerOf(representation, options), boundsOf(options));
}

/**
 * Parameters that a representation accepts: each is its default six times in ten, else anything in its range.
 *
 * @param fixed parameters that keep these values; none unless given
 */
export function parametersArbitrary(
  representation: Representation,
  fixed: Readonly<Record<string, ParameterValue>> = {},
): fc.Arbitrary<ParameterValues> {
  return parameters(representation, fixed);
}

/**
 * Settings of the abstract machine: each is its default six times in ten, else one of those that a search tries.
 *
 * @param fixed settings that keep these values; none unless given
 */
export function machineArbitrary(fixed: Partial<MachineSettings> = {}): fc.Arbitrary<MachineSettings> {
  return settings(fixed);
}
