/**
 * Explore's state for one data set: its maps as they settle, what they are coloured by, what is hidden and selected.
 * It lives as long as the page, so that maps go on settling while another place is open.
 */
import { type AppError, isAppError } from '../../shared/errors.ts';
import {
  MAP_DEFAULTS,
  MAP_HELP,
  MAP_KEYS,
  type ExploreMaps,
  type GeneValues,
  type MapSettings,
  type MapsLook,
  type MapsProgress,
  type MapsRequest,
} from '../../shared/explore.ts';
import type { DatasetSummary } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import { byCategory, type Colouring } from '../charts/cells/colouring.ts';
import { DIM, HIDDEN, PLAIN } from '../charts/cells/splat.ts';
import { colourOptions, columnOf, measureOf } from './explore-colours.ts';
import { ExploreCells } from './explore-cells.svelte.ts';
import { asAppError } from './job.svelte.ts';
import type { Studio } from './studio.svelte.ts';

export type MapName = 'pca' | 'tsne' | 'umap';

/** Maps as far as they have come. */
export type MapsSoFar = Pick<ExploreMaps, 'shown'> & Partial<Omit<ExploreMaps, 'shown'>>;

export type MapsPhase =
  | { readonly is: 'looking' | 'none' | 'done' }
  | {
      readonly is: 'running' | 'stopping';
      readonly label: string;
      readonly done: number;
      readonly of: number;
    }
  | { readonly is: 'failed'; readonly error: AppError };

export class Explore {
  readonly dataset: DatasetSummary;
  readonly studio: Studio;
  readonly cells: ExploreCells;
  phase = $state.raw<MapsPhase>({ is: 'looking' });
  maps = $state.raw<MapsSoFar | null>(null);
  look = $state.raw<MapsLook | null>(null);
  /** The filters and settings that the maps on the screen were made with. */
  madeFor = $state.raw<string | null>(null);
  settings = $state.raw<MapSettings>(MAP_DEFAULTS);
  colourId = $state('');
  gene = $state.raw<GeneValues | null>(null);
  /** The gene that is being read, or why it could not be. */
  geneWait = $state.raw<{ readonly name: string; readonly problem: string | null } | null>(null);
  /** Hidden categories by what they are categories of. */
  hidden = $state.raw<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
  /** A flag for each shown cell; null where none is selected. */
  selected = $state.raw<Uint8Array | null>(null);
  hovered = $state(-1);

