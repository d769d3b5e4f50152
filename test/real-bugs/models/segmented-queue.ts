import { boolean, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { stack, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { Bool, NULL } from '../../../src/model/ir/value.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { indexOf, isPlace, PLACE, placed, roster, ROSTER_CLAIMS, ROSTER_SIZE } from './roster.ts';

/**
 * crossbeam's MsQueue and SegQueue, as far as their nodes' memory goes. Clients say which value they pop, where the source pops the
 * oldest: the order plays no part here.
 */
export const segmentedQueue = representation({
  id: 'segmented-queue',
  title: 'Queue whose nodes are dropped by an epoch collector',
  summary: 'Pop moves the payload out of its node; the collector drops the node later.',
  source: ['RUSTSEC-2018-0009'],
  parameters: {
    payload: choice(['manual', 'owned'], 'whether a node drops its payload: ManuallyDrop does not, a plain field does'),
  },
  build({ payload }) {
    const members = state({ nodes: roster({ isPopped: boolean() }), garbage: unlocked(stack(word(32))) });
    const { nodes, garbage } = members;

    const push = operation({ object: pointer() }, PLACE, ($, { object }) => {
      $.guard('room for a node', nodes.length($).lt(ROSTER_SIZE), 0);
      $.return(placed(nodes.push($, { object, isPopped: 0 })));
    });

    const peek = operation({ reference: PLACE }, pointer(), ($, { reference }) => {
      $.guard('node exists', isPlace($, nodes, reference), NULL);
      const node = nodes.at(indexOf(reference));
      $.guard('value is in the queue', $.load(node.isPopped).not(), NULL);
      $.return($.load(node.object));
    });

    /** The payload is read out of the node, which is left to the collector; whoever popped it drops it. */
    const pop = operation({ reference: PLACE }, ($, { reference }) => {
      const value = $.call(peek, { reference });
      $.guard('value is in the queue', value.isNull().not());
      $.store(nodes.at(indexOf(reference)).isPopped, Bool.of(true));
      garbage.push($, indexOf(reference));
      $.reclaim(value);
    });

    const collect = operation({}, ($) => {
      $.loop(
        garbage.length($),
        () => {
          const node = garbage.pop($).value();
          if (payload === 'owned') $.reclaim($.load(nodes.at(node).object));
        },
        { atMost: ROSTER_SIZE },
      );
    });

    return {
      reference: PLACE,
      state: members,
      capacity: ROSTER_SIZE,
      operations: { push, peek, pop, collect },
      roles: {
        create: push,
        resolve: peek,
        destroy: pop,
        extras: { collect: { operation: collect, effect: 'none', help: 'drops the nodes of finished epochs' } },
      },
      slotFields: ['place'],
    };
  },
  claims: () => ROSTER_CLAIMS,
});
