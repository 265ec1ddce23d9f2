/** Enriched terms of the run that is open: its panel, the landmarks, and lists that the user added. */
import { SvelteMap } from 'svelte/reactivity';
import { isAppError } from '../../shared/errors.ts';
import type { EnrichmentReport, ListSource, RankedReport, SetsChoice } from '../../shared/enrichment.ts';
import type { GeneList, ListScore } from '../../shared/gene-list.ts';
import type { Progress } from '../../shared/model.ts';
import type { Host } from '../host.ts';
import type { Connection } from './connection.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';

export interface OwnList {
  readonly name: string;
  readonly list: ListSource;
}

export class Enrichment {
  run = $state.raw<string | null>(null);
  report = $state.raw<EnrichmentReport | null>(null);
  problem = $state.raw<string | null>(null);
  busy = $state(false);
  own = $state.raw<readonly OwnList[]>([]);
  sets = $state.raw<SetsChoice>({ kind: 'go' });
  /** How lists of the user's own do as a panel, by their names. */
  readonly scores = new SvelteMap<string, ListScore>();
  readonly scoring: Job<OwnList & { readonly run: string }, Progress, ListScore>;
  /** Enrichment along the ranking of all genes by their weights. */
  readonly ranked: Job<string, Progress, RankedReport>;
  readonly #connection: Connection;
  readonly #host: Host;
  #asked = 0;

  constructor(connection: Connection, host: Host) {
    this.#connection = connection;
    this.#host = host;
    this.scoring = new Job(async ({ run, name, list }, options) => {
      const score = await connection.client.call('list.score', { run, list }, options);
      if (this.run === run) this.scores.set(name, score);
      return score;
    });
    this.ranked = new Job((run, options) =>
      connection.client.call('enrich.ranked', { run, sets: this.sets }, options),
    );
  }

  /** Tests again where the run is another one, or was never tested. */
  open(run: string): void {
    if (this.run === run && (this.report !== null || this.busy)) return;
    if (this.run !== run) {
      [this.run, this.report, this.own] = [run, null, []];
      this.scores.clear();
      this.scoring.stop();
      this.ranked.stop();
      this.ranked.reset();
    }
    void this.test();
  }

  add(list: OwnList): void {
    this.scores.delete(list.name);
    this.own = [...this.own.filter(({ name }) => name !== list.name), list];
    void this.test();
  }

  remove(name: string): void {
    this.own = this.own.filter(list => list.name !== name);
    this.scores.delete(name);
    void this.test();
  }

  /**
   * Hands the files over and tests with their sets.
   * @throws AppError where a file cannot be handed over
   */
  async useFiles(
    kind: 'gmt' | 'annotation',
    files: Partial<Record<'gmt' | 'gaf' | 'obo' | 'genes', File>>,
  ): Promise<void> {
    const hand = (file: File): Promise<string> => this.#host.hand([file], file.name);
    if (kind === 'gmt') this.use({ kind, path: await hand(files.gmt!) });
    else {
      const gaf = await hand(files.gaf!);
      const obo = await hand(files.obo!);
      this.use({ kind, gaf, obo, genes: files.genes ? await hand(files.genes) : null });
    }
  }

  use(sets: SetsChoice): void {
    const before = this.sets;
    this.sets = sets;
    const handed =
      before.kind === 'gmt'
        ? [before.path]
        : before.kind === 'annotation'
          ? [before.gaf, before.obo, before.genes ?? '']
          : [];
    for (const path of handed) if (path !== '') void this.#host.forget(path);
    this.ranked.stop();
    this.ranked.reset();
    void this.test();
  }

  async test(): Promise<void> {
    const { run } = this;
    if (run === null) return;
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const report = await this.#connection.client.call('enrich.lists', {
        background: { run },
        sets: this.sets,
        lists: [...this.own],
      });
      if (asked === this.#asked) [this.report, this.problem] = [report, null];
    } catch (error) {
      if (asked !== this.#asked || isAppError(error, 'ENGINE_LOST')) return;
      this.problem = asAppError(error).message;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** What became of each entry, and which the run measures. */
  look(list: ListSource, sameLetters: boolean): Promise<GeneList> {
    const within = this.run === null ? {} : { within: { run: this.run } };
    return this.#connection.client.call('list.resolve', { list, sameLetters, ...within });
  }
}