  constructor(studio: Studio, dataset: DatasetSummary) {
    this.studio = studio;
    this.dataset = dataset;
    this.cells = new ExploreCells(studio, dataset.id);
    this.settings = { ...MAP_DEFAULTS, ...studio.memory.get(this.#key, isSettings, {}) };
  }

  get #key(): string {
    return `explore:${this.dataset.id}`;
  }

  get request(): MapsRequest {
    const { preset, changes } = this.studio.drafts.of(this.dataset.id);
    return { datasetId: this.dataset.id, preset, params: { ...changes }, settings: this.settings };
  }

  /** What decides the maps: a change of any other parameter leaves them as they are. */
  get wanted(): string {
    const { seed, maxCellsPerType, minLibrarySize, minReads, minCells, targetSum, logBase }: Params =
      this.studio.drafts.of(this.dataset.id).params;
    return JSON.stringify([
      maxCellsPerType > 0 ? seed : 0,
      ...[maxCellsPerType, minLibrarySize, minReads, minCells, targetSum, logBase],
      this.settings,
    ]);
  }

  get busy(): boolean {
    return this.phase.is === 'running' || this.phase.is === 'stopping';
  }

  /** The maps belong to other filters or settings than the present ones. */
  get outdated(): boolean {
    return this.maps !== null && this.madeFor !== null && this.madeFor !== this.wanted;
  }

  readonly options = $derived.by(() => {
    const maps = this.maps && { shown: this.maps.shown, clusters: this.maps.clusters ?? new Int32Array(0) };
    return colourOptions(this.dataset, this.cells.columns, this.cells.own, maps);
  });

  /** What is coloured by: the choice where it can be had, else the first that there is. */
  readonly colour = $derived.by(() => {
    if (this.colourId === 'gene' && this.gene !== null) return 'gene';
    return (this.options.find(({ id }) => id === this.colourId) ?? this.options[0])?.id ?? 'library';
  });

  readonly colouring: Colouring | null = $derived.by(() => {
    if (this.maps === null) return null;
    const column = this.#column(this.colour);
    return column ? byCategory(column) : measureOf(this.colour, this.maps, this.gene);
  });

  /** How each shown cell is drawn. */
  readonly states = $derived.by(() => {
    const n = this.maps?.shown.cells.length ?? 0;
    const states = new Uint8Array(n).fill(PLAIN);
    const { selected } = this;
    if (selected !== null) for (let c = 0; c < n; c++) if (selected[c] === 0) states[c] = DIM;
    for (const [id, labels] of this.hidden) {
      const column = labels.size === 0 ? null : this.#column(id);
      if (!column) continue;
      const { categories, of } = byCategory(column);
      const off = categories.map(({ label }) => labels.has(label));
      for (let c = 0; c < n; c++) if (off[of[c]!] === true) states[c] = HIDDEN;
    }
    return states;
  });

  readonly selectedCount = $derived(this.selected?.reduce((sum, flag) => sum + flag, 0) ?? 0);
  readonly hiddenCount = $derived(this.states.reduce((sum, state) => sum + (state === HIDDEN ? 1 : 0), 0));

  /** Sees what there is for the present filters and settings; takes it where it is there. */
  async find(): Promise<void> {
    if (this.busy) return;
    const { request, wanted } = this;
    if (this.madeFor === wanted && this.maps !== null) return;
    try {
      await this.cells.load();
      const look = await this.studio.connection.client.call('explore.look', request);
      if (this.wanted !== wanted || this.busy) return;
      this.look = look;
      if (look.maps !== null) this.#show(look.maps, wanted);
      // Maps of a finished run are only fetched, so nobody has to ask for them.
      else if (look.run !== null) await this.compute();
      else this.phase = this.maps === null ? { is: 'none' } : { is: 'done' };
    } catch (error) {
      this.phase = { is: 'failed', error: asAppError(error) };
    }
  }

  async compute(): Promise<void> {
    if (this.busy) return;
    const { request, wanted } = this;
    this.phase = { is: 'running', label: 'Reading cells', done: 0, of: 0 };
    try {
      const onProgress = (progress: MapsProgress): void => this.#take(progress, wanted);
      const maps = await this.studio.connection.client.call('explore.compute', request, { onProgress });
      this.#show(maps, wanted);
    } catch (error) {
      if (isAppError(error, 'CANCELLED')) this.phase = { is: this.maps === null ? 'none' : 'done' };
      else this.phase = { is: 'failed', error: asAppError(error) };
    }
  }

  /** Ends a map, or all, where they are. */
  async stop(which: 'tsne' | 'umap' | 'all'): Promise<void> {
    if (this.phase.is !== 'running') return;
    if (which === 'all') this.phase = { ...this.phase, is: 'stopping' };
    try {
      await this.studio.connection.client.call('explore.stop', { datasetId: this.dataset.id, which });
    } catch {
      // A lost engine ends the computation by itself, which then says so.
    }
  }

  useSettings(settings: MapSettings): void {
    const before = this.settings;
    const use = (next: MapSettings): void => {
      this.settings = next;
      this.studio.memory.set(this.#key, next);
    };
    this.studio.undo.do({
      label: 'settings of the maps',
      apply: () => use(settings),
      revert: () => use(before),
    });
  }

  async colourByGene(name: string): Promise<void> {
    if (this.maps === null) return;
    this.geneWait = { name, problem: null };
    try {
      const { cells } = this.maps.shown;
      const request = { ...this.request, cells, gene: name };
      const gene = await this.studio.connection.client.call('explore.gene', request);
      // Another gene was asked for, or other cells are shown since.
      if (this.geneWait?.name !== name || this.maps?.shown.cells !== cells) return;
      this.gene = gene;
      this.colourId = 'gene';
      this.geneWait = null;
    } catch (error) {
      this.geneWait = { name, problem: asAppError(error).message };
    }
  }

  select(next: Uint8Array | null, label = 'selection of cells'): void {
    const before = this.selected;
    const empty = next?.every(flag => flag === 0) ?? true;
    if (empty && before === null) return;
    const use = (flags: Uint8Array | null) => (): void => void (this.selected = flags);
    this.studio.undo.do({ label, apply: use(empty ? null : next), revert: use(before) });
  }

  /** Adds to the selection, takes from it, or begins a new one. */
  selectBy(flags: Uint8Array, how: 'new' | 'add' | 'remove'): void {
    const before = this.selected;
    if (how === 'new' || before === null) return this.select(how === 'remove' ? null : flags);
    this.select(before.map((flag, c) => (how === 'add' ? flag | flags[c]! : flag & (1 - flags[c]!))));
  }

  hide(id: string, labels: ReadonlySet<string>, label: string): void {
    const before = this.hidden;
    const after = new Map(before);
    if (labels.size === 0) after.delete(id);
    else after.set(id, labels);
    const use = (hidden: typeof before) => (): void => void (this.hidden = hidden);
    this.studio.undo.do({ label, apply: use(after), revert: use(before) });
  }

  showEverything(): void {
    const before = this.hidden;
    const use = (hidden: typeof before) => (): void => void (this.hidden = hidden);
    this.studio.undo.do({ label: 'showing of all cells', apply: use(new Map()), revert: use(before) });
  }

  #column(id: string) {
    if (this.maps === null) return null;
    const { shown, clusters = new Int32Array(0) } = this.maps;
    return columnOf(id, this.cells.columns, this.cells.own, { shown, clusters });
  }

  #take({ label, done, of, phase: _phase, ...parts }: MapsProgress, wanted: string): void {
    if (!this.busy) return;
    if (this.phase.is === 'running') this.phase = { is: 'running', label, done, of };
    if (parts.shown !== undefined) {
      this.#forgetCells(parts.shown.cells);
      this.maps = { ...parts, shown: parts.shown };
      this.madeFor = wanted;
    } else if (this.maps !== null) {
      this.maps = { ...this.maps, ...parts };
    }
  }

