/** The worker's side: parses one file and posts its blocks, never further ahead of the engine than a few. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { toWire } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/model.ts';
import type { RowBlock } from '../../counts/rows.ts';
import type { ParseJob, Parser, ParserMessage, ParserName } from './protocol.ts';

/** Blocks on their way to the engine at one time; a block is a few million entries at most. */
const BLOCKS_AHEAD = 2;
const PROGRESS_MILLISECONDS = 100;

const parsers: Record<ParserName, () => Promise<Parser>> = {
  hdf5: async () => (await import('../hdf5/parse.ts')).parseHdf5,
  r: async () => (await import('../r/parse.ts')).parseR,
};

/** Parses the file that the worker was started for, and tells the engine how it ended. */
export async function serveParser(port: MessagePort): Promise<void> {
  const job = workerData as ParseJob;
  const post = (message: ParserMessage, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  try {
    const parse = await parsers[job.parser]();
    const result = await parse(
      job.source,
      job.options,
      { rows: sender(post, new Int32Array(job.taken)) },
      { signal: new AbortController().signal, progress: reporter(value => post({ progress: value })) },
    );
    post({ result });
  } catch (error) {
    post({ error: toWire(error) });
  }
}

/** Not more often than a screen changes; the end of a phase always. */
function reporter(report: (value: Progress) => void): (value: Progress) => void {
  let last = -Infinity;
  let phase = '';
  return value => {
    const now = performance.now();
    const ended = value.of > 0 && value.done >= value.of;
    if (value.phase === phase && !ended && now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    phase = value.phase;
    report(value);
  };
}

function sender(
  post: (message: ParserMessage, transfer: ArrayBuffer[]) => void,
  taken: Int32Array,
): (block: RowBlock) => void {
  let sent = 0;
  return block => {
    const copy = {
      rows: block.rows,
      ptr: block.ptr.slice(),
      idx: alone(block.idx, block.ptr[block.rows]!),
      val: alone(block.val, block.ptr[block.rows]!),
    };
    post({ rows: copy }, [copy.ptr.buffer, copy.idx.buffer, copy.val.buffer]);
    sent++;
    for (;;) {
      const seen = Atomics.load(taken, 0);
      if (sent - seen <= BLOCKS_AHEAD) return;
      Atomics.wait(taken, 0, seen);
    }
  };
}

/** Its first values in a buffer that holds nothing else: this array itself where it can be, for readers keep no block. */
function alone<T extends Uint32Array | Float32Array>(array: T, length: number): T & { buffer: ArrayBuffer } {
  const whole = array.length === length && array.byteLength === array.buffer.byteLength;
  // What the readers make is never shared memory.
  return (whole ? array : array.slice(0, length)) as T & { buffer: ArrayBuffer };
}
