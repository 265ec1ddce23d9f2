/** Runs: the list, what goes on in those that are at work, and all of the one that is open. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { GeneFlag } from '../../shared/assay-fit.ts';
import type { Embedding, F910Contract, RunView } from '../../shared/contract.ts';
import type { InputOf } from '../../shared/rpc/procedure.ts';
import { isAppError } from '../../shared/errors.ts';
import type { PanelGene, RunProgress, RunSummary, TrainingCurve } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import type { RunEvent } from '../../shared/runs.ts';
import type { Connection } from './connection.svelte.ts';
import { extended, merged } from './curves.ts';
import { asAppError } from './job.svelte.ts';
import type { Router } from './router.svelte.ts';

/** A finished run with all that is shown of it. */
export interface FinishedRun {
  readonly summary: RunSummary;
  readonly metrics: NonNullable<RunView['metrics']>;
  readonly curves: RunView['curves'];
  readonly genes: readonly PanelGene[];
  /** What speaks against each of the genes on a platform with probes. */
  readonly flags: readonly (readonly GeneFlag[])[];
  readonly embedding: Embedding | null;
}

/** Between two looks at the curves of a run whose epochs come faster than its progress. */
const LOOK_AGAIN_MS = 700;

export class Runs {
  list = $state.raw<readonly RunSummary[]>([]);
  finished = $state.raw<FinishedRun | null>(null);
  /** Why the last thing asked of a run was not done. */
  problem = $state.raw<string | null>(null);
  /** Last progress of each run that is at work. */
  readonly progress = new SvelteMap<string, RunProgress>();
  /** Losses of the networks of each run that was looked at or is at work, from its first epoch on. */
  readonly curves = new SvelteMap<string, readonly TrainingCurve[]>();
  /** Parameters of each run that was looked at. */
  readonly params = new SvelteMap<string, Params>();
  /** What happened in each run that was looked at. */
  readonly logs = new SvelteMap<string, readonly RunEvent[]>();
  /** Runs that were asked to pause or stop and have not yet. */
  readonly stopping = new SvelteSet<string>();
  /** Hears of every run that ends by itself while the page watches. */
  onEnd: (run: RunSummary) => void = () => {};
  readonly #watched = new SvelteSet<string>();
  readonly #looking = new Set<string>();
  readonly #connection: Connection;
  readonly #router: Router;

  constructor(connection: Connection, router: Router) {
    this.#connection = connection;
    this.#router = router;
  }

  /** After every (re)connection. @throws AppError ENGINE_LOST */
  async refresh(): Promise<void> {
    const list = await this.#connection.client.call('run.list', {});
    // Read after the answer: another refresh may have told of the same end.
    const before = this.list;
    this.list = list;
    for (const run of this.list) {
      if (run.status === 'running') this.#watch(run.id);
      else if (before.find(({ id }) => id === run.id)?.status === 'running') this.onEnd(run);
    }
  }

  find(id: string): RunSummary | undefined {
    return this.list.find(run => run.id === id);
  }

  /** @param changes parameters that differ from the preset */
  start(
    datasetId: string,
    preset: string,
    changes: Readonly<Record<string, unknown>>,
    name = '',
  ): Promise<void> {
    return this.#begin({ datasetId, preset, params: { ...changes }, ...(name === '' ? {} : { name }) });
  }

  /** The same run again, to see whether it comes out the same. */
  repeat(id: string): Promise<void> {
    return this.#guard(async () => this.#began(await this.#connection.client.call('run.repeat', { id })));
  }

  resume(id: string): Promise<void> {
    return this.#guard(async () => {
      this.#replace(await this.#connection.client.call('run.resume', { id }));
      this.#watch(id);
    });
  }

  /** Ends a run; settles when it has stopped. What is done is kept. */
  stop(id: string): Promise<void> {
    return this.#halt(id, 'run.cancel');
  }

  /** Settles when the run has stopped at a checkpoint. */
  pause(id: string): Promise<void> {
    return this.#halt(id, 'run.pause');
  }

  rename(id: string, name: string): Promise<void> {
    return this.#guard(async () =>
      this.#replace(await this.#connection.client.call('run.rename', { id, name })),
    );
  }

  note(id: string, note: string): Promise<void> {
    return this.#guard(async () =>
      this.#replace(await this.#connection.client.call('run.note', { id, note })),
    );
  }

  delete(id: string): Promise<void> {
    return this.#guard(async () => {
      await this.#connection.client.call('run.delete', { id });
      this.list = this.list.filter(run => run.id !== id);
      const { at, run } = this.#router.place;
      if (run === id) this.#router.replace({ at });
    });
  }

  /** Curves and log of a run as they are kept. */
  look(id: string): Promise<void> {
    return this.#guard(async () => {
      const { curves, log, params } = await this.#connection.client.call('run.view', { id });
      this.params.set(id, params);
      this.curves.set(id, merged(curves, this.curves.get(id) ?? []));
      this.logs.set(id, log);
    });
  }

  /** Fetches all that is shown of a finished run. */
  load(id: string): Promise<void> {
    return this.#guard(async () => {
      const { client } = this.#connection;
      const [view, genes, flags, embedding] = await Promise.all([
        client.call('run.view', { id }),
        client.call('run.panel', { id }),
        client.call('run.flags', { id }),
        client.call('run.embedding', { id }),
      ]);
      const { metrics } = view;
      if (metrics !== null) this.finished = { ...view, metrics, genes, flags, embedding };
    });
  }

  #watch(id: string): void {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    void this.look(id);
    const onProgress = (value: RunProgress): void => {
      const phase = this.progress.get(id)?.phase;
      this.progress.set(id, value);
      if (phase !== value.phase || this.#hasGap(id)) void this.#lookOnce(id);
      if (value.curve) this.curves.set(id, extended(this.curves.get(id) ?? [], value.curve));
    };
    this.#connection.client
      .call('run.watch', { id }, { onProgress })
      // How it ended stands in the run's own record, which is read below.
      .catch(() => {})
      .finally(() => {
        this.#watched.delete(id);
        this.progress.delete(id);
        void this.look(id);
        // A lost engine is told by the connection, which refreshes everything when it is back.
        void this.refresh().catch(() => {});
      });
  }

  #begin(input: InputOf<F910Contract['run.start']>): Promise<void> {
    return this.#guard(async () => this.#began(await this.#connection.client.call('run.start', input)));
  }

  #began(run: RunSummary): void {
    this.list = [run, ...this.list];
    this.#watch(run.id);
    this.#router.go({ at: 'train', run: run.id });
  }

  async #halt(id: string, how: 'run.cancel' | 'run.pause'): Promise<void> {
    this.stopping.add(id);
    await this.#guard(async () => this.#replace(await this.#connection.client.call(how, { id })));
    this.stopping.delete(id);
  }

  /** Epochs faster than progress is sent are not seen. */
  #hasGap(id: string): boolean {
    return (this.curves.get(id) ?? []).some(({ stop }) => stop.some(Number.isNaN));
  }

  async #lookOnce(id: string): Promise<void> {
    if (this.#looking.has(id)) return;
    this.#looking.add(id);
    await this.look(id);
    // Not with every epoch, where they are quick.
    setTimeout(() => this.#looking.delete(id), LOOK_AGAIN_MS);
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
