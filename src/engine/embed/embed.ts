/**
 * What scran.js does for the engine, on the engine's own sparse rows: maps of the cells, quality of cells, variable
 * genes, neighbours and clusters. Each call has a worker thread of its own and ends within a second of a cancel.
 */
import { badInput } from '../../shared/errors.ts';
import { createRandom } from '../../core/random.ts';
import type { CellRows } from '../counts/rows.ts';
import type { EngineEnvironment } from '../environment.ts';
import { runTask, type EmbedContext } from './client.ts';
import type { EmbeddingCoordinates, GeneVariances, LiveSettings, Neighbours, Points } from './protocol.ts';
import { shareRows } from './shared-matrix.ts';

export type { EmbedContext } from './client.ts';
export type { GeneVariances, Neighbours, Points } from './protocol.ts';

/** Version of scran.js that these results come from, for provenance. */
export const SCRAN_VERSION = '4.1.0';

export interface EmbeddingOptions {
  /** Seed of the sample; the maps themselves have no other random choice. Default 1. */
  readonly seed?: number;
  readonly perplexity?: number;
  readonly neighbors?: number;
  readonly pcs?: number;
  readonly hvgs?: number;
  /** Above this many cells, or 100 million values, a sample is shown. Default 50,000. */
  readonly maxCells?: number;
  /** Base of the logarithm of the values; scran.js's variance trend is made for base 2. Default 10. */
  readonly logBase?: number;
  /** For maps that are watched while they settle: progress then carries them. */
  readonly live?: LiveSettings | undefined;
}

export interface EmbeddingResult {
  /** Rows shown, ascending. */
  readonly cells: Int32Array;
  /** Two coordinates a cell, in turn. */
  readonly pca: Float32Array;
  /** As `pca`; empty where it was left out, which `notes` explains. */
  readonly tsne: Float32Array;
  readonly umap: Float32Array;
  /** All principal components: cells x components, in the units of the values. */
  readonly scores: Float32Array;
  readonly components: number;
  /** Share of variance of each component, of the genes used. */
  readonly varianceExplained: Float32Array;
  readonly clusters: Int32Array;
  readonly librarySize: Float32Array;
  readonly detected: Int32Array;
  /** Iterations of t-SNE and UMAP, fewer than there should be where they were stopped. */
  readonly iterations: EmbeddingCoordinates['iterations'];
  /** Sentences for the user: sample, lowered settings, parts left out and why. */
  readonly notes: readonly string[];
}

/** About 3 GB in the worker and on the way to it. */
const MOST_VALUES = 1e8;

/**
 * PCA (2,000 most variable genes, 25 components), clusters (Leiden on shared neighbours), t-SNE and UMAP of the cells.
 * @param rows log-normalised values, cells x kept genes
 * @param counts per row: counts over all genes, and genes with a count
 * @throws AppError NOT_POSSIBLE (too few cells or genes, all alike), NO_ROOM, CANCELLED
 */
