import { layout, pointer, word } from '../ir/kind.ts';
import { operation } from '../ir/operation.ts';
import { state } from '../ir/state-builder.ts';
import { NULL } from '../ir/value.ts';
import { representation } from '../machine/definition.ts';
import { choice, integer } from '../machine/parameters.ts';

/** Molt's quiet NaN with the tag of a pointer, as the 16 bits above a payload of 48. */
const POINTER_TAG = 0x7ffc;

/**
 * The status quo of OPT-0003: an object pointer packed into the payload of a NaN. Decoding makes a pointer of an integer, and
 * nothing in the word says which object it was made for.
 */
export const taggedPointer = representation({
  id: 'tagged-pointer',
  title: 'NaN-boxed pointer with exposed provenance',
  summary:
    'The reference is the address in the payload of a NaN, below a tag. Resolve is two instructions and takes no lock, but it ' +
    'makes a pointer of an integer: a strict machine stops there, a permissive one hands out whatever allocation is exposed ' +
    'at that address. Nothing detects a stale reference, and address bits above the payload are lost.',
  source: [
    'OPT-0003, problem statement and alternative 1: pointer tagging with with_exposed_provenance',
    'adpena/molt 02159c3ac, runtime/molt-obj-model/src/lib.rs: POINTER_MASK, canonical_addr_from_masked',
  ],
  parameters: {
    payloadBits: integer(48, { min: 32, max: 50 }, 'address bits that the word keeps'),
    // OPT-0003 only says that addresses are packed into 48 bits; the decoder of that code extends them with their sign.
    extension: choice(['sign', 'zero'], 'what the decoder puts above the payload'),
  },
  build({ payloadBits, extension }) {
    const tagBits = 64 - payloadBits;
    const boxed = word(layout({ payload: payloadBits, tag: tagBits }));
    const tag = tagBits > 16 ? BigInt(POINTER_TAG) << BigInt(tagBits - 16) : BigInt(POINTER_TAG >> (16 - tagBits));

    const from_ptr = operation({ object: pointer() }, boxed, ($, { object }) => {
      const address = $.expose(object);
      $.return(boxed.of({ payload: address.resize(payloadBits), tag }));
    });

    const as_ptr = operation({ reference: boxed }, pointer(), ($, { reference }) => {
      $.guard('word holds a pointer', reference.tag.eq(tag), NULL);
      const address = reference.payload.resize(64);
      $.return($.fromExposed(extension === 'zero' ? address : address.shl(tagBits).signed.shr(tagBits)));
    });

    return {
      reference: boxed,
      state: state({}),
      // As many as memory holds.
      capacity: 2 ** 28,
      operations: { from_ptr, as_ptr },
      roles: {
        create: from_ptr,
        resolve: as_ptr,
        destroy: operation({ reference: boxed }, ($, { reference }) => {
          const object = $.call(as_ptr, { reference });
          $.guard('word held a pointer', object.isNull().not());
          $.reclaim(object);
        }),
      },
      slotFields: ['payload'],
    };
  },
  claims: ({ payloadBits, extension }, { hostBits }) => {
    // A sign-extended payload keeps addresses below 2^(payloadBits - 1), for the top bit of the payload is copied upward.
    const fits = hostBits <= (extension === 'zero' ? payloadBits : payloadBits - 1);
    return {
      // A truncated address is freed and touched as well, and its object never is.
      memorySafe: fits,
      keepsLive: fits,
      leakFree: fits,
      threadSafe: true,
      deadlockFree: true,
      safeConcurrentUse: false,
      detectsStale: 'never',
      detectsForged: 'never',
      strictProvenance: false,
      available: 'unlimited',
      boundedGarbage: 0,
      nonBlocking: true,
    };
  },
  advice: {
    'exposed-provenance':
      'keep the pointer in a table and put its key into the word, or keep the pointer itself and tag its low bits',
    'stale-handle': 'nothing in the word tells objects apart: use a table with generations',
    aba: 'nothing in the word tells objects apart: use a table with generations',
    'truncated-address': 'widen the payload, decode it as it was encoded, or keep objects below the address limit',
    'no-provenance': 'the word outlived its object; nothing in it tells objects apart: use a table with generations',
    'use-after-free': 'nothing in the word tells objects apart: use a table with generations',
  },
});
