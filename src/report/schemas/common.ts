import { z } from 'zod';
import { CONTRACTS } from '../../model/machine/claims.ts';
import { VERDICTS, type VerdictCode } from '../../model/vocabulary/verdicts.ts';
import { CLAIM_MEANINGS } from '../glossary.ts';

export const verdictCode = z.enum(VERDICTS.map(({ code }) => code) as [VerdictCode, ...VerdictCode[]]);
export const contract = z.enum(CONTRACTS);
export const claimName = z.enum(Object.keys(CLAIM_MEANINGS) as [string, ...string[]]);
export const claimStatus = z.enum(['broken-claim', 'known-hazard']);
export const parameterValue = z.union([z.number(), z.string(), z.boolean()]);
export const parameterValues = z.record(z.string(), parameterValue);
/** Lines and columns count from 1; 0 means that there is none. */
export const position = z.int().min(0);
export const count = z.int().min(0);
export const seed = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

export const machine = z.strictObject({
  addresses: z.string(),
  hostBits: z.int(),
  placement: z.enum(['low', 'high']),
  provenance: z.enum(['permissive', 'strict']),
  alignment: z.enum(['real', 'symbolic']),
  model: z.enum(['sc', 'rc11']),
});

export const diagnostic = z.strictObject({
  code: verdictCode,
  title: z.string(),
  place: z.strictObject({
    file: z.string(),
    line: position,
    column: position,
    statement: z.string(),
    thread: z.string(),
    inside: z.string(),
  }),
  events: z.array(
    z.strictObject({
      kind: z.string(),
      line: position,
      statement: z.string(),
      text: z.string(),
      thread: z.int().min(0),
    }),
  ),
  facts: z.array(z.strictObject({ label: z.string(), text: z.string() })),
  help: z.string().optional(),
  replay: z.string(),
});

export const finding = z.strictObject({
  code: verdictCode,
  claim: claimName.nullable(),
  status: claimStatus,
  contract,
  signature: z.string(),
  representation: z.string(),
  parameters: parameterValues,
  machine,
  operations: count,
  threads: count,
  case: z.string(),
  summary: z.string(),
  diagnostic,
  lifted: z
    .strictObject({
      parameters: parameterValues.describe('the real ones'),
      parameter: z.string(),
      value: z.int(),
      observed: z.array(z.strictObject({ width: count, reuses: count })),
      skipped: count,
      step: count,
      reuses: count.describe('of one slot, until its first reference comes back'),
      confirmed: z.boolean().describe('whether the real width was run too'),
    })
    .optional()
    .describe('for a case at a narrow width: what happens at the real one, which status and summary are about'),
});

/** What every answer begins with. */
function frame<Name extends string>(command: Name, ok: z.ZodType<boolean>) {
  return {
    command: z.literal(command),
    ok,
    version: z.string(),
    schemaVersion: z.literal(1),
    elapsedMs: count,
  };
}

/** The JSON that a verb prints: its own fields, or an error (wrong usage or input, or a fault of provsim). */
export function answer<Name extends string, Shape extends z.ZodRawShape>(command: Name, shape: Shape) {
  const result = z.strictObject({ ...frame(command, z.boolean()), interrupted: z.literal(true).optional(), ...shape });
  return z.union([result, failure(command)]);
}

function failure<Name extends string>(command: Name) {
  return z.strictObject({
    ...frame(command, z.literal(false)),
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      file: z.string().optional(),
      line: position.optional(),
      column: position.optional(),
      expected: z.string().optional(),
    }),
  });
}