export async function computeEmbedding(
  rows: CellRows,
  counts: { readonly librarySize: ArrayLike<number>; readonly detected: ArrayLike<number> },
  options: EmbeddingOptions,
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<EmbeddingResult> {
  const { seed = 1, perplexity = 30, neighbors = 15, pcs = 25, hvgs = 2000 } = options;
  const { maxCells = 50_000, logBase = 10, live } = options;
  const most = Math.min(maxCells, Math.floor((MOST_VALUES * rows.cells) / rows.nonzeros));
  const sample = shownCells(rows.cells, most, seed);
  const toBase2 = Math.log2(logBase);
  const matrix = await shareRows(rows, sample, toBase2, context);
  const settings = { perplexity, neighbors, pcs, hvgs, live };
  const maps = await runTask('embedding', { matrix, settings }, environment, context);
  const cells = sample ?? Int32Array.from({ length: rows.cells }, (_, c) => c);
  const scores = maps.scores.map(s => s / toBase2);
  const pca = firstTwo(scores, cells.length);
  const sampled =
    sample === null
      ? []
      : [
          `${most.toLocaleString('en')} of ${rows.cells.toLocaleString('en')} cells are shown, ` +
            `drawn at random with seed ${seed}.`,
        ];
  return {
    cells,
    pca,
    tsne: maps.tsne,
    umap: maps.umap,
    scores,
    components: maps.components,
    varianceExplained: maps.varianceExplained,
    clusters: maps.clusters,
    librarySize: Float32Array.from(cells, c => counts.librarySize[c]!),
    detected: Int32Array.from(cells, c => counts.detected[c]!),
    iterations: maps.iterations,
    notes: [...sampled, ...maps.notes],
  };
}

export interface CellQualityTable {
  /** Counts of each cell over all genes. */
  readonly librarySize: Float64Array;
  /** Genes of each cell with a count above zero. */
  readonly detected: Int32Array;
  /** Share of counts in mitochondrial genes (symbol MT-...), or null where the data name none. */
  readonly mitochondrialShare: Float64Array | null;
  readonly mitochondrialGenes: number;
}

/** Cells per quality task: large enough to make the start of a worker small, small enough for any machine. */
const QUALITY_CELLS = 100_000;

/**
 * Quality of every cell, from raw counts.
 * @param rows counts, cells x genes; @param symbols one a gene
 */
export async function perCellQc(
  rows: CellRows,
  symbols: readonly string[],
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<CellQualityTable> {
  const flags = Uint8Array.from(symbols, s => (/^mt-/i.test(s) ? 1 : 0));
  const mitochondrialGenes = flags.reduce((sum, flag) => sum + flag, 0);
  const subset = mitochondrialGenes > 0 ? flags : null;
  const librarySize = new Float64Array(rows.cells);
  const detected = new Int32Array(rows.cells);
  const mitochondrialShare = subset === null ? null : new Float64Array(rows.cells);
  for (let from = 0; from < rows.cells; from += QUALITY_CELLS) {
    const length = Math.min(QUALITY_CELLS, rows.cells - from);
    const cells = length === rows.cells ? null : Int32Array.from({ length }, (_, k) => from + k);
    const matrix = await shareRows(rows, cells, 1, context);
    const part = await runTask('quality', { matrix, subset }, environment, context);
    librarySize.set(part.librarySize, from);
    detected.set(part.detected, from);
    if (part.subsetShare !== null) mitochondrialShare?.set(part.subsetShare, from);
  }
  return { librarySize, detected, mitochondrialShare, mitochondrialGenes };
}

/**
 * Mean, variance, trend and the `number` genes that vary most above the trend.
 * @param rows log-normalised values; @param options.logBase as for `computeEmbedding`; figures are on log2 scale
 */
export async function highlyVariableGenes(
  rows: CellRows,
  options: { readonly number?: number; readonly logBase?: number },
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<GeneVariances> {
  const { number = 2000, logBase = 10 } = options;
  const matrix = await shareRows(rows, null, Math.log2(logBase), context);
  return runTask('variances', { matrix, number }, environment, context);
}

/** The k nearest neighbours of every point, Euclidean; fewer where there are not k others. Exact unless asked. */
export async function nearestNeighbours(
  points: Points,
  options: { readonly k: number; readonly approximate?: boolean },
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<Neighbours> {
  checkPoints(points);
  const { k, approximate = false } = options;
  return runTask('neighbours', { points, k, approximate }, environment, context);
}

/**
 * Leiden clusters of each set of points on its graph of shared nearest neighbours (10 by default) at every resolution,
 * numbered from 0.
 */
export async function clusterCells(
  points: readonly Points[],
  options: { readonly neighbors?: number; readonly resolutions: readonly number[] },
  environment: EngineEnvironment,
  context: EmbedContext,
): Promise<Int32Array[][]> {
  points.forEach(checkPoints);
  const { neighbors = 10, resolutions } = options;
  return runTask('clusters', { points, neighbors, resolutions }, environment, context);
}

function checkPoints({ cells, dims, values }: Points): void {
  if (cells < 2 || dims < 1 || values.length !== cells * dims) {
    throw badInput('points', `${values.length} values are not ${cells} cells of ${dims} dimensions.`);
  }
}

/** The first two of the components of every cell, in turn. @param scores cells x components */
export function firstTwo(scores: Float32Array, cells: number): Float32Array {
  const components = scores.length / cells;
  const points = new Float32Array(2 * cells);
  for (let c = 0; c < cells; c++) {
    points[2 * c] = scores[c * components]!;
    points[2 * c + 1] = components > 1 ? scores[c * components + 1]! : 0;
  }
  return points;
}

/** The rows that are shown of so many, ascending, without repetition; null for all of them. */
export function shownCells(cells: number, wanted: number, seed: number): Int32Array | null {
  if (cells <= wanted) return null;
  const order = Int32Array.from({ length: cells }, (_, c) => c);
  return createRandom(seed, 'embedding-sample').shuffle(order).slice(0, wanted).sort();
}
