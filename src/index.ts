/** The public interface of provsim, under semantic versioning; whatever is not exported here may change in any release. */

// Defining representations.
export { boolean, cyclic, layout, option, pointer, word, type Kind, type ScalarKind } from './model/ir/kind.ts';
export { operation, type Operation } from './model/ir/operation.ts';
export {
  array,
  cell,
  growing,
  list,
  map,
  mutex,
  queue,
  rwlock,
  stack,
  state,
  threadLocal,
  unlocked,
} from './model/ir/state-builder.ts';
export { NONE, NULL, type Bool, type Option, type Pointer, type Word } from './model/ir/value.ts';
export type { Builder } from './model/ir/builder.ts';
export type { Layout } from './model/ir/layout.ts';
export { BuildError } from './model/ir/site.ts';
export {
  representation,
  type Blueprint,
  type Definition,
  type Extra,
  type Representation,
  type Roles,
} from './model/machine/definition.ts';
export {
  choice,
  flag,
  integer,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValues,
} from './model/machine/parameters.ts';

// What comes out.
export type { ClaimName, Claims, Contract, Detection } from './model/machine/claims.ts';
export type { Finding } from './model/machine/finding.ts';
export type { Diagnostic, DiagnosticEvent, DiagnosticFact, DiagnosticPlace } from './model/vocabulary/diagnostic.ts';
export { DEFAULT_MACHINE, type MachineSettings } from './model/vocabulary/machine.ts';
export { VERDICTS, type VerdictCode } from './model/vocabulary/verdicts.ts';
export { InputError, type InputLocation } from './model/vocabulary/input-error.ts';

// Replaying cases.
export { repro, type ReproOptions } from './report/repro.ts';
export type { CaseReport, SeedCount } from './report/case.ts';
export { renderDiagnostic, type Severity } from './report/diagnostic.ts';
export { styleOf, type Style } from './report/style.ts';
