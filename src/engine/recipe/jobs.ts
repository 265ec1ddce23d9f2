/**
 * Runs that are going on. A run belongs to the engine, not to the call that started it: it goes on when the caller
 * leaves, anybody can watch it, and stopping it settles when it has really stopped. Runs wait for each other, because
 * two at once would only share the same cores; a run that waits can be stopped like one that works.
 */
import { AppError, cancelled } from '../../shared/errors.ts';
import type { RunProgress } from '../../shared/model.ts';

/** Why a run is stopped before its end: the user pauses or ends it, or the process closes. */
export type StopReason = 'paused' | 'cancelled' | 'interrupted';

export interface RunWork {
  /** Does the run from where it stands; `reason` says why the signal was aborted. */
  run(signal: AbortSignal, progress: (value: RunProgress) => void, reason: () => StopReason): Promise<void>;
  /** Writes down that the run was stopped before its turn came. */
  neverBegan(reason: StopReason): void;
}

interface Job {
  readonly id: string;
  readonly work: RunWork;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  readonly settle: { resolve(): void; reject(error: unknown): void };
  readonly watchers: Set<(progress: RunProgress) => void>;
  reason: StopReason;
  last: RunProgress | null;
}

export class RunJobs {
  /** In the order of their turns; the first one works. */
  readonly #jobs: Job[] = [];

  isGoing(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Queues the work of a run. Its failure reaches whoever watches; it is never unhandled. */
  start(id: string, work: RunWork): void {
    if (this.isGoing(id))
      throw new AppError('BAD_INPUT', `${id} is already running.`, { path: 'id', problem: 'running' });
    const { promise: ended, ...settle } = Promise.withResolvers<void>();
    ended.catch(() => {});
    const stop = new AbortController();
    this.#jobs.push({
      id,
      work,
      stop,
      ended,
      settle,
      watchers: new Set(),
      reason: 'cancelled',
      last: null,
    });
    this.#tellWaiting();
    if (this.#jobs.length === 1) void this.#next();
  }

  /** Settles when the run has ended, as the run did; the aborted signal only ends the watching. */
  async watch(id: string, signal: AbortSignal, progress: (value: RunProgress) => void): Promise<void> {
    const job = this.#find(id);
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

  /** Asks the run to stop and waits until it has. The first reason counts. */
  async stop(id: string, reason: StopReason): Promise<void> {
    const job = this.#find(id);
    if (!job) return;
    if (!job.stop.signal.aborted) {
      job.reason = reason;
      if (job === this.#jobs[0]) job.stop.abort();
      else this.#leaveQueue(job);
    }
    await job.ended.catch(() => {});
  }

  /** Stops all runs, for the end of the process. */
  async close(): Promise<void> {
    // From the end, so that none gets its turn while the one before it stops.
    await Promise.all([...this.#jobs].reverse().map(({ id }) => this.stop(id, 'interrupted')));
  }

  #find(id: string): Job | undefined {
    return this.#jobs.find(job => job.id === id);
  }

  async #next(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      const { stop, work, settle } = job;
      const current = job;
      try {
        // The caller of `start` gets its answer before the work takes the process.
        await new Promise(resolve => setImmediate(resolve));
        await work.run(
          stop.signal,
          value => tell(current, value),
          () => current.reason,
        );
        this.#remove(job);
        settle.resolve();
      } catch (error) {
        this.#remove(job);
        settle.reject(error);
      }
    }
  }

  #leaveQueue(job: Job): void {
    job.stop.abort();
    this.#remove(job);
    try {
      job.work.neverBegan(job.reason);
      job.settle.reject(cancelled(`The run ${job.id}`));
    } catch (error) {
      job.settle.reject(error);
      throw error;
    }
  }

  #remove(job: Job): void {
    this.#jobs.splice(this.#jobs.indexOf(job), 1);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    this.#jobs.slice(1).forEach((job, k) =>
      tell(job, {
        runId: job.id,
        phase: 'waiting',
        label: k === 0 ? 'Waiting for the run before it' : `Waiting for ${k + 1} runs before it`,
        done: k + 1,
        of: 0,
        steps: [],
        share: 0,
        secondsLeft: null,
      }),
    );
  }
}

function tell(job: Job, value: RunProgress): void {
  job.last = value;
  for (const watcher of job.watchers) watcher(value);
}
