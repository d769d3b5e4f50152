import { boolean, layout, option, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { growing, map, stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NONE } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

/** Entities of bevy_ecs, each with one component in a sparse set. */
export const entityStorage = representation({
  id: 'entity-storage',
  title: 'Entities with generations, components in a sparse set by index',
  summary: 'The world knows generations; the sparse set knows indices, and compares generations in debug builds only.',
  source: ['bevyengine/bevy PR #4723, storage/sparse_set.rs'],
  parameters: {
    lookup: choice(
      ['checked', 'unchecked'],
      'whether get looks the entity up in the world before it asks the sparse set',
    ),
  },
  build({ lookup }) {
    const entity = word(layout({ index: 32, generation: 32 }));
    const members = state({
      entities: unlocked(growing({ generation: word(32) })),
      pending: unlocked(stack(word(32))),
      components: unlocked(map(word(32), pointer())),
    });
    const { entities, pending, components } = members;

    const spawn = operation({ object: pointer() }, entity, ($, { object }) => {
      const reused = pending.pop($);
      $.if(reused.isSome(), () => {
        components.set($, reused.value(), object);
        $.return(entity.of({ index: reused.value(), generation: $.load(entities.at(reused.value()).generation) }));
      });
      const index = entities.push($, { generation: 1 });
      components.set($, index, object);
      $.return(entity.of({ index, generation: 1 }));
    });

    const contains = operation({ reference: entity }, boolean(), ($, { reference }) => {
      $.guard('entity exists', reference.index.lt(entities.length($)), 0);
      $.return($.load(entities.at(reference.index).generation).eq(reference.generation));
    });

    const get = operation({ reference: entity }, option(pointer()), ($, { reference }) => {
      if (lookup === 'checked') $.guard('entity is alive', $.call(contains, { reference }), NONE);
      $.return(components.get($, reference.index));
    });

    const despawn = operation({ reference: entity }, ($, { reference }) => {
      $.guard('entity is alive', $.call(contains, { reference }));
      const component = components.get($, reference.index);
      // A forged reference may name the generation that a free index will have next.
      $.guard('entity has its component', component.isSome());
      components.delete($, reference.index);
      $.store(entities.at(reference.index).generation, reference.generation.add(1));
      pending.push($, reference.index);
      $.reclaim(component.value());
    });

    return {
      reference: entity,
      state: members,
      capacity: 2 ** 28,
      operations: { spawn, get, despawn },
      roles: { create: spawn, resolve: get, destroy: despawn },
      slotFields: ['index'],
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, detectsStale: { within: 2 ** 32 - 1 }, available: 'unlimited' }),
});
