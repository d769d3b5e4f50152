import { parentPort, workerData } from 'node:worker_threads';
import { HarnessCache } from './harness.ts';
import { LocalLanes } from './lane-pool.ts';
import type { Resolve } from './target.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker-messages.ts';

/** A worker thread: some lanes of every target. Requests are served one after the other. */
async function serve({ resolver }: WorkerStart): Promise<void> {
  const { resolveRepresentation } = (await import(resolver)) as { readonly resolveRepresentation: Resolve };
  const lanes = new Map<number, LocalLanes>();
  let last: Promise<void> = Promise.resolve();
  const handle = async (request: WorkerRequest): Promise<void> => {
    try {
      if (request.kind === 'open') {
        const representation = await resolveRepresentation(request.target.source);
        const target = { ...request.target, representation };
        const { seed, firstLane, numbers } = request;
        lanes.set(request.id, new LocalLanes(target, new HarnessCache(target), seed, firstLane, numbers));
      } else answer({ id: request.id, results: lanes.get(request.id)?.run(request.orders) ?? [] });
    } catch (failed) {
      answer({ id: request.id, error: failed instanceof Error ? (failed.stack ?? failed.message) : String(failed) });
    }
  };
  parentPort?.on('message', (request: WorkerRequest) => {
    last = last.then(() => handle(request));
  });
}

function answer(reply: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread's port has no origin; that is for windows.
  parentPort?.postMessage(reply);
}

await serve(workerData as WorkerStart);
