import { OPCODE_NAMES } from '../machine/client-program.ts';
import { OPCODE, STAGE } from './client-layout.ts';
import { Stage } from './stage.ts';
import type { ThreadedClient } from './threaded-client.ts';

/** What the next step of a thread that is inside an operation does, for people: called with the state before it. */
export function stepText(client: ThreadedClient, state: Int32Array, thread: number, choice: number): string {
  const at = client.layout.thread(thread);
  const stage = state[at + STAGE];
  const opcode = state[at + OPCODE] - 1;
  if (stage === Stage.end) return `${OPCODE_NAMES[opcode]} ends`;
  if (stage === Stage.touch) return 'reads the object';
  const statement = client.stepped.pending(state, thread);
  const place = statement === undefined ? '' : ` at ${statement.site.text}`;
  return `${client.roleOf(state, thread)}: ${client.stepped.pendingName(state, thread)}${place}${choice === 0 ? '' : ` (choice ${choice})`}`;
}