  #show(maps: ExploreMaps, wanted: string): void {
    this.#forgetCells(maps.shown.cells);
    this.maps = maps;
    this.madeFor = wanted;
    this.phase = { is: 'done' };
  }

  /** What was said of single cells holds only while the same cells are shown. */
  #forgetCells(cells: Int32Array): void {
    const before = this.maps?.shown.cells;
    const isSame = before?.length === cells.length && before.every((cell, k) => cell === cells[k]);
    if (isSame) return;
    this.selected = null;
    this.gene = null;
    this.hovered = -1;
  }
}

const kept = new WeakMap<Studio, Map<string, Explore>>();

/** The state of a data set, made when it is first asked for. */
export function exploreOf(studio: Studio, dataset: DatasetSummary): Explore {
  const all = kept.get(studio) ?? new Map<string, Explore>();
  kept.set(studio, all);
  let explore = all.get(dataset.id);
  if (!explore) all.set(dataset.id, (explore = new Explore(studio, dataset)));
  return explore;
}

function isSettings(value: unknown): value is Partial<MapSettings> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([key, entry]) => {
    const help = MAP_HELP[key as keyof MapSettings];
    return (
      MAP_KEYS.includes(key as keyof MapSettings) &&
      Number.isInteger(entry) &&
      entry >= help.min &&
      entry <= help.max
    );
  });
}
