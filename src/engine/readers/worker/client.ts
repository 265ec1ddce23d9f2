/** The engine's side: has one file parsed in a thread of its own, and ends the thread whatever happens. */
import { Worker } from 'node:worker_threads';
import { badFile, cancelled, fromWire } from '../../../shared/errors.ts';
import type { ReadOptions } from '../../../shared/model.ts';
import type { RowSink } from '../../counts/rows.ts';
import type { ReadContext, ReadResult, Source } from '../contract.ts';
import type { ParseJob, ParserMessage, ParserName } from './protocol.ts';

/** A parser that says nothing for so long goes round in circles in a damaged file; sound ones report every second. */
const SILENCE_MILLISECONDS = 180_000;

/**
 * @throws AppError BAD_FILE, naming the file and the cause; CANCELLED once the thread has ended
 */
export async function parseInWorker(
  parser: ParserName,
  source: Source,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
): Promise<ReadResult> {
  const what = `Reading ${source.name}`;
  if (context.signal.aborted) throw cancelled(what);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const job: ParseJob = { parser, source, options, taken: taken.buffer };
  const worker = new Worker(context.worker('reader-worker'), {
    workerData: job,
    // The parent's own flags (a test runner's loader, a debugger's port) do not belong in the worker.
    execArgv: [],
    // The HDF5 library writes what it makes of a damaged file to the standard streams.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  let onAbort = (): void => undefined;
  let silence: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ReadResult>((resolve, reject) => {
      const listen = (): void => {
        clearTimeout(silence);
        const stuck = badFile(source.name, 'cannot be read to its end: it is probably damaged');
        silence = setTimeout(() => reject(stuck), SILENCE_MILLISECONDS);
      };
      listen();
      onAbort = () => reject(cancelled(what));
      context.signal.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (message: ParserMessage) => {
        if (context.signal.aborted) return;
        listen();
        try {
          if ('rows' in message) {
            sink.rows(message.rows);
            Atomics.add(taken, 0, 1);
            Atomics.notify(taken, 0);
          } else if ('progress' in message) context.progress(message.progress);
          else if ('result' in message) resolve(message.result);
          else reject(fromWire(message.error));
        } catch (error) {
          // The sink's own failure (a full disk): the caller has to see it as it is.
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        const full = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        reject(full ? badFile(source.name, 'needs more memory to be read than is there') : error);
      });
      worker.on('exit', () => reject(badFile(source.name, 'could not be read: it is probably damaged')));
    });
  } finally {
    clearTimeout(silence);
    context.signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
