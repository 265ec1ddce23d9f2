/** What the engine and its scran.js worker say to each other: tasks with their input and output, typed once. */
import type { WireError } from '../../shared/errors.ts';
import type { SettlingMap } from '../../shared/explore.ts';
import type { Progress } from '../../shared/model.ts';

/**
 * A sparse matrix by gene: entries ptr[g] to ptr[g + 1] are the cells, ascending, in which gene g is not zero. The arrays lie
 * on shared memory, so that no message copies them.
 */
export interface SharedMatrix {
  readonly cells: number;
  readonly genes: number;
  /** Length genes + 1. */
  readonly ptr: Float64Array;
  readonly idx: Uint32Array;
  readonly val: Float32Array;
}

/** Points in a space of few dimensions: `values[cell * dims + d]`. */
export interface Points {
  readonly cells: number;
  readonly dims: number;
  readonly values: Float64Array;
}

export interface EmbeddingSettings {
  readonly perplexity: number;
  readonly neighbors: number;
  readonly pcs: number;
  readonly hvgs: number;
  /** Somebody watches the maps while they settle, and may end each where it is. */
  readonly live?: LiveSettings | undefined;
}

/** The maps that settle step by step, in the order of their flags. */
export const SETTLING = ['tsne', 'umap'] as const;
export type SettlingName = (typeof SETTLING)[number];

export interface LiveSettings {
  /** One flag for each settling map, on shared memory: not 0 ends it where it is. */
  readonly stop: Int32Array;
  /** Milliseconds of work between two looks at a map. */
  readonly slice: number;
}

/** What a watcher sees of the maps, as it comes. */
export interface EmbeddingPart {
  readonly pca?: { readonly scores: Float32Array; readonly varianceExplained: Float32Array };
  readonly clusters?: Int32Array;
  readonly tsne?: SettlingMap;
  readonly umap?: SettlingMap;
}
export type EmbedProgress = Progress & { readonly part?: EmbeddingPart };
export interface EmbeddingCoordinates {
  /** cells x components, on the scale of the matrix. */
  readonly scores: Float32Array;
  readonly components: number;
  readonly varianceExplained: Float32Array;
  /** Two coordinates a cell, in turn; empty where the part was left out, which `notes` explains. */
  readonly tsne: Float32Array;
  readonly umap: Float32Array;
  readonly clusters: Int32Array;
  /** Iterations of t-SNE and UMAP: done, and of how many. */
  readonly iterations: Readonly<Record<SettlingName, { readonly done: number; readonly of: number }>>;
  readonly notes: readonly string[];
}

export interface CellQuality {
  readonly librarySize: Float64Array;
  readonly detected: Int32Array;
  /** Share of the counts that lie in the subset of genes; null where no subset was given. */
  readonly subsetShare: Float64Array | null;
}

export interface GeneVariances {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Variance that the trend over all genes expects at this mean. */
  readonly fitted: Float64Array;
  readonly residual: Float64Array;
  /** Genes with the largest residuals, ascending. */
  readonly chosen: Int32Array;
}

export interface Neighbours {
  /** Neighbours of each cell, the cell itself left out. */
  readonly k: number;
  /** cells x k, nearest first. */
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

export interface Tasks {
  embedding: {
    input: { readonly matrix: SharedMatrix; readonly settings: EmbeddingSettings };
    output: EmbeddingCoordinates;
  };
  quality: {
    input: { readonly matrix: SharedMatrix; readonly subset: Uint8Array | null };
    output: CellQuality;
  };
  variances: {
    input: { readonly matrix: SharedMatrix; readonly number: number };
    output: GeneVariances;
  };
  neighbours: {
    input: { readonly points: Points; readonly k: number; readonly approximate: boolean };
    output: Neighbours;
  };
  clusters: {
    input: {
      readonly points: readonly Points[];
      readonly neighbors: number;
      readonly resolutions: readonly number[];
    };
    /** For each set of points, the cluster of every cell at each resolution. */
    output: Int32Array[][];
  };
}
export type TaskName = keyof Tasks;

export type TaskMessage = {
  [N in TaskName]: { readonly task: N; readonly threads: number; readonly input: Tasks[N]['input'] };
}[TaskName];

export type WorkerMessage =
  | { readonly progress: EmbedProgress }
  | { readonly result: Tasks[TaskName]['output'] }
  | { readonly error: WireError };
