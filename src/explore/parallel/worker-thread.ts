import { parentPort, workerData } from 'node:worker_threads';
import type { StepSystem } from '../../model/threads/step-system.ts';
import { LevelWorker } from './level-worker.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './messages.ts';

type Exports = Readonly<Record<string, (...given: readonly unknown[]) => StepSystem | Promise<StepSystem>>>;

/** A worker thread: makes its system itself, and answers one request after the other. */
async function serve(start: WorkerStart): Promise<void> {
  const { module, export: name, arguments: given } = start.source;
  const exports = (await import(module)) as Exports;
  const system = await exports[name](...given);
  const worker = new LevelWorker(system, start);
  parentPort?.on('message', (request: WorkerRequest) => {
    try {
      answer(worker.answer(request));
    } catch (failed) {
      answer({ kind: 'failed', message: failed instanceof Error ? (failed.stack ?? failed.message) : String(failed) });
    }
  });
  answer({ kind: 'ready', words: system.words });
}

function answer(reply: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread's port has no origin; that is for windows.
  parentPort?.postMessage(reply);
}

await serve(workerData as WorkerStart);
