import { kebabCase } from '../ir/mutation.ts';
import type { ValueType } from '../ir/type.ts';
import type { Representation } from '../machine/definition.ts';
import { extrasOf, instantiate, type Instance } from '../machine/instance.ts';
import type { ParameterValues } from '../machine/parameters.ts';

/** What one argument of an extra may be. */
export interface ArgumentShape {
  readonly name: string;
  readonly type: 'reference' | 'pointer' | 'number';
  /** Of a number: the largest. */
  readonly maximum: bigint;
}

/** What may happen at a point inside an operation that a scenario can name. */
export interface CallbackPoint {
  /** Whether statements may run there; a point that can only panic allows none. */
  readonly runs: boolean;
}

/**
 * What a scenario's words are checked against: extras, callbacks and mutants of a representation with its parameters. The
 * representation is built when the first of them is asked for, because most scenarios ask for none.
 */
export class RepresentationFacts {
  readonly representation: Representation;
  readonly #parameters: ParameterValues;
  #instance: Instance | undefined;
  #extras: ReadonlyMap<string, readonly ArgumentShape[]> | undefined;
  #callbacks: ReadonlyMap<string, CallbackPoint> | undefined;

  constructor(representation: Representation, parameters: ParameterValues) {
    this.representation = representation;
    this.#parameters = parameters;
  }

  get mutants(): readonly string[] {
    return this.#built().mutants.map((mutant) => mutant.id);
  }

  /** The arguments of every extra, by its name. */
  get extras(): ReadonlyMap<string, readonly ArgumentShape[]> {
    this.#extras ??= extraShapes(this.#built());
    return this.#extras;
  }

  /** Callbacks and panic points by their name in kebab case. */
  get callbacks(): ReadonlyMap<string, CallbackPoint> {
    this.#callbacks ??= callbackPoints(this.#built());
    return this.#callbacks;
  }

  #built(): Instance {
    this.#instance ??= instantiate(this.representation, this.#parameters);
    return this.#instance;
  }
}

function extraShapes({ blueprint, program, reference }: Instance): ReadonlyMap<string, readonly ArgumentShape[]> {
  return new Map(
    Object.keys(extrasOf(blueprint.roles)).map((name) => {
      const parameters = program.entries.get(`extra:${name}`)?.parameters ?? [];
      return [name, parameters.map((parameter) => shapeOf(parameter.name, parameter.type, reference))];
    }),
  );
}

/** A parameter is a reference by its name or by the layout it shares with references; any other pointer is a held one. */
function shapeOf(name: string, type: ValueType, reference: Instance['reference']): ArgumentShape {
  const layout = 'layout' in type ? type.layout : undefined;
  const sharesLayout = layout !== undefined && layout === reference.layout;
  if (name === 'reference' || sharesLayout) return { name, type: 'reference', maximum: 0n };
  if (type.kind === 'pointer') return { name, type: 'pointer', maximum: 0n };
  const width = type.kind === 'word' || type.kind === 'cyclic' ? type.width : 1;
  return { name, type: 'number', maximum: 2n ** BigInt(width) - 1n };
}

function callbackPoints({ program }: Instance): ReadonlyMap<string, CallbackPoint> {
  const points = new Map<string, CallbackPoint>();
  for (const statement of program.statements) {
    if (statement.kind !== 'callback' && statement.kind !== 'mayPanic') continue;
    const name = kebabCase(statement.name);
    points.set(name, { runs: statement.kind === 'callback' || points.get(name)?.runs === true });
  }
  return points;
}
