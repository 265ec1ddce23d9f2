/**
 * Runs one scran.js task in a worker thread of its own. Its steps cannot be interrupted from inside and its heap never
 * shrinks, so the thread is ended when the task is done, has failed or is cancelled.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, cancelled, fromWire } from '../../shared/errors.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { EmbedProgress, TaskName, Tasks, WorkerMessage } from './protocol.ts';

export interface EmbedContext {
  readonly signal: AbortSignal;
  progress(value: EmbedProgress): void;
}

/** More threads than this gain nothing in scran.js's steps. */
const MOST_THREADS = 4;

/**
 * @throws AppError CANCELLED once the thread has ended, or what the task failed with
 */
export async function runTask<N extends TaskName>(
  task: N,
  input: Tasks[N]['input'],
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<Tasks[N]['output']> {
  const what = 'Mapping the cells';
  if (context.signal.aborted) throw cancelled(what);
  // The parent's own flags (a test runner's loader, a debugger's port) do not belong in the worker.
  const worker = new Worker(environment.worker('scran-worker'), { execArgv: [] });
  let onAbort = (): void => undefined;
  try {
    return await new Promise<Tasks[N]['output']>((resolve, reject) => {
      onAbort = () => reject(cancelled(what));
      context.signal.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (message: WorkerMessage) => {
        if ('progress' in message) context.progress(message.progress);
        else if ('error' in message) reject(fromWire(message.error));
        // One worker does one task, so the result is the one of this task.
        else resolve(message.result);
      });
      worker.on('error', reject);
      worker.on('exit', code =>
        reject(
          new AppError('INTERNAL', `The worker that maps the cells ended without a result (code ${code}).`, {
            name: 'WorkerExit',
          }),
        ),
      );
      const threads = Math.min(MOST_THREADS, availableParallelism());
      worker.postMessage({ task, threads, input });
    });
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
