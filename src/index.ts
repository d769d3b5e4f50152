/**
 * The public interface of provsim, under semantic versioning; whatever is not exported here, by `provsim/vitest` or by
 * `provsim/fast-check` may change in any release.
 */

// Kinds of values.
export {
  boolean,
  cyclic,
  layout,
  option,
  pointer,
  word,
  type Kind,
  type ScalarKind,
  type WordKind,
} from './model/ir/kind.ts';
export type { Layout } from './model/ir/layout.ts';
export { NONE, NULL, THREAD, THREADS, type Bool, type Option, type Pointer, type Word } from './model/ir/value.ts';

// State.
export {
  array,
  cell,
  growing,
  list,
  map,
  mutex,
  perThread,
  queue,
  rwlock,
  stack,
  state,
  threadLocal,
  unlocked,
} from './model/ir/state-builder.ts';

// Operations and representations.
export type { Builder, Variable } from './model/ir/builder.ts';
export { operation, type Operation } from './model/ir/operation.ts';
export { BuildError } from './model/ir/site.ts';
export type { Ordering } from './model/ir/statement.ts';
export {
  representation,
  type Blueprint,
  type Definition,
  type Effect,
  type Extra,
  type LogCall,
  type LogRepeat,
  type Representation,
  type Roles,
} from './model/machine/definition.ts';
export {
  choice,
  flag,
  integer,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValue,
  type ParameterValues,
} from './model/machine/parameters.ts';
export { defineConfig, type IgnoreRule, type ProvsimConfig } from './api/config.ts';

// What is claimed, on which machine, and what comes out.
export {
  claimText,
  CONTRACTS,
  type ClaimName,
  type Claims,
  type Contract,
  type Detection,
} from './model/machine/claims.ts';
export type { Finding } from './model/machine/finding.ts';
export type { Diagnostic, DiagnosticEvent, DiagnosticFact, DiagnosticPlace } from './model/vocabulary/diagnostic.ts';
export { DEFAULT_MACHINE, type MachineSettings } from './model/vocabulary/machine.ts';
export { VERDICTS, type VerdictCode, type VerdictGroup } from './model/vocabulary/verdicts.ts';
export { InputError, type InputLocation } from './model/vocabulary/input-error.ts';

// The catalogue, searching, and replaying.
export { CATALOGUE } from './model/representations/catalogue.ts';
export { BrokenClaim, makeTarget, type ByteTargetOptions } from './fuzz/byte-target.ts';
export { fuzz, type FoundCase, type FuzzOptions, type FuzzReport, type TargetOptions } from './api/fuzz.ts';
export type { FuzzEngine } from './fuzz/target.ts';
export { repro, reproFile, type ReproOptions } from './api/repro.ts';
export { renderDiagnostic, type RenderOptions } from './api/diagnostic-text.ts';
export type { CaseReport, SeedCount } from './report/case.ts';
