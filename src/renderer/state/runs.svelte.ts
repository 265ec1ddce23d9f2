/** Runs: the list, what goes on in those that are at work, and all of the one that is open. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Embedding, RunView } from '../../shared/contract.ts';
import { isAppError } from '../../shared/errors.ts';
import type { PanelGene, RunProgress, RunSummary, TrainingCurve } from '../../shared/model.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError } from './job.svelte.ts';
import type { Router } from './router.svelte.ts';

/** A finished run with all that is shown of it. */
export interface FinishedRun {
  readonly summary: RunSummary;
  readonly metrics: NonNullable<RunView['metrics']>;
  readonly curves: RunView['curves'];
  readonly genes: readonly PanelGene[];
  readonly embedding: Embedding | null;
}

export class Runs {
  list = $state.raw<readonly RunSummary[]>([]);
  finished = $state.raw<FinishedRun | null>(null);
  /** Why the last thing asked of a run was not done. */
  problem = $state.raw<string | null>(null);
  /** Last progress of each run that is at work. */
  readonly progress = new SvelteMap<string, RunProgress>();
  /** Losses of the networks of each run that is at work, since this page has watched it. */
  readonly curves = new SvelteMap<string, readonly TrainingCurve[]>();
  readonly stopping = new SvelteSet<string>();
  readonly #watched = new SvelteSet<string>();
  readonly #connection: Connection;
  readonly #router: Router;

  constructor(connection: Connection, router: Router) {
    this.#connection = connection;
    this.#router = router;
  }

  /** After every (re)connection. @throws AppError ENGINE_LOST */
  async refresh(): Promise<void> {
    this.list = await this.#connection.client.call('run.list', {});
    for (const run of this.list) if (run.status === 'running') this.#watch(run.id);
  }

  find(id: string): RunSummary | undefined {
    return this.list.find(run => run.id === id);
  }

  /** @param changes parameters that differ from the preset */
  start(datasetId: string, preset: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#guard(async () => {
      const { client } = this.#connection;
      const run = await client.call('run.start', { datasetId, preset, params: { ...changes } });
      this.list = [run, ...this.list];
      this.#watch(run.id);
      this.#router.go({ at: 'train', run: run.id });
    });
  }

  resume(id: string): Promise<void> {
    return this.#guard(async () => {
      this.#replace(await this.#connection.client.call('run.resume', { id }));
      this.#watch(id);
    });
  }

  /** Settles when the run has stopped. */
  async stop(id: string): Promise<void> {
    this.stopping.add(id);
    await this.#guard(async () => {
      this.#replace(await this.#connection.client.call('run.cancel', { id }));
    });
    this.stopping.delete(id);
  }

  delete(id: string): Promise<void> {
    return this.#guard(async () => {
      await this.#connection.client.call('run.delete', { id });
      this.list = this.list.filter(run => run.id !== id);
      const { at, run } = this.#router.place;
      if (run === id) this.#router.go({ at });
    });
  }

  /** Fetches all that is shown of a finished run. */
  load(id: string): Promise<void> {
    return this.#guard(async () => {
      const { client } = this.#connection;
      const [view, genes, embedding] = await Promise.all([
        client.call('run.view', { id }),
        client.call('run.panel', { id }),
        client.call('run.embedding', { id }),
      ]);
      const { metrics } = view;
      if (metrics !== null) this.finished = { ...view, metrics, genes, embedding };
    });
  }

  #watch(id: string): void {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    const onProgress = (value: RunProgress): void => {
      this.progress.set(id, value);
      if (value.curve) this.curves.set(id, extended(this.curves.get(id) ?? [], value.curve));
    };
    this.#connection.client
      .call('run.watch', { id }, { onProgress })
      // How it ended stands in the run's own record, which is read below.
      .catch(() => {})
      .finally(() => {
        this.#watched.delete(id);
        this.progress.delete(id);
        this.curves.delete(id);
        // A lost engine is told by the connection, which refreshes everything when it is back.
        void this.refresh().catch(() => {});
      });
  }

  #replace(run: RunSummary): void {
    this.list = this.list.map(other => (other.id === run.id ? run : other));
  }

  /** A lost engine is the connection's to tell. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      if (!isAppError(error, 'ENGINE_LOST')) this.problem = asAppError(error).message;
    }
  }
}

/** Curves with one epoch more; an epoch that is reported again takes the place of the earlier report. */
function extended(
  curves: readonly TrainingCurve[],
  { model, epoch, train, stop }: NonNullable<RunProgress['curve']>,
): readonly TrainingCurve[] {
  const before = curves.find(curve => curve.model === model) ?? { model, train: [], stop: [], bestEpoch: 1 };
  // Watched from the middle of a run, the epochs before are not known.
  const filled = (losses: readonly number[]): number[] =>
    Array.from({ length: epoch - 1 }, (_, k) => losses[k] ?? NaN);
  const stops = [...filled(before.stop), stop];
  const lowest = stops.reduce((least, loss) => (loss < least ? loss : least), Infinity);
  const curve = { model, train: [...filled(before.train), train], stop: stops };
  const grown = { ...curve, bestEpoch: 1 + stops.indexOf(lowest) };
  return curves.includes(before) ? curves.map(c => (c === before ? grown : c)) : [...curves, grown];
}
