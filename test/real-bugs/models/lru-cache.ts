import { layout, pointer, word } from '../../../src/model/ir/kind.ts';
import { operation } from '../../../src/model/ir/operation.ts';
import { cell, map, state, unlocked } from '../../../src/model/ir/state-builder.ts';
import { NULL, type Pointer } from '../../../src/model/ir/value.ts';
import type { Builder } from '../../../src/model/ir/builder.ts';
import { representation } from '../../../src/model/machine/definition.ts';
import { choice } from '../../../src/model/machine/parameters.ts';
import { ROSTER_CLAIMS } from './roster.ts';

const NODE_BYTES = 24;
const PREV = 0n;
const NEXT = 8n;
const VALUE = 16n;
const KEY_BITS = 24;

const at = (node: Pointer, field: bigint): Pointer => node.wrappingOffset(field);

function link($: Builder, left: Pointer, right: Pointer): void {
  $.write(at(left, NEXT), right);
  $.write(at(right, PREV), left);
}

/**
 * The lru crate: a map from keys to nodes, and an intrusive list of the nodes from the newest to the oldest. The capacity is never
 * reached here, for a cache that forgets keeps no reference alive: an insertion touches the list all the same.
 */
export const lruCache = representation({
  id: 'lru-cache',
  title: 'LRU cache: a map and an intrusive list of its nodes',
  summary: 'A node stands in two structures; user code that panics between the two removals leaves it in one of them.',
  source: ['RUSTSEC-2026-0253'],
  parameters: { detach: choice(['first', 'last'], 'whether pop detaches the node before it drops the key, or after') },
  build({ detach }) {
    const reference = word(layout({ key: KEY_BITS }, { spare: 'mustBeZero' }));
    const members = state({
      nodes: unlocked(map(word(64), pointer())),
      head: cell(pointer()),
      tail: cell(pointer()),
      keys: cell(word(KEY_BITS)),
    });
    const { nodes, head, tail, keys } = members;

    const attach = operation({ node: pointer() }, ($, { node }) => {
      const first = $.load(head);
      link($, node, $.read(pointer(), at(first, NEXT)));
      link($, first, node);
    });
    const unlink = operation({ node: pointer() }, ($, { node }) => {
      link($, $.read(pointer(), at(node, PREV)), $.read(pointer(), at(node, NEXT)));
    });

    const put = operation({ object: pointer() }, reference, ($, { object }) => {
      $.guard('keys left', $.load(keys).lt(2 ** KEY_BITS - 1), 0);
      $.if($.load(head).isNull(), () => {
        const first = $.allocate(NODE_BYTES, 8);
        const last = $.allocate(NODE_BYTES, 8);
        $.store(head, first);
        $.store(tail, last);
        link($, first, last);
      });
      const key = $.load(keys).add(1);
      $.store(keys, key);
      const node = $.allocate(NODE_BYTES, 8);
      $.write(at(node, VALUE), object);
      nodes.set($, key.resize(64), node);
      $.call(attach, { node });
      $.return(reference.of({ key }));
    });

    const get = operation({ reference }, pointer(), ($, given) => {
      const node = nodes.get($, given.reference);
      $.guard('key is in the map', node.isSome(), NULL);
      $.call(unlink, { node: node.value() });
      $.call(attach, { node: node.value() });
      $.return($.read(pointer(), at(node.value(), VALUE)));
    });

    const pop = operation({ reference }, ($, given) => {
      const found = nodes.get($, given.reference);
      $.guard('key is in the map', found.isSome());
      const node = found.value();
      nodes.delete($, given.reference);
      if (detach === 'first') $.call(unlink, { node });
      const value = $.read(pointer(), at(node, VALUE));
      $.onUnwind(
        () => $.mayPanic('drop key'),
        () => {
          $.reclaim(value);
          $.deallocate(node, NODE_BYTES, 8);
        },
      );
      if (detach === 'last') $.call(unlink, { node });
      $.reclaim(value);
      $.deallocate(node, NODE_BYTES, 8);
    });

    return {
      reference,
      state: members,
      capacity: 2 ** KEY_BITS - 1,
      operations: { put, get, pop, attach, detach: unlink },
      roles: { create: put, resolve: get, destroy: pop },
      slotFields: ['key'],
    };
  },
  claims: () => ({ ...ROSTER_CLAIMS, available: 2 ** KEY_BITS - 1 }),
});
