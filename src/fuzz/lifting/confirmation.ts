import { compileSequential } from '../../model/ir/sequential/sequential-engine.ts';
import { Client } from '../../model/machine/client.ts';
import { Opcode, STRIDE } from '../../model/machine/client-program.ts';
import { Memory } from '../../model/memory/memory.ts';
import { Random } from '../../model/vocabulary/random.ts';
import { hasBlocks, programOf } from '../callback-blocks.ts';
import { forges, POINTERS, REFERENCES, type Harness } from '../harness.ts';
import { churnTimes, setChurnTimes } from '../operations.ts';
import { withChurn } from './long-churn.ts';
import { contractOf, type FuzzTarget } from '../target.ts';

/** Rounds that are run without being asked for: a few seconds. */
const CONFIRMABLE = 2 ** 25;
/** Rounds between two looks at the clock: about 30 ms. */
const SLICE = 2 ** 18;

/**
 * Runs a case at the real width: `confirmed` when its reference comes back in the create after its churn and not in a round before,
 * `refuted` when anything else happens, `not-run` when the time is up first. Nothing is recorded, so that a round takes a fraction
 * of a microsecond.
 *
 * @param narrow the case at its narrow width
 * @param rounds those of its churn at the real one
 * @param options.expired whether the time for this is up
 * @param options.always whether it runs however long it takes; only where it takes seconds otherwise
 */
export function confirmed(
  { instance, configuration }: Harness,
  target: FuzzTarget,
  narrow: Int32Array,
  rounds: number,
  { expired, always }: { readonly expired: () => boolean; readonly always: boolean },
): 'confirmed' | 'refuted' | 'not-run' {
  const code = withChurn(narrow, rounds);
  if (hasBlocks(code) || forges(code) || (rounds > CONFIRMABLE && !always)) return 'not-run';
  const memory = new Memory(configuration.machine, new Random(0));
  const client = new Client(instance, memory, (host) => compileSequential(instance.program, host), {
    contract: contractOf(target),
    references: REFERENCES,
    pointers: POINTERS,
  });
  client.stopAtFirst = true;
  const { violations } = client.world;
  for (let at = 0; at < code.length; at += STRIDE) {
    if (code[at] === Opcode.churn) {
      if (!churned(client, code.slice(at, at + STRIDE), expired)) return violations.length > 0 ? 'refuted' : 'not-run';
    } else client.step(programOf(code), at / STRIDE);
    if (violations.length > 0) break;
  }
  const [first] = violations;
  return first?.code === 'aba' && first.event === 'reissue' ? 'confirmed' : 'refuted';
}

/** A churn in slices; answers whether all of its rounds ran without a verdict. */
function churned(client: Client, churn: Int32Array, expired: () => boolean): boolean {
  const program = programOf(churn);
  for (let left = churnTimes(churn, 0); left > 0; left -= SLICE) {
    if (expired()) return false;
    setChurnTimes(churn, 0, Math.min(left, SLICE));
    client.step(program, 0);
    if (client.world.violations.length > 0) return false;
  }
  return true;
}
