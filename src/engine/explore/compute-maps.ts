/** Makes the maps of a data set while they are watched, and keeps what is there when they are stopped. */
import { isAppError } from '../../shared/errors.ts';
import type {
  ExploreMaps,
  MapSettings,
  MapsProgress,
  SettlingMap,
  ShownCells,
} from '../../shared/explore.ts';
import { logBaseOf, type Params } from '../../shared/params.ts';
import { computeEmbedding, firstTwo } from '../embed/embed.ts';
import { SETTLING, type EmbedProgress, type SettlingName } from '../embed/protocol.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { KeptMaps } from './maps-file.ts';
import { prepareCells } from './prepare-cells.ts';

interface ComputeContext {
  readonly signal: AbortSignal;
  progress(value: MapsProgress): void;
}

/** A step of scran.js that cannot be interrupted is given this long to end by itself after a stop. */
const GRACE_MS = 600;
const NONE: SettlingMap = { points: new Float32Array(0), done: 0, of: 0 };

/** Ends the maps of one computation where they are. */
export class MapsStop {
  /** One flag for each settling map, on shared memory, which the worker looks at. */
  readonly flags = new Int32Array(new SharedArrayBuffer(4 * SETTLING.length));
  /** Aborted where all was to stop and a step did not end by itself. */
  readonly hard = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  stop(which: SettlingName | 'all'): void {
    SETTLING.forEach((name, k) => {
      if (which === 'all' || which === name) Atomics.store(this.flags, k, 1);
    });
    const all = this.flags.every(flag => flag !== 0);
    if (all) this.#timer ??= setTimeout(() => this.hard.abort(), GRACE_MS);
  }

  ended(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * @returns the maps; where they were stopped, those that there are, each with its iterations
 * @throws AppError NOT_POSSIBLE (too few cells or genes left, all alike), NO_ROOM, CANCELLED also by a stop before
 *   there was anything to keep
 */
export async function computeMaps(
  dataset: Dataset,
  params: Params,
  settings: MapSettings,
  environment: EngineEnvironment,
  stop: MapsStop,
  { signal, progress }: ComputeContext,
): Promise<KeptMaps> {
  const both = AbortSignal.any([signal, stop.hard.signal]);
  const prepared = await prepareCells(dataset, params, settings, { signal: both, progress });
  const { shown, scale } = prepared;
  const n = shown.cells.length;
  progress({ phase: 'shown', label: 'Reading cells', done: 0, of: 0, shown });

  // The worker's values are on the scale of log2, which scran.js's variance trend is made for.
  const perBase2 = 1 / Math.log2(logBaseOf(params));
  let seen: EmbedProgress['part'] = {};
  const watch = ({ part, ...step }: EmbedProgress): void => {
    seen = { ...seen, ...part };
    const { pca, ...others } = part ?? {};
    progress({ ...step, ...others, ...(pca ? { pca: componentsOf(pca, n, perBase2) } : {}) });
  };
  try {
    const result = await computeEmbedding(
      prepared.rows,
      prepared.preprocessed,
      {
        perplexity: settings.perplexity,
        neighbors: settings.neighbours,
        pcs: settings.components,
        hvgs: settings.variableGenes,
        seed: settings.seed,
        maxCells: settings.cells,
        logBase: logBaseOf(params),
        live: { stop: stop.flags, slice: sliceFor(n) },
      },
      environment,
      { signal: both, progress: watch },
    );
    const { tsne, umap, iterations, pca, varianceExplained, clusters } = result;
    const maps: ExploreMaps = {
      shown,
      pca: { points: pca, varianceExplained },
      clusters,
      tsne: { points: tsne, ...iterations.tsne },
      umap: { points: umap, ...iterations.umap },
      notes: [...prepared.preprocessed.report.notes, ...result.notes],
      run: null,
    };
    return { maps, scale };
  } catch (error) {
    const stopped = stop.hard.signal.aborted && !signal.aborted && isAppError(error, 'CANCELLED');
    if (!stopped || seen.pca === undefined) throw error;
    return { maps: whatIsThere(shown, seen, perBase2), scale };
  }
}

/** Milliseconds of one turn of a map: short for few cells, longer where each look sends more than a megabyte. */
function sliceFor(cells: number): number {
  return Math.max(100, cells / 250);
}

function componentsOf(
  pca: NonNullable<NonNullable<EmbedProgress['part']>['pca']>,
  cells: number,
  scale: number,
): ExploreMaps['pca'] {
  const points = firstTwo(pca.scores, cells).map(value => value * scale);
  return { points, varianceExplained: pca.varianceExplained };
}

function whatIsThere(
  shown: ShownCells,
  seen: NonNullable<EmbedProgress['part']>,
  scale: number,
): ExploreMaps {
  return {
    shown,
    pca: componentsOf(seen.pca!, shown.cells.length, scale),
    clusters: seen.clusters ?? new Int32Array(0),
    tsne: seen.tsne ?? NONE,
    umap: seen.umap ?? NONE,
    notes: [],
    run: null,
  };
}
