/**
 * Runs that are going on. A run belongs to the engine, not to the call that started it: it goes on when the caller
 * leaves, anybody can watch it, and cancelling it settles when it has really stopped. Runs wait for each other, because
 * two at once would only share the same cores.
 */
import { AppError, cancelled } from '../../shared/errors.ts';
import type { RunProgress } from '../../shared/model.ts';

interface Job {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  readonly watchers: Set<(progress: RunProgress) => void>;
  last: RunProgress | null;
}

export type RunWork = (signal: AbortSignal, progress: (value: RunProgress) => void) => Promise<void>;

export class RunJobs {
  readonly #jobs = new Map<string, Job>();
  #queue: Promise<void> = Promise.resolve();

  isGoing(id: string): boolean {
    return this.#jobs.has(id);
  }

  /** Queues the work of a run. Its failure reaches whoever watches; it is never unhandled. */
  start(id: string, work: RunWork): void {
    if (this.#jobs.has(id))
      throw new AppError('BAD_INPUT', `${id} is already running.`, { path: 'id', problem: 'running' });
    const stop = new AbortController();
    const watchers: Job['watchers'] = new Set();
    const report = (value: RunProgress): void => {
      job.last = value;
      for (const watcher of watchers) watcher(value);
    };
    const ended = this.#queue
      .then(() => {
        if (stop.signal.aborted) throw cancelled(id);
        return work(stop.signal, report);
      })
      .finally(() => this.#jobs.delete(id));
    const job: Job = { stop, ended, watchers, last: null };
    this.#jobs.set(id, job);
    // The next run starts whatever became of this one.
    this.#queue = ended.catch(() => {});
  }

  /** Settles when the run has ended, as the run did; the aborted signal only ends the watching. */
  async watch(id: string, signal: AbortSignal, progress: (value: RunProgress) => void): Promise<void> {
    const job = this.#jobs.get(id);
    if (!job) return;
    if (job.last) progress(job.last);
    job.watchers.add(progress);
    let leave = (): void => {};
    try {
      await Promise.race([
        job.ended,
        new Promise<never>((_, reject) => {
          leave = (): void => reject(cancelled(`Watching ${id}`));
          signal.addEventListener('abort', leave, { once: true });
        }),
      ]);
    } finally {
      signal.removeEventListener('abort', leave);
      job.watchers.delete(progress);
    }
  }

  /** Asks the run to stop and waits until it has. */
  async cancel(id: string): Promise<void> {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.stop.abort();
    await job.ended.catch(() => {});
  }

  /** Stops all runs, for the end of the process. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map(id => this.cancel(id)));
  }
}
