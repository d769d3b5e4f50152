import { CONTRACTS, claimText, type ClaimName } from '../model/machine/claims.ts';
import type { Representation } from '../model/machine/definition.ts';
import { extrasOf, instantiate } from '../model/machine/instance.ts';
import type { ParameterSpec, ParameterValue } from '../model/machine/parameters.ts';
import { DEFAULT_MACHINE, type MachineSettings } from '../model/vocabulary/machine.ts';
import { CLAIM_MEANINGS } from './glossary.ts';

/** A parameter as lists show it. */
export interface ParameterFacts {
  readonly name: string;
  readonly kind: ParameterSpec['kind'];
  readonly default: ParameterValue;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly help: string;
}

/** A representation as lists show it. */
export interface RepresentationSummary {
  readonly id: string;
  readonly title: string;
  readonly origin: 'catalogue' | 'config';
  readonly parameters: readonly ParameterFacts[];
}

/** Everything that can be told of a representation without running it. */
export interface RepresentationFacts extends RepresentationSummary {
  readonly summary: string;
  readonly source: readonly string[];
  /** The values that the following fields are for. */
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly machine: MachineSettings;
  /** Fields of a reference from bit 0 upward. */
  readonly reference: {
    readonly kind: 'word' | 'pointer';
    readonly fields: readonly FieldFacts[];
    readonly spare: string;
  };
  readonly capacity: number;
  readonly operations: readonly string[];
  readonly extras: readonly { readonly name: string; readonly effect: string; readonly help: string }[];
  readonly claims: readonly ClaimFacts[];
  readonly mutants: readonly string[];
}

interface FieldFacts {
  readonly name: string;
  readonly low: number;
  readonly width: number;
}

interface ClaimFacts {
  readonly name: ClaimName;
  readonly claimed: string;
  readonly contract: (typeof CONTRACTS)[number] | null;
  readonly meaning: string;
}

export function summaryOf(
  { id, title, parameters }: Representation,
  origin: RepresentationSummary['origin'],
): RepresentationSummary {
  return {
    id,
    title,
    origin,
    parameters: Object.entries(parameters).map(([name, spec]) => parameterFacts(name, spec)),
  };
}

/** @throws InputError for parameters that the representation does not accept. */
export function factsOf(
  representation: Representation,
  origin: RepresentationSummary['origin'],
  given: Readonly<Record<string, unknown>>,
  machine: MachineSettings = DEFAULT_MACHINE,
): RepresentationFacts {
  const instance = instantiate(representation, given);
  const { blueprint, reference } = instance;
  const { layout } = reference;
  const claims = instance.claims(machine);
  return {
    ...summaryOf(representation, origin),
    summary: representation.summary,
    source: representation.source,
    values: instance.parameters,
    machine,
    reference: {
      kind: reference.kind,
      fields: (layout?.fields ?? []).map(({ name, low, width }) => ({ name, low, width })),
      spare: layout?.spare ?? 'mustBeZero',
    },
    capacity: blueprint.capacity,
    operations: Object.keys(blueprint.operations),
    extras: Object.entries(extrasOf(blueprint.roles)).map(([name, { effect, help }]) => ({ name, effect, help })),
    claims: (Object.keys(CLAIM_MEANINGS) as ClaimName[]).map((name) => ({
      name,
      claimed: claimText(claims[name]),
      ...CLAIM_MEANINGS[name],
    })),
    mutants: instance.mutants.map(({ id }) => id),
  };
}

function parameterFacts(name: string, spec: ParameterSpec): ParameterFacts {
  const { kind, help } = spec;
  if (spec.kind === 'integer') return { name, kind, default: spec.default, min: spec.min, max: spec.max, help };
  if (spec.kind === 'choice') return { name, kind, default: spec.default, values: spec.values, help };
  return { name, kind, default: spec.default, help };
}

/** What a parameter accepts, as short as a table needs it. */
export function rangeText({ kind, min, max, values }: ParameterFacts): string {
  if (kind === 'integer') return `${min} to ${max}`;
  return kind === 'flag' ? 'true or false' : (values ?? []).join(' or ');
}
