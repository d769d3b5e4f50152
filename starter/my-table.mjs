import { growing, integer, layout, mutex, NULL, operation, pointer, representation, stack, state, word } from 'provsim';

/** Bits of a slot's index: the table has 64 slots. */
const INDEX_BITS = 6;

export const myTable = representation({
  id: 'my-table',
  title: 'My table: an index and a generation behind one lock',
  summary: 'A handle is a slot index and the generation that the slot had when the handle was issued.',
  source: ['replace this with where your design stands'],

  // Parameters are what you want to vary: `provsim fuzz my-table --set generationBits=8`.
  parameters: {
    generationBits: integer(4, { min: 1, max: 16 }, 'bits of the generation'),
  },

  // Called once for each choice of parameters. What it calls on `$` is recorded, not run: use $.if and $.guard, never a host `if`
  // on a symbolic value.
  build({ generationBits }) {
    // Fields from bit 0 upward. The bits above must be zero; resolve checks that below.
    const handle = word(layout({ index: INDEX_BITS, generation: generationBits }, { spare: 'mustBeZero' }));

    // Everything that the table shares between threads.
    const table = state({
      lock: mutex(),
      slots: growing({ object: pointer(), generation: word(generationBits) }),
      free: stack(word(INDEX_BITS)),
    });
    const { lock, slots, free } = table;

    // A fresh object's pointer becomes a handle; 0 when there is no room.
    const register = operation({ object: pointer() }, handle, ($, { object }) => {
      $.lock(lock, () => {
        const reused = free.pop($);
        $.if(reused.isSome(), () => {
          const slot = slots.at(reused.value());
          $.store(slot.object, object);
          // The generation was moved on when the slot was freed.
          $.return(handle.of({ index: reused.value(), generation: $.load(slot.generation) }));
        });
        // A guard is a named early return: it shows in diagnostics, and `--mutant drop-guard:register/room` removes it.
        $.guard('room', slots.length($).lt(2 ** INDEX_BITS), 0);
        const index = slots.push($, { object, generation: 1 });
        $.return(handle.of({ index: index.resize(INDEX_BITS), generation: 1 }));
      });
    });

    // A handle becomes the pointer of its object; null refuses it.
    const resolve = operation({ reference: handle }, pointer(), ($, { reference }) => {
      $.lock(lock, () => {
        $.guard('nothing above the fields', reference.shr(INDEX_BITS + generationBits).eq(0), NULL);
        $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
        const slot = slots.at(reference.index);
        // The check that the whole design stands on. Try: provsim fuzz my-table --mutant drop-guard:resolve/same-generation
        $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
        $.return($.load(slot.object));
      });
    });

    // Retires a handle and answers its object; null when the handle is stale.
    const unregister = operation({ reference: handle }, pointer(), ($, { reference }) => {
      $.lock(lock, () => {
        $.guard('nothing above the fields', reference.shr(INDEX_BITS + generationBits).eq(0), NULL);
        $.guard('slot exists', reference.index.resize(32).lt(slots.length($)), NULL);
        const slot = slots.at(reference.index);
        $.guard('same generation', $.load(slot.generation).eq(reference.generation), NULL);
        const object = $.load(slot.object);
        $.guard('slot in use', object.isNull().not(), NULL);
        $.store(slot.object, NULL);
        // Generation 0 is skipped, so that no handle is 0. After 2^bits - 1 reuses of the slot its first handle is back.
        const next = $.load(slot.generation).add(1);
        $.store(slot.generation, next.max(1));
        free.push($, reference.index);
        $.return(object);
      });
    });

    return {
      reference: handle,
      state: table,
      // The most objects that can be alive at a time.
      capacity: 2 ** INDEX_BITS,
      // Operations have the names of your source; roles wire them to what clients do.
      operations: { register, resolve, unregister },
      roles: {
        create: register,
        resolve,
        destroy: operation({ reference: handle }, ($, { reference }) => {
          const object = $.call(unregister, { reference });
          // Gives the object's memory back; a stale handle has none.
          $.if(object.isNull().not(), () => $.reclaim(object));
        }),
      },
      // The fields that select a slot: diagnostics decode handles by them.
      slotFields: ['index'],
      // What a diagnostic shows of the slot.
      inspect: (reference) => {
        const slot = slots.at(reference.index);
        return { generation: slot.generation, object: slot.object };
      },
    };
  },

  // What you promise, all of it. A search fails when one of these is broken; what you do not promise is a known hazard.
  claims: ({ generationBits }) => ({
    memorySafe: true,
    keepsLive: true,
    threadSafe: true,
    leakFree: true,
    deadlockFree: true,
    // The lock protects the table, not the object: between resolve and the use, somebody else may destroy it.
    safeConcurrentUse: false,
    // Generations wrap. Say 'always' here, and see what `npx provsim fuzz my-table` answers.
    detectsStale: { within: 2 ** generationBits - 1 },
    detectsForged: 'always',
    strictProvenance: true,
    available: 'unlimited',
    boundedGarbage: 0,
    nonBlocking: false,
  }),

  // What a diagnostic may tell whoever reads it to do.
  advice: {
    aba: 'widen the generation (generationBits), or retire a slot when its generations are used up',
  },
});
