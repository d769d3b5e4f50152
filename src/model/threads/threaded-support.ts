import { visitStatements } from '../ir/program.ts';
import type { Statement } from '../ir/statement.ts';
import type { Instance } from '../machine/instance.ts';
import { InputError } from '../vocabulary/input-error.ts';

/** Statements on memory of the representation's own, which threaded states do not hold. */
const UNSUPPORTED: readonly Statement['kind'][] = ['allocate', 'deallocate', 'read', 'write'];

/**
 * Refuses what threads do not have yet: memory of the representation's own, and objects that it places there itself.
 * @throws InputError that names the statement.
 */
export function refuseUnsupported({ representation, program, blueprint }: Instance): void {
  const expected = 'a representation whose only memory is that of its objects';
  if (blueprint.roles.allocate !== undefined)
    throw new InputError(
      'unsupported',
      `${representation.id} places objects in memory of its own, which is not modelled with threads`,
      {},
      expected,
    );
  for (const { body } of program.entries.values())
    visitStatements(body, ({ kind, site }) => {
      if (!UNSUPPORTED.includes(kind)) return;
      throw new InputError('unsupported', `${site.text}: "${kind}" is not modelled with threads`, {}, expected);
    });
}
