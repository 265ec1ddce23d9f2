/** The Quality place: the metrics of the cells once, what the draft keeps of them, and what it keeps of the genes. */
import { isAppError, type AppError } from '../../shared/errors.ts';
import type { DatasetSummary, Progress } from '../../shared/model.ts';
import { CELL_FILTERS, type CellFilter } from '../../shared/quality/filters.ts';
import type { CellQuality, GeneFilterPreview } from '../../shared/quality/model.ts';
import { tooFewCells } from '../../shared/quality/refusal.ts';
import { suggestThresholds } from '../../shared/quality/suggest.ts';
import { PARAM_NAMES, type ParamKey } from '../../shared/params.ts';
import { applicable, countCells, type Counted } from './quality-counting.ts';
import type { Connection } from './connection.svelte.ts';
import type { Draft } from './draft.svelte.ts';
import { asAppError, Job } from './job.svelte.ts';

/** Parameters that this place sets; the others do not change what it shows. */
export const QUALITY_KEYS = [
  ...CELL_FILTERS,
  'minReads',
  'minCells',
  'maxCellsPerType',
] as const satisfies readonly ParamKey[];

/** Genes are counted when a slider has rested for so long: it takes a pass over all counts. */
const REST_MS = 350;

export type GenesPhase =
  | { readonly is: 'waiting' | 'done' | 'stopped' }
  | { readonly is: 'running'; readonly progress: Progress | undefined }
  | { readonly is: 'failed'; readonly error: AppError };

export class Quality {
  readonly dataset: DatasetSummary;
  readonly draft: Draft;
  readonly cells: Job<null, Progress, CellQuality>;
  readonly #connection: Connection;
  /** The cells that balancing leaves; null for all. */
  drawn = $state.raw<Int32Array | null>(null);
  /** The last count of the genes, kept on the screen while the next is made. */
  genes = $state.raw<GeneFilterPreview | null>(null);
  genesPhase = $state.raw<GenesPhase>({ is: 'waiting' });
  /** Seconds that a run with these filters would take; null while that is not known. */
  runTime = $state.raw<{ readonly seconds: number; readonly atMost: number } | null>(null);
  #stopGenes: AbortController | undefined;

  constructor(connection: Connection, dataset: DatasetSummary, draft: Draft) {
    this.#connection = connection;
    this.dataset = dataset;
    this.draft = draft;
    this.cells = new Job((_, call) => connection.client.call('quality.cells', { id: dataset.id }, call));
  }

  readonly isLog = $derived.by(() => this.dataset.alreadyLog !== null);
  readonly quality = $derived.by(() => (this.cells.phase.is === 'done' ? this.cells.phase.result : null));
  readonly thresholds = $derived.by(() =>
    this.quality === null ? null : applicable(this.draft.params, this.quality, this.isLog),
  );
  readonly counted = $derived.by((): Counted | null =>
    this.quality === null || this.thresholds === null
      ? null
      : countCells(this.quality, this.thresholds, this.drawn),
  );
  /** Why no run could start from these cells, or null. */
  readonly refusal = $derived.by(() =>
    this.quality === null || this.thresholds === null
      ? null
      : tooFewCells(this.quality, this.thresholds, this.drawn, filter => `“${PARAM_NAMES[filter]}”`),
  );
  readonly suggestion = $derived.by(() =>
    this.quality === null || this.isLog ? {} : suggestThresholds(this.quality),
  );
  readonly isChanged = $derived.by(() => QUALITY_KEYS.some(key => this.draft.isChanged(key)));
  /** What the count of the genes depends on. */
  readonly #asked = $derived.by(() => {
    const { seed, ...params } = this.draft.params;
    return JSON.stringify([seed, ...QUALITY_KEYS.map(key => params[key])]);
  });

  /** The suggested values, as one step that can be taken back. */
  useSuggestion(): void {
    this.draft.setSeveral(this.suggestion, 'suggested filters');
  }

  /** The filters of this place as the recipe has them; the rest of the draft stays. */
  reset(): void {
    this.draft.clearSeveral(QUALITY_KEYS, 'return to the filters of the recipe');
  }

  setFilter(filter: CellFilter, value: number): void {
    this.draft.set(filter, value);
  }

  /** Asks for the cells that balancing leaves, whenever it changes. To be called in an effect. */
  followBalance(): (() => void) | undefined {
    const { maxCellsPerType, seed } = this.draft.params;
    if (maxCellsPerType === 0 || this.dataset.roles.type === null) {
      this.drawn = null;
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      this.#connection.client
        .call('quality.balanced', { id: this.dataset.id, seed, maxCellsPerType })
        .then(({ cells }) => {
          if (current) this.drawn = cells;
        })
        .catch((error: unknown) => {
          if (current) this.genesPhase = { is: 'failed', error: asAppError(error) };
        });
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }

  /** Counts the genes anew when what they depend on has come to rest. To be called in an effect. */
  followGenes(): () => void {
    const asked = this.#asked;
    this.genesPhase = { is: 'waiting' };
    if (this.quality === null || this.refusal !== null || asked === '') return () => {};
    const timer = setTimeout(() => void this.countGenes(), REST_MS);
    return () => {
      clearTimeout(timer);
      this.#stopGenes?.abort();
    };
  }

  async countGenes(): Promise<void> {
    this.#stopGenes?.abort();
    const stop = (this.#stopGenes = new AbortController());
    const { preset, changes } = this.draft;
    // A limit that these data cannot give is told beside its slider; the genes are counted without it.
    const params = { ...changes };
    if (this.quality?.mitochondrialShare === null) delete params.maxMitochondrialShare;
    this.genesPhase = { is: 'running', progress: undefined };
    const onProgress = (progress: Progress): void => {
      if (this.#stopGenes === stop) this.genesPhase = { is: 'running', progress };
    };
    try {
      const input = { id: this.dataset.id, preset, params };
      const call = { signal: stop.signal, onProgress };
      const genes = await this.#connection.client.call('quality.genes', input, call);
      if (this.#stopGenes !== stop || stop.signal.aborted) return;
      this.genes = genes;
      this.genesPhase = { is: 'done' };
      await this.#estimate(stop.signal);
    } catch (error) {
      if (this.#stopGenes !== stop) return;
      if (isAppError(error, 'CANCELLED')) {
        if (this.genesPhase.is === 'running') this.genesPhase = { is: 'stopped' };
      } else this.genesPhase = { is: 'failed', error: asAppError(error) };
    }
  }

  async #estimate(signal: AbortSignal): Promise<void> {
    const { preset, changes } = this.draft;
    try {
      const input = { datasetId: this.dataset.id, preset, params: changes };
      const { time } = await this.#connection.client.call('run.estimate', input, { signal });
      if (!signal.aborted) this.runTime = time;
    } catch {
      // The time is an extra: Train tells it again, with the reason where it cannot be told.
      if (!signal.aborted) this.runTime = null;
    }
  }

  stopGenes(): void {
    this.#stopGenes?.abort();
  }

  /** The place is left. */
  end(): void {
    this.cells.stop();
    this.stopGenes();
  }
}
