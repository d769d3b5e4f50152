import { z } from 'zod';
import { answer, claimName, contract, count, finding, machine, parameterValues } from './common.ts';

const scope = z.strictObject({
  threads: count,
  objects: count.describe('whose memory is not given back, at one time'),
  references: count.describe('that all threads together keep at one time'),
  pointers: count.describe('that one thread holds at one time'),
  slots: count.describe('most elements of a container of the representation'),
  addresses: count.describe('that objects may have'),
  operations: z.union([count, z.literal('unbounded')]).describe('that each thread begins'),
  client: contract,
  model: z.enum(['sc', 'rc11']),
  messages: count.nullable().describe('under rc11: most messages of one location that somebody may still read'),
});

export const verify = answer('verify', {
  require: z.enum(['complete', 'closed']).nullable(),
  runs: z
    .array(
      z.strictObject({
        representation: z.string(),
        parameters: parameterValues,
        machine,
        mutant: z.string().optional(),
        scope,
        reductions: z.array(z.string()).describe('that were on'),
        exact: z.boolean().describe('whether whole states were compared'),
        states: count,
        transitions: count,
        depth: count,
        statesPerSecond: count,
        complete: z.boolean().describe('every behaviour within the scope was explored'),
        closed: z.boolean().describe('complete, for any number of operations'),
        cuts: count.describe('transitions that a bound of containers or messages stopped'),
        stopped: z.enum(['memory', 'interrupted', 'time']).nullable(),
        agrees: z.boolean().optional().describe('with --twice: whether both explorations saw the same'),
        creates: z.union([count, z.literal('unlimited')]).nullable().describe('the most creates on any path'),
        garbage: count
          .nullable()
          .describe('the most objects retired and not given back while at most one thread is inside an operation'),
        omission: z.number().min(0).describe('the chance that equal fingerprints hid a state'),
        judged: z.array(claimName),
        vacuous: z.array(z.string()).describe('guards, operations and claims that never occurred'),
        findings: z.array(
          finding.extend({
            trace: z.array(z.strictObject({ thread: count, text: z.string() })),
            shortest: z.boolean().describe('whether no shorter trace exists'),
          }),
        ),
      }),
    )
    .describe('one for each representation and contract, from the strictest contract to the one asked for'),
});
