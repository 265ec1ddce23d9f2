/** Counts on their way into the workspace: chosen, looked at, labelled, stored. Nothing is stored before the last step. */
import type { OpenedFile } from '../../shared/desktop.ts';
import type { DatasetSummary, InspectReport, Progress } from '../../shared/model.ts';
import type { Host } from '../host.ts';
import type { Candidate, Chosen, Given, Refused } from './chosen.ts';
import type { Connection } from './connection.svelte.ts';
import { isForm, type Form } from './import-form.ts';
import { asAppError, Job } from './job.svelte.ts';
import { Labels } from './labels.svelte.ts';
import type { Memory } from './memory.svelte.ts';
import { Pool } from './pool.svelte.ts';
import { sendingOf, type Sending } from './sending.ts';
import type { Undo } from './undo.svelte.ts';

interface Surroundings {
  readonly connection: Connection;
  readonly host: Host;
  readonly memory: Memory;
  readonly undo: Undo;
  /** The data sets that there are. */
  stored(): readonly DatasetSummary[];
  /** Called with what was stored, or was found to be stored already. */
  onStored(dataset: DatasetSummary, files: readonly Given[]): Promise<void>;
}

const KEPT = 'import';

export class Import {
  candidates = $state.raw<readonly Candidate[]>([]);
  refused = $state.raw<readonly Refused[]>([]);
  sending = $state.raw<Sending | null>(null);
  /** Files that wait for their turn. */
  waiting = $state(0);
  /** What became of the last data set, in a sentence. */
  outcome = $state.raw<string | null>(null);
  /** The form was filled in before the page was loaded again. */
  restored = $state(false);
  readonly pool: Pool;
  readonly labels: Labels;
  readonly look: Job<Given, Progress, InspectReport>;
  readonly store: Job<null, Progress, DatasetSummary>;
  #name = $state('');
  #stop: AbortController | null = null;
  #queue: Promise<void> = Promise.resolve();
  #queued = $state(0);
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
    const { connection, undo } = around;
    this.pool = new Pool(connection);
    this.labels = new Labels(
      connection,
      undo,
      () => this.candidates,
      () => this.#keep(),
    );
    this.look = new Job(({ path, options }, call) =>
      connection.client.call('data.inspect', { path, options }, call),
    );
    this.store = new Job((_, call) => this.#store(call));
  }

  get empty(): boolean {
    return this.candidates.length === 0 && this.refused.length === 0;
  }

  /** Something is on its way or is looked at. */
  get busy(): boolean {
    return this.#queued > 0 || this.look.busy;
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#keep();
  }

