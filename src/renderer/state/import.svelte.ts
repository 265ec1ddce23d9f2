/** Counts on their way into the workspace: chosen, looked at, labelled, stored. Nothing is stored before the last step. */
import type {
  DatasetSummary,
  InspectReport,
  LabelOptions,
  Progress,
  ReadOptions,
} from '../../shared/model.ts';
import type { OpenedFile } from '../../shared/desktop.ts';
import type { Host } from '../host.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';

/** A file or folder as the user chose it. */
export interface Chosen {
  readonly name: string;
  readonly files: readonly File[];
}

/** What the engine was given, and how it shall be read. */
export interface Given {
  readonly name: string;
  /** Path, or upload, as the engine takes it. */
  readonly path: string;
  readonly options: ReadOptions;
}

export interface Candidate extends Given {
  readonly report: InspectReport;
}

/** Counts that could not be read, and why; may be read another way. */
export interface Refused {
  readonly name: string;
  readonly why: string;
  /** Null where not even the handing over went well. */
  readonly given: Given | null;
  /** The reader asks for a choice that only the user can make. */
  readonly asks: boolean;
}

export interface Labels {
  readonly name: string;
  readonly path: string;
}

export class Import {
  candidates = $state.raw<readonly Candidate[]>([]);
  refused = $state.raw<readonly Refused[]>([]);
  labels = $state.raw<Labels | null>(null);
  /** The file on its way to the engine, and the share of it that has arrived. */
  sending = $state.raw<{ readonly name: string; readonly share: number } | null>(null);
  /** What became of the last data set, in a sentence. */
  outcome = $state.raw<string | null>(null);
  readonly look: Job<Given, Progress, InspectReport>;
  readonly store: Job<{ name: string; labelOptions: LabelOptions }, Progress, DatasetSummary>;
  readonly #host: Host;
  #queue: Promise<void> = Promise.resolve();

  /** @param stored the data sets that there are; @param onStored called when that has changed */
  constructor(
    connection: Connection,
    host: Host,
    stored: () => readonly DatasetSummary[],
    onStored: () => Promise<void>,
  ) {
    this.#host = host;
    this.look = new Job(({ path, options }, call) =>
      connection.client.call('data.inspect', { path, options }, call),
    );
    this.store = new Job(async ({ name, labelOptions }, call) => {
      const labels = this.labels === null ? {} : { labels: this.labels.path };
      const files = this.candidates.map(({ path, options }) => ({ path, options, labelOptions, ...labels }));
      const request = { files, ...(name === '' ? {} : { name }) };
      const dataset = await connection.client.call('data.import', request, call);
      const before = stored().find(({ id }) => id === dataset.id);
      this.discard();
      await onStored();
      // The engine keeps the same counts once.
      this.outcome = before
        ? `These counts are stored already, as “${before.name}”.`
        : `Stored as “${dataset.name}”.`;
      return dataset;
    });
  }

  get empty(): boolean {
    return this.candidates.length === 0 && this.refused.length === 0;
  }

  /** Hands over and looks at what was chosen, one after the other, after what was chosen before. */
  take(chosen: readonly Chosen[]): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      this.outcome = null;
      for (const one of chosen) await this.#takeOne(one);
    });
    return this.#queue;
  }

  /** The same for what the user opened through the system, which has a path of its own. */
  takeOpened(files: readonly OpenedFile[]): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      this.outcome = null;
      for (const { name, path } of files) await this.read({ name, path, options: {} });
    });
    return this.#queue;
  }

  async #takeOne({ name, files }: Chosen): Promise<void> {
    try {
      const path = await this.#host.hand(files, name, share => (this.sending = { name, share }));
      this.sending = null;
      await this.read({ name, path, options: {} });
    } catch (error) {
      this.sending = null;
      this.#refuse({ name, why: asAppError(error).message, given: null, asks: false });
    }
  }

  /** Looks at counts, for the first time or another way. */
  async read(given: Given): Promise<void> {
    const report = await this.look.start(given);
    const { phase } = this.look;
    if (report !== null) {
      this.remove(given.path);
      this.candidates = [...this.candidates, { ...given, report }];
    } else if (phase.is === 'failed') {
      this.remove(given.path);
      this.#refuse({
        name: given.name,
        why: phase.error.message,
        given,
        asks: phase.error.code === 'BAD_INPUT',
      });
    }
    this.look.reset();
  }

  async takeLabels(file: File): Promise<void> {
    this.labels = { name: file.name, path: await this.#host.hand([file], file.name) };
  }

  remove(path: string): void {
    this.candidates = this.candidates.filter(candidate => candidate.path !== path);
    this.refused = this.refused.filter(refused => refused.given?.path !== path);
  }

  discard(): void {
    this.candidates = [];
    this.refused = [];
    this.labels = null;
    this.store.reset();
  }

  #refuse(refused: Refused): void {
    this.refused = [...this.refused.filter(other => other.name !== refused.name), refused];
  }
}
