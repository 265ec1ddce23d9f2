/** What the screen shows: data sets, runs, the one that is open, and the jobs that are going on. */
import type { SystemInfo } from '../../shared/contract.ts';
import { isAppError } from '../../shared/errors.ts';
import type {
  DatasetSummary,
  InspectReport,
  LabelOptions,
  PanelGene,
  Progress,
  RunProgress,
  RunSummary,
} from '../../shared/model.ts';
import type { Embedding, RunView } from '../../shared/contract.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';

/** Counts chosen by the user, looked at, not stored yet. */
export interface Candidate {
  readonly name: string;
  /** Path, or upload, as the engine takes it. */
  readonly path: string;
  readonly report: InspectReport;
}

export interface Labels {
  readonly name: string;
  readonly path: string;
}

export type Place = { readonly at: 'data' } | { readonly at: 'run'; readonly id: string };

export interface FinishedRun extends RunView {
  readonly genes: readonly PanelGene[];
  readonly embedding: Embedding | null;
}

export class Studio {
  readonly connection: Connection;
  system = $state.raw<SystemInfo | null>(null);
  datasets = $state.raw<readonly DatasetSummary[]>([]);
  runs = $state.raw<readonly RunSummary[]>([]);
  place = $state.raw<Place>({ at: 'data' });
  /** The open run with all that is shown of it, once it is finished. */
  finished = $state.raw<FinishedRun | null>(null);
  /** Last progress of each run that is going on. */
  progress = $state.raw<ReadonlyMap<string, RunProgress>>(new Map());
  /** Loss on the stop cells per epoch, of each model of a run that is going on. */
  curves = $state.raw<ReadonlyMap<string, ReadonlyMap<string, readonly Epoch[]>>>(new Map());
  problem = $state.raw<string | null>(null);
  candidates = $state.raw<readonly Candidate[]>([]);
  labels = $state.raw<Labels | null>(null);
  readonly #watched = new Set<string>();

  readonly inspect: Job<{ name: string; path: string }, Progress, Candidate>;
  readonly store: Job<{ labelOptions: LabelOptions; name: string }, Progress, DatasetSummary>;
  readonly example: Job<null, Progress, DatasetSummary>;

  constructor(connection: Connection) {
    this.connection = connection;
    this.inspect = new Job(async ({ name, path }, options) => {
      const report = await connection.client.call('data.inspect', { path, options: {} }, options);
      const candidate = { name, path, report };
      this.candidates = [...this.candidates, candidate];
      return candidate;
    });
    this.store = new Job(async ({ labelOptions, name }, options) => {
      const labels = this.labels === null ? {} : { labels: this.labels.path };
      const files = this.candidates.map(({ path }) => ({ path, options: {}, labelOptions, ...labels }));
      const dataset = await connection.client.call(
        'data.import',
        { files, ...(name === '' ? {} : { name }) },
        options,
      );
      this.discard();
      await this.refresh();
      return dataset;
    });
    this.example = new Job(async (_, options) => {
      const dataset = await connection.client.call('data.example', {}, options);
      await this.refresh();
      return dataset;
    });
  }

  /** Everything that the engine knows; called after every (re)connection. */
  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const { client } = this.connection;
      [this.system, this.datasets, this.runs] = await Promise.all([
        client.call('system.info', {}),
        client.call('data.list', {}),
        client.call('run.list', {}),
      ]);
      for (const run of this.runs) if (run.status === 'running') this.#watch(run.id);
    });
  }

  discard(): void {
    this.candidates = [];
    this.labels = null;
    this.inspect.reset();
    this.store.reset();
  }

  async startRun(datasetId: string, preset: string, seed: number): Promise<void> {
    await this.#guard(async () => {
      const run = await this.connection.client.call('run.start', { datasetId, preset, params: { seed } });
      this.runs = [run, ...this.runs];
      this.#watch(run.id);
      await this.open(run.id);
    });
  }

  async resumeRun(id: string): Promise<void> {
    await this.#guard(async () => {
      this.#replace(await this.connection.client.call('run.resume', { id }));
      this.#watch(id);
    });
  }

  async stopRun(id: string): Promise<void> {
    await this.#guard(async () => {
      this.#replace(await this.connection.client.call('run.cancel', { id }));
    });
  }

  async deleteRun(id: string): Promise<void> {
    await this.#guard(async () => {
      await this.connection.client.call('run.delete', { id });
      this.runs = this.runs.filter(run => run.id !== id);
      if (this.place.at === 'run' && this.place.id === id) this.place = { at: 'data' };
    });
  }

  async open(id: string): Promise<void> {
    this.place = { at: 'run', id };
    this.finished = null;
    await this.#guard(async () => {
      const { client } = this.connection;
      const view = await client.call('run.view', { id });
      if (view.metrics === null) return;
      const [genes, embedding] = await Promise.all([
        client.call('run.panel', { id }),
        client.call('run.embedding', { id }),
      ]);
      if (this.place.at === 'run' && this.place.id === id) this.finished = { ...view, genes, embedding };
    });
  }

  #watch(id: string): void {
    if (this.#watched.has(id)) return;
    this.#watched.add(id);
    const onProgress = (value: RunProgress): void => {
      this.progress = new Map(this.progress).set(id, value);
      if (value.curve) this.#extend(id, value.curve);
    };
    this.connection.client
      .call('run.watch', { id }, { onProgress })
      // How it ended stands in the run's own record, which is read below.
      .catch(() => {})
      .finally(() => {
        this.#watched.delete(id);
        this.progress = new Map([...this.progress].filter(([key]) => key !== id));
        void this.#ended(id);
      });
  }

  async #ended(id: string): Promise<void> {
    await this.#guard(async () => {
      this.runs = await this.connection.client.call('run.list', {});
      if (this.place.at === 'run' && this.place.id === id) await this.open(id);
    });
  }

  #extend(id: string, { model, epoch, train, stop }: Epoch & { readonly model: string }): void {
    const ofRun = new Map(this.curves.get(id));
    const before = (ofRun.get(model) ?? []).filter(e => e.epoch < epoch);
    ofRun.set(model, [...before, { epoch, train, stop }]);
    this.curves = new Map(this.curves).set(id, ofRun);
  }

  #replace(run: RunSummary): void {
    this.runs = this.runs.map(other => (other.id === run.id ? run : other));
  }

  /** Failures of short calls are shown on top; a lost engine is the connection's to tell. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      if (!isAppError(error, 'ENGINE_LOST')) this.problem = asAppError(error).message;
    }
  }
}

export interface Epoch {
  readonly epoch: number;
  readonly train: number;
  readonly stop: number;
}
