import { Builder } from './builder.ts';
import type { Local } from './expression.ts';
import type { Kind, ValueOfKind } from './kind.ts';
import { Site } from './site.ts';
import type { Block } from './statement.ts';
import type { ValueType } from './type.ts';
import type { Value } from './value.ts';

export type Parameters = Readonly<Record<string, Kind>>;
export type Arguments<P extends Parameters> = { readonly [Name in keyof P]: ValueOfKind<P[Name]> };

/** What building an operation records: its parameters, its answer, its statements and all locals they use. */
export interface RecordedOperation {
  readonly operation: Operation;
  readonly parameters: readonly Local[];
  readonly result: ValueType | undefined;
  readonly body: Block;
  readonly locals: readonly Local[];
}

/** One operation of a representation. It is recorded once by itself and once wherever another operation calls it (inlined). */
export class Operation<P extends Parameters = Parameters, V extends Value | undefined = Value | undefined> {
  /** As in the representation's source; given by the representation that lists it. */
  name = 'operation';
  readonly parameters: P;
  readonly returns: ValueType | undefined;
  readonly body: ($: Builder, parameters: Arguments<P>) => void;
  readonly site: Site;
  /** Never set: it only carries the class of the answer to the type checker. */
  readonly answers?: V;

  constructor(
    parameters: P,
    returns: ValueType | undefined,
    body: ($: Builder, parameters: Arguments<P>) => void,
    site: Site,
  ) {
    this.parameters = parameters;
    this.returns = returns;
    this.body = body;
    this.site = site;
  }

  /** Runs the body once and gives what it recorded. @throws BuildError that says what to write instead. */
  record(): RecordedOperation {
    return Builder.record(this as unknown as Operation);
  }
}

/**
 * Defines an operation: its parameters by name, optionally the kind of its answer (inferred from its returns otherwise), and the
 * body that records it.
 */
export function operation<P extends Parameters>(
  parameters: P,
  body: ($: Builder, parameters: Arguments<P>) => void,
): Operation<P>;
export function operation<P extends Parameters, V extends Value>(
  parameters: P,
  returns: Kind<V>,
  body: ($: Builder, parameters: Arguments<P>) => void,
): Operation<P, V>;
export function operation<P extends Parameters>(
  parameters: P,
  second: Kind | (($: Builder, parameters: Arguments<P>) => void),
  third?: ($: Builder, parameters: Arguments<P>) => void,
): Operation<P> {
  const site = new Site(operation);
  if (typeof second === 'function') return new Operation(parameters, undefined, second, site);
  return new Operation(parameters, second.type, third as ($: Builder, parameters: Arguments<P>) => void, site);
}
