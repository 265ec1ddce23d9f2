/** Types of the part of scran.js 4.1.0 that is used here; the package ships none. Genes are rows, cells are columns. */
declare module 'scran.js' {
  interface Freed {
    /** Releases the object's memory in the WebAssembly heap; the object must not be used afterwards. */
    free(): void;
  }
  export interface ScranMatrix extends Freed {
    numberOfRows(): number;
    numberOfColumns(): number;
  }
  export interface PerCellRnaQcMetricsResults extends Freed {
    sum(): Float64Array;
    detected(): Int32Array;
    subsetProportion(subset: number): Float64Array;
  }
  export interface ModelGeneVariancesResults extends Freed {
    means(): Float64Array;
    variances(): Float64Array;
    fitted(): Float64Array;
    residuals(): Float64Array;
  }
  export interface RunPcaResults extends Freed {
    /** Components of cell 0, then of cell 1, and so on. */
    principalComponents(): Float64Array;
    /** Loadings of all genes used on component 0, then on component 1, and so on. */
    rotation(): Float64Array;
    // varianceExplained() is left out on purpose: it returns a view of memory that is already freed.
    totalVariance(): number;
    numberOfPCs(): number;
  }
  export type NeighborSearchIndex = Freed;
  export interface FindNearestNeighborsResults extends Freed {
    numberOfNeighbors(): number;
    /** `runs`: neighbours of each cell; `indices`, `distances`: theirs, nearest first, cell after cell. */
    serialize(): { runs: Int32Array; indices: Int32Array; distances: Float64Array };
  }
  export interface Coordinates {
    readonly x: Float64Array;
    readonly y: Float64Array;
  }
  export interface TsneStatus extends Freed {
    iterations(): number;
    run(options: { maxIterations: number; runTime: number }): void;
    extractCoordinates(): Coordinates;
  }
  export interface UmapStatus extends Freed {
    currentEpoch(): number;
    totalEpochs(): number;
    run(options: { runTime: number }): void;
    extractCoordinates(): Coordinates;
  }
  export type SnnGraph = Freed;
  export interface ClusterResults extends Freed {
    /** 64-bit from Leiden, 32-bit from other methods. */
    membership(): Int32Array | BigInt64Array;
  }

  export function initialize(options: { numberOfThreads: number }): Promise<boolean>;
  export function terminate(): void;
  export function heapSize(): number;
  export function initializeSparseMatrixFromSparseArrays(
    genes: number,
    cells: number,
    values: Float32Array,
    indices: Uint32Array,
    pointers: Float64Array,
    options: { byRow: boolean; forceInteger: boolean; layered: boolean },
  ): ScranMatrix;
  export function perCellRnaQcMetrics(
    matrix: ScranMatrix,
    subsets: readonly Uint8Array[],
  ): PerCellRnaQcMetricsResults;
  export function modelGeneVariances(matrix: ScranMatrix): ModelGeneVariancesResults;
  export function chooseHvgs(
    statistics: ModelGeneVariancesResults,
    options: { number: number; minimum: number },
  ): Uint8Array;
  export function runPca(
    matrix: ScranMatrix,
    options: { features: Uint8Array | null; numberOfPCs: number },
  ): RunPcaResults;
  export function buildNeighborSearchIndex(
    points: RunPcaResults | Float64Array,
    options: { numberOfDims?: number; numberOfCells?: number; approximate: boolean },
  ): NeighborSearchIndex;
  export function findNearestNeighbors(index: NeighborSearchIndex, k: number): FindNearestNeighborsResults;
  export function truncateNearestNeighbors(
    neighbors: FindNearestNeighborsResults,
    k: number,
  ): FindNearestNeighborsResults;
  export function perplexityToNeighbors(perplexity: number): number;
  export function initializeTsne(
    neighbors: FindNearestNeighborsResults,
    options: { perplexity: number },
  ): TsneStatus;
  export function initializeUmap(
    neighbors: FindNearestNeighborsResults,
    options: { neighbors: number; epochs: number; minDist: number },
  ): UmapStatus;
  export function buildSnnGraph(
    neighbors: FindNearestNeighborsResults,
    options: { scheme: 'rank' | 'number' | 'jaccard'; neighbors: number },
  ): SnnGraph;
  export function clusterGraph(
    graph: SnnGraph,
    options: { method: 'leiden'; leidenResolution: number; leidenObjective: 'modularity' },
  ): ClusterResults;
}