  /** Hands over and looks at what was chosen, one after the other, after what was chosen before. */
  take(chosen: readonly Chosen[]): Promise<void> {
    this.outcome = null;
    this.waiting += chosen.length;
    return this.#afterOthers(async () => {
      for (const one of chosen) {
        this.waiting--;
        const path = await this.#hand(one);
        if (path !== null) await this.read({ name: one.name, path, options: {} });
      }
    });
  }

  /** The same for what the user opened through the system, which has a path of its own. */
  takeOpened(files: readonly OpenedFile[]): Promise<void> {
    this.outcome = null;
    return this.#afterOthers(async () => {
      for (const { name, path } of files) await this.read({ name, path, options: {} });
    });
  }

  /** Stops the file that is being sent; what had arrived of it is removed. */
  stopSending(): void {
    this.#stop?.abort();
  }

  /** Looks at counts, for the first time or another way. */
  async read(given: Given): Promise<void> {
    // A connection that was lost while a file was sent is mostly back soon.
    await this.#around.connection.whenOpen();
    const report = await this.look.start(given);
    const { phase } = this.look;
    this.look.reset();
    if (report !== null) {
      this.#found({ ...given, report });
    } else if (phase.is === 'failed') {
      this.#drop(given.path);
      const { code, message } = phase.error;
      this.#refuse({ name: given.name, why: message, given, asks: code === 'BAD_INPUT' });
    } else if (phase.is === 'stopped') {
      await this.#around.host.forget(given.path);
    }
    await this.#changed();
  }

  takeLabels(file: File): Promise<void> {
    return this.#afterOthers(async () => {
      const path = await this.#hand({ name: file.name, files: [file] });
      if (path !== null) await this.labels.add({ name: file.name, path });
    });
  }

  /** What the cells of a file are called among those of several files; nothing for the name of the file. */
  nameExperiment(path: string, name: string): void {
    const experiment = name.trim() === '' ? undefined : name.trim();
    this.candidates = this.candidates.map(one => (one.path === path ? { ...one, experiment } : one));
    this.#keep();
  }

  async remove(path: string): Promise<void> {
    this.#drop(path);
    await this.#around.host.forget(path);
    await this.#changed();
  }

  /** What was refused as counts, because it is a table of labels. */
  async useAsLabels({ name, path }: Given): Promise<void> {
    this.#drop(path);
    await this.labels.add({ name, path });
  }

  async dismiss(refused: Refused): Promise<void> {
    this.refused = this.refused.filter(other => other !== refused);
    if (refused.given !== null) await this.#around.host.forget(refused.given.path);
  }

  /** Gives up the form; files that were sent for it are removed. */
  async discard(): Promise<void> {
    const paths = [
      ...this.candidates.map(({ path }) => path),
      ...this.refused.flatMap(({ given }) => given?.path ?? []),
      ...this.labels.files.map(({ path }) => path),
    ];
    this.#clear();
    for (const path of paths) await this.#around.host.forget(path);
  }

  /** Takes up the form of an earlier visit, once; what is gone meanwhile is said. */
  async restore(): Promise<void> {
    const form = this.#around.memory.get<Form | null>(KEPT, isForm, null);
    if (form === null || !this.empty || this.look.busy) return;
    this.restored = true;
    this.#name = form.name;
    this.labels.restore(form.labelFiles, form.choice);
    await this.#afterOthers(async () => {
      for (const given of form.files) await this.read(given);
    });
  }

  /** One thing at a time, in the order in which they were asked for. */
  #afterOthers(work: () => Promise<void>): Promise<void> {
    this.#queued++;
    this.#queue = this.#queue.then(work).finally(() => this.#queued--);
    return this.#queue;
  }

  async #hand({ name, files }: Chosen): Promise<string | null> {
    const stop = (this.#stop = new AbortController());
    const show = sendingOf(name);
    try {
      const onSent = (sent: Parameters<typeof show>[0]): void => void (this.sending = show(sent));
      return await this.#around.host.hand(files, name, { onSent, signal: stop.signal });
    } catch (error) {
      const { code, message } = asAppError(error);
      if (code !== 'CANCELLED') this.#refuse({ name, why: message, given: null, asks: false });
      return null;
    } finally {
      this.sending = null;
      this.#stop = null;
    }
  }

  async #store(call: { signal: AbortSignal; onProgress(progress: Progress): void }): Promise<DatasetSummary> {
    const files = this.candidates.map(({ path, options, experiment }) => {
      const labels = this.labels.fileOf(path)?.path;
      return { path, options, labelOptions: this.labels.optionsFor(path), labels, experiment };
    });
    const name = this.#name.trim();
    const request = { files, ...(name === '' ? {} : { name }) };
    const { connection, stored, onStored } = this.#around;
    const dataset = await connection.client.call('data.import', request, call);
    const before = stored().find(({ id }) => id === dataset.id);
    const given = this.candidates;
    await this.discard();
    await onStored(dataset, given);
    // The engine keeps the same counts once.
    this.outcome = before
      ? `These counts are stored already, as “${before.name}”.`
      : `Stored as “${dataset.name}”.`;
    return dataset;
  }

  async #changed(): Promise<void> {
    this.#keep();
    await Promise.all([this.labels.look(), this.pool.look(this.candidates)]);
  }

  /** What is read another way keeps its place and its name. */
  #found(candidate: Candidate): void {
    const { path } = candidate;
    this.refused = this.refused.filter(refused => refused.given?.path !== path);
    const before = this.candidates.find(other => other.path === path);
    if (before === undefined) this.candidates = [...this.candidates, candidate];
    else
      this.candidates = this.candidates.map(other =>
        other === before ? { experiment: before.experiment, ...candidate } : other,
      );
  }

  #drop(path: string): void {
    this.candidates = this.candidates.filter(candidate => candidate.path !== path);
    this.refused = this.refused.filter(refused => refused.given?.path !== path);
  }

  #refuse(refused: Refused): void {
    const isSame = (other: Refused): boolean =>
      other.given === null && refused.given === null && other.name === refused.name;
    this.refused = [...this.refused.filter(other => !isSame(other)), refused];
  }

  #clear(): void {
    this.candidates = [];
    this.refused = [];
    void this.pool.look([]);
    this.#name = '';
    this.restored = false;
    this.labels.discard();
    this.store.reset();
    this.#keep();
  }

  #keep(): void {
    const { memory } = this.#around;
    const files = this.candidates.map(({ report: _, ...given }) => given);
    if (files.length === 0) return memory.forget(KEPT);
    const { files: labelFiles, choice } = this.labels;
    memory.set(KEPT, { files, labelFiles, choice, name: this.#name } satisfies Form);
  }
}
