/**
 * A second thread that unpacks the next stretch of a compressed matrix while the parser goes through the one before:
 * unpacking takes most of the time of reading, and the library has one thread.
 */
import { availableParallelism } from 'node:os';
import { once } from 'node:events';
import { Worker, workerData, type MessagePort } from 'node:worker_threads';
import type { Entries } from '../binary/entry-source.ts';
import { parserEntry } from '../worker/protocol.ts';
import { withHdf5, type Hdf5Group } from './file.ts';
import type { Numbers } from './numbers.ts';

/** Start data of the thread: the file, and the group that has the matrix. */
export interface SecondReaderJob {
  readonly secondReaderOf: { readonly path: string; readonly name: string; readonly group: string };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class SecondReader {
  readonly #worker: Worker;
  #asked: { readonly from: number; readonly entries: Promise<Entries | null> } | null = null;
  #answer: ((entries: Entries | null) => void) | null = null;
  #ended = false;

  /** @returns null where it would not help: one core, or no thread of the parser's own */
  static start(group: Hdf5Group): SecondReader | null {
    const entry = parserEntry(workerData);
    return entry === null || availableParallelism() < 2 ? null : new SecondReader(entry, group);
  }

  private constructor(entry: string, group: Hdf5Group) {
    const job: SecondReaderJob = { secondReaderOf: { ...group.file, group: group.path } };
    this.#worker = new Worker(new URL(entry), { workerData: job, execArgv: [], stdout: true, stderr: true });
    const give = (entries: Entries | null): void => {
      this.#answer?.(entries);
      this.#answer = null;
    };
    this.#worker.on('message', give);
    for (const end of ['error', 'exit'] as const) {
      this.#worker.on(end, () => {
        this.#ended = true;
        give(null);
      });
    }
  }

  /** Begins with a stretch, unless another is still being read. */
  ask(from: number, to: number): void {
    if (this.#asked !== null || this.#ended) return;
    const entries = new Promise<Entries | null>(resolve => (this.#answer = resolve));
    this.#asked = { from, entries };
    this.#worker.postMessage({ from, to } satisfies Stretch);
  }

  /** The stretch that was asked for; null where it was another one, or could not be read. */
  async take(from: number): Promise<Entries | null> {
    if (this.#asked?.from !== from) return null;
    const entries = await this.#asked.entries;
    this.#asked = null;
    return entries;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The thread's side. What fails is answered with null: the parser meets the same failure and has the sentence for it. */
export async function serveSecondReader(
  port: MessagePort,
  { secondReaderOf }: SecondReaderJob,
): Promise<void> {
  const { path, name, group } = secondReaderOf;
  await withHdf5(path, name, async root => {
    const matrix = group
      .split('/')
      .reduce<Hdf5Group | null>((at, part) => (part === '' ? at : (at?.group(part) ?? null)), root);
    const read = (part: 'indices' | 'data', { from, to }: Stretch): Numbers =>
      matrix!.needDataset(part).numbers([[from, to]]);
    port.on('message', (stretch: Stretch) => {
      try {
        const entries = { indices: read('indices', stretch), values: read('data', stretch) };
        port.postMessage(entries, [entries.indices.buffer, entries.values.buffer] as ArrayBuffer[]);
      } catch {
        port.postMessage(null);
      }
    });
    await once(port, 'close');
  });
}
