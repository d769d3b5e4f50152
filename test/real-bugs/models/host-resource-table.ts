import { boolean, layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/** The table of host resources of wasmtime's component model: a handle is a bare index, whatever the resource's type is. */
export const hostResourceTable = representation({
  id: 'host-resource-table',
  title: 'Wasmtime host resources: a bare index for resources of every type',
  summary: 'With the type in the table a handle of another type is refused; a stale one of the same type still is not.',
  source: ['bytecodealliance/wasmtime PR #7902'],
  parameters: { types: choice(['checked', 'unchecked'], 'whether every use compares the type in the table (#7902)') },
  build({ types }) {
    const resource = word(layout({ handle: 32 }, { spare: 'mustBeZero' }));
    const members = state({
      entries: unlocked(growing({ rep: pointer(), type: word(8) })),
      free: unlocked(stack(word(32))),
    });
    const { entries, free } = members;

    const push = operation({ object: pointer(), kind: word(8) }, resource, ($, { object, kind }) => {
      const reused = free.pop($);
      $.if(reused.isSome(), () => {
        $.store(entries.at(reused.value()).rep, object);
        $.store(entries.at(reused.value()).type, kind);
        $.return(resource.of({ handle: reused.value().add(1) }));
      });
      $.return(resource.of({ handle: entries.push($, { rep: object, type: kind }).add(1) }));
    });

    const isOfType = operation({ reference: resource, kind: word(8) }, boolean(), ($, { reference, kind }) => {
      $.guard('entry exists', reference.sub(1).lt(entries.length($).resize(64)), 0);
      const entry = entries.at(reference.handle.sub(1));
      if (types === 'checked') $.guard('same type', $.load(entry.type).eq(kind), 0);
      $.return($.load(entry.rep).isNull().not());
    });

    const rep = operation({ reference: resource, kind: word(8) }, pointer(), ($, { reference, kind }) => {
      $.guard('resource of the type', $.call(isOfType, { reference, kind }), NULL);
      $.return($.load(entries.at(reference.handle.sub(1)).rep));
    });

    const drop = operation({ reference: resource, kind: word(8) }, ($, { reference, kind }) => {
      $.guard('resource of the type', $.call(isOfType, { reference, kind }));
      const entry = entries.at(reference.handle.sub(1));
      const object = $.load(entry.rep);
      $.store(entry.rep, NULL);
      free.push($, reference.handle.sub(1));
      $.reclaim(object);
    });

    return {
      reference: resource,
      state: members,
      capacity: 2 ** 28,
      operations: { push, rep, drop },
      roles: { create: push, resolve: rep, destroy: drop },
      slotFields: ['handle'],
    };
  },
  // A stale handle of the same type reaches the next resource: types do not tell tenants apart.
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 1 }, available: 'unlimited' }),
});
