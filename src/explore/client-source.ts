import type { Representation } from '../model/machine/definition.ts';
import { instantiate } from '../model/machine/instance.ts';
import type { ParameterValues } from '../model/machine/parameters.ts';
import { ClientSystem, type Scope } from '../model/threads/client-system.ts';
import type { MachineSettings } from '../model/vocabulary/machine.ts';
import type { SystemSource } from './parallel/messages.ts';

/** Where a representation comes from, for a thread that has to make it again. */
export interface RepresentationOrigin {
  readonly id: string;
  /** URL of the configuration that defines it; absent for those that come with provsim. */
  readonly module?: string;
}

/** What makes a client system on another thread. */
export interface ClientOrder {
  /** URL of a module that exports `resolveRepresentation`. */
  readonly resolver: string;
  readonly origin: RepresentationOrigin;
  readonly parameters: ParameterValues;
  readonly mutant: string | undefined;
  readonly machine: MachineSettings;
  readonly scope: Scope;
}

export function clientSource(order: ClientOrder): SystemSource {
  return { module: import.meta.url, export: clientSystem.name, arguments: [order] };
}

export async function clientSystem(order: ClientOrder): Promise<ClientSystem> {
  const { resolveRepresentation } = (await import(order.resolver)) as {
    readonly resolveRepresentation: (origin: RepresentationOrigin) => Promise<Representation>;
  };
  const representation = await resolveRepresentation(order.origin);
  return new ClientSystem(instantiate(representation, order.parameters, order.mutant), order.machine, order.scope);
}
