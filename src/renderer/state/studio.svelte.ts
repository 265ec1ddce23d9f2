/** What the screen shows, from one place: the engine, data sets, runs, what is current, and what is being imported. */
import type { SystemInfo } from '../../shared/contract.ts';
import { isAppError } from '../../shared/errors.ts';
import type { DatasetSummary, Progress, RunSummary } from '../../shared/model.ts';
import type { Host } from '../host.ts';
import { Board } from './board.svelte.ts';
import { Prediction } from './prediction.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { Drafts } from './draft.svelte.ts';
import { Enrichment } from './enrichment.svelte.ts';
import { Guide } from './guide.svelte.ts';
import { Import } from './import.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';
import { isText, Memory } from './memory.svelte.ts';
import { Router, type PlaceName } from './router.svelte.ts';
import { Recent } from './recent.svelte.ts';
import { announceEnd } from './run-end.ts';
import { Runs } from './runs.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { Undo } from './undo.svelte.ts';

export class Studio {
  readonly connection: Connection;
  readonly host: Host;
  readonly router = new Router();
  readonly memory: Memory;
  readonly settings: Settings;
  readonly undo = new Undo();
  readonly toasts = new Toasts();
  readonly drafts: Drafts;
  readonly runs: Runs;
  readonly import: Import;
  readonly enrichment: Enrichment;
  readonly board: Board;
  readonly prediction: Prediction;
  readonly guide: Guide;
  readonly recent: Recent;
  readonly example: Job<null, Progress, DatasetSummary>;
  /** Data sets and runs are there to be shown. */
  ready = $state(false);
  /** Null until the numerical engine is loaded, a second after everything else. */
  system = $state.raw<SystemInfo | null>(null);
  datasets = $state.raw<readonly DatasetSummary[]>([]);
  problem = $state.raw<string | null>(null);
  #lastDataset = $state.raw<string | null>(null);
  #lastRun = $state.raw<string | null>(null);

  constructor(connection: Connection, host: Host) {
    this.connection = connection;
    this.host = host;
    this.memory = new Memory(connection);
    this.settings = new Settings(this.memory, host);
    this.drafts = new Drafts(this.memory, this.undo);
    this.runs = new Runs(connection, this.router);
    this.runs.onEnd = run => announceEnd(this, run);
    this.enrichment = new Enrichment(connection, host);
    this.board = new Board(connection);
    this.prediction = new Prediction(connection, host);
    this.guide = new Guide(this.memory);
    this.recent = new Recent(this.memory);
    this.import = new Import({
      ...{ connection, host, memory: this.memory, undo: this.undo },
      stored: () => this.datasets,
      onStored: async (dataset, files) => {
        this.recent.add(files.map(({ name, path }) => ({ name, path, dataset: dataset.id })));
        await this.refresh();
        this.openDataset(dataset.id, 'data');
      },
    });
    this.example = new Job(async (_, call) => {
      const dataset = await connection.client.call('data.example', {}, call);
      await this.refresh();
      return dataset;
    });
  }

  /** The data set that Quality, Explore and Train are about: of the address, else the last one used, else the newest. */
  get dataset(): DatasetSummary | null {
    const find = (id: string | null | undefined): DatasetSummary | undefined =>
      this.datasets.find(dataset => dataset.id === id);
    const { dataset, run } = this.router.place;
    const ofRun = run === undefined ? undefined : find(this.runs.find(run)?.datasetId);
    return find(dataset) ?? ofRun ?? find(this.#lastDataset) ?? this.datasets[0] ?? null;
  }

  /** The run that Panel, Genes and Compare are about: of the address, else the last one opened, else the newest finished. */
  get run(): RunSummary | null {
    const { list } = this.runs;
    const { run } = this.router.place;
    return (
      (run === undefined ? undefined : this.runs.find(run)) ??
      list.find(({ id }) => id === this.#lastRun) ??
      list.find(({ status }) => status === 'done') ??
      list[0] ??
      null
    );
  }

  /** Makes a data set the current one, at the place given or the present one. */
  openDataset(id: string, at: PlaceName = this.router.place.at): void {
    this.#lastDataset = id;
    this.memory.set('dataset', id);
    this.router.go({ at, dataset: id });
  }

  openRun(id: string, at: PlaceName = 'panel'): void {
    this.#lastRun = id;
    this.memory.set('run', id);
    this.toasts.dismissAbout(id);
    this.router.go({ at, run: id });
  }

  /** Everything that the engine knows; called after every (re)connection. */
  async refresh(): Promise<void> {
    try {
      const { client } = this.connection;
      const [datasets] = await Promise.all([
        client.call('data.list', {}),
        this.runs.refresh(),
        this.memory.load(),
      ]);
      this.datasets = datasets;
      const first = !this.ready;
      if (first) this.#remember();
      this.ready = true;
      this.problem = null;
      if (first) void this.import.restore();
      this.system = await client.call('system.info', {});
    } catch (error) {
      this.#tell(error);
    }
  }

  /** The guided first run on the example data, from its beginning. */
  async beginGuide(): Promise<void> {
    const dataset = await this.example.start(null);
    if (!dataset) return;
    this.guide.begin();
    this.openDataset(dataset.id, 'data');
  }

  /** Where it was left; without data, from its beginning. */
  async resumeGuide(): Promise<void> {
    if (this.datasets.length === 0) return this.beginGuide();
    this.guide.resume();
  }

  /** To the bin, from where the message that says so can bring it back. */
  async deleteDataset(id: string): Promise<void> {
    const name = this.datasets.find(dataset => dataset.id === id)?.name ?? 'The data set';
    try {
      const { client } = this.connection;
      await client.call('data.delete', { id });
      await this.refresh();
      const entry = (await client.call('bin.list', {})).find(item => item.id === id)?.entry;
      const action = { label: 'Undo', do: () => void this.#restoreDataset(entry!, id) };
      this.toasts.say(`“${name}” is in the bin. Its runs stay.`, entry === undefined ? {} : { action });
    } catch (error) {
      this.#tell(error);
    }
  }

  async #restoreDataset(entry: string, id: string): Promise<void> {
    try {
      await this.connection.client.call('bin.restore', { entry });
      await this.refresh();
      this.openDataset(id, 'data');
    } catch (error) {
      this.#tell(error);
    }
  }

  async renameDataset(id: string, name: string): Promise<void> {
    try {
      const renamed = await this.connection.client.call('data.rename', { id, name });
      this.datasets = this.datasets.map(dataset => (dataset.id === id ? renamed : dataset));
      this.problem = null;
    } catch (error) {
      this.#tell(error);
    }
  }

  #remember(): void {
    this.settings.load();
    this.guide.load();
    this.recent.load();
    const keptId = (key: string): string | null => this.memory.get(key, isText, '') || null;
    this.#lastDataset = keptId('dataset');
    this.#lastRun = keptId('run');
  }

  /** A lost engine is the connection's to tell. */
  #tell(error: unknown): void {
    if (!isAppError(error, 'ENGINE_LOST')) this.problem = asAppError(error).message;
  }
}
