/** Explore's side of the engine: maps with their memory, values of genes, own labels, subsets. */
import { cancelled } from '../../shared/errors.ts';
import type {
  ExploreDataset,
  ExploreMaps,
  GeneRequest,
  GeneValues,
  OwnLabelsRequest,
  MapsLook,
  MapsProgress,
  MapsRequest,
  SubsetRequest,
} from '../../shared/explore.ts';
import type { DatasetSummary, LabelColumn, Progress } from '../../shared/model.ts';
import { parseParams, type Params } from '../../shared/params.ts';
import type { CallContext } from '../../shared/rpc/server.ts';
import type { SettlingName } from '../embed/protocol.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { computeMaps, MapsStop } from './compute-maps.ts';
import { geneValues } from './gene-values.ts';
import { loadMaps, mapsKey, saveMaps, type KeptMaps } from './maps-file.ts';
import { loadOwnLabels, putOwnLabels } from './own-labels.ts';
import { prepareCells } from './prepare-cells.ts';
import { mapsOfFinishedRun, runWithMaps } from './run-maps.ts';
import { storeSubset } from './subset.ts';

/** Measured on two cores: 5,000 cells in some 30 s; t-SNE and UMAP, side by side, take time about even in the cells. */
const START_SECONDS = 2;
const CELLS_A_SECOND = 150;
const RUN_SECONDS = 2;

export class Explorer {
  readonly #workspace: Workspace;
  readonly #environment: EngineEnvironment;
  /** Computations that are going on, by data set. */
  readonly #going = new Map<string, Set<MapsStop>>();
  /** The maps asked for last with their normalising factors, so that a gene needs no second look at the disk. */
  #last: { readonly key: string; readonly kept: KeptMaps } | null = null;

  constructor(workspace: Workspace, environment: EngineEnvironment) {
    this.#workspace = workspace;
    this.#environment = environment;
  }

  dataset(id: string): ExploreDataset {
    return this.#with(id, dataset => ({
      cellNames: new TextEncoder().encode(JSON.stringify(dataset.cellNames)),
      columns: dataset.columns,
      own: loadOwnLabels(this.#folder(id), dataset.summary.cells),
      genes: { name: dataset.genes.name, symbol: dataset.genes.symbol },
      geneIds: dataset.summary.geneIds,
    }));
  }

  look(request: MapsRequest): MapsLook {
    const { summary, params, key } = this.#about(request);
    const kept = this.#find(request.datasetId, key);
    const run = kept === null ? runWithMaps(this.#workspace, summary, params, request.settings) : null;
    const cells = Math.min(summary.cells, request.settings.cells);
    return {
      maps: kept?.maps ?? null,
      run: run && { id: run.id, name: run.name },
      cells,
      seconds: run === null ? START_SECONDS + cells / CELLS_A_SECOND : RUN_SECONDS,
    };
  }

  /** @throws AppError as `computeMaps` */
  async compute(request: MapsRequest, context: CallContext<MapsProgress>): Promise<ExploreMaps> {
    const { summary, params, key } = this.#about(request);
    const id = request.datasetId;
    const known = this.#find(id, key);
    if (known !== null && isWhole(known.maps)) return known.maps;
    const stop = new MapsStop();
    const going = this.#going.get(id) ?? new Set();
    this.#going.set(id, going.add(stop));
    const dataset = this.#workspace.datasets.open(id);
    try {
      const kept =
        (await this.#fromRun(dataset, summary, params, request, context)) ??
        (await computeMaps(dataset, params, request.settings, this.#environment, stop, context));
      saveMaps(this.#folder(id), key, kept);
      this.#last = { key, kept };
      return kept.maps;
    } finally {
      dataset.close();
      stop.ended();
      going.delete(stop);
    }
  }

  stop(id: string, which: SettlingName | 'all'): void {
    for (const stop of this.#going.get(id) ?? []) stop.stop(which);
  }

  async gene(request: GeneRequest, context: CallContext<Progress>): Promise<GeneValues> {
    const { params, key } = this.#about(request);
    const dataset = this.#workspace.datasets.open(request.datasetId);
    try {
      const kept = this.#find(request.datasetId, key);
      const { cells, scale } =
        kept === null
          ? await this.#factors(dataset, params, request, context)
          : { cells: kept.maps.shown.cells, scale: kept.scale };
      const wanted = new Map(Array.from(cells, (cell, k) => [cell, scale[k]!]));
      const factors = Float32Array.from(request.cells, cell => wanted.get(cell) ?? NaN);
      if (context.signal.aborted) throw cancelled('Reading the gene');
      return await geneValues(dataset, request.gene, request.cells, factors, params, context);
    } finally {
      dataset.close();
    }
  }

  putLabels(request: OwnLabelsRequest): LabelColumn[] {
    const summary = this.#workspace.datasets.get(request.datasetId);
    return putOwnLabels(this.#folder(request.datasetId), { summary }, request);
  }

  async subset(request: SubsetRequest, context: CallContext<Progress>): Promise<DatasetSummary> {
    const dataset = this.#workspace.datasets.open(request.datasetId);
    try {
      const own = loadOwnLabels(this.#folder(request.datasetId), dataset.summary.cells);
      return await storeSubset(dataset, own, request, this.#workspace.datasets.create(), context);
    } finally {
      dataset.close();
    }
  }

  async #fromRun(
    dataset: Dataset,
    summary: DatasetSummary,
    params: Params,
    { settings }: MapsRequest,
    context: CallContext<MapsProgress>,
  ): Promise<KeptMaps | null> {
    const run = runWithMaps(this.#workspace, summary, params, settings);
    if (run === null) return null;
    return mapsOfFinishedRun(this.#workspace, run, await prepareCells(dataset, params, settings, context));
  }

  async #factors(
    dataset: Dataset,
    params: Params,
    { settings }: GeneRequest,
    context: CallContext<Progress>,
  ): Promise<{ readonly cells: Int32Array; readonly scale: Float32Array }> {
    const { shown, scale } = await prepareCells(dataset, params, settings, context);
    return { cells: shown.cells, scale };
  }

  #find(id: string, key: string): KeptMaps | null {
    if (this.#last?.key === key) return this.#last.kept;
    const kept = loadMaps(this.#folder(id), key);
    if (kept !== null) this.#last = { key, kept };
    return kept;
  }

  #about(request: MapsRequest): {
    readonly summary: DatasetSummary;
    readonly params: Params;
    readonly key: string;
  } {
    const summary = this.#workspace.datasets.get(request.datasetId);
    const params = parseParams(request.preset, request.params);
    return { summary, params, key: mapsKey(summary.checksum, params, request.settings, summary.cells) };
  }

  #folder(id: string): string {
    return this.#workspace.datasets.folder(id);
  }

  #with<T>(id: string, use: (dataset: Dataset) => T): T {
    const dataset = this.#workspace.datasets.open(id);
    try {
      return use(dataset);
    } finally {
      dataset.close();
    }
  }
}

/** Whether nothing was stopped on the way. */
function isWhole({ clusters, tsne, umap }: ExploreMaps): boolean {
  return clusters.length > 0 && tsne.done >= tsne.of && umap.done >= umap.of && umap.of > 0;
}
