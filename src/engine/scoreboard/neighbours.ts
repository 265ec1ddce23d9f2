/**
 * kNN overlap (Spapros, Kuemmerle et al. 2024; docs/metrics.md): how many of a cell's nearest neighbours among all genes are
 * its nearest neighbours among the panel genes. Distances are Euclidean in the first 50 principal components of the cells
 * that are scored, or in all dimensions where there are no more; the figure is the mean over k = 5, 10, ... 30.
 */
import { largestEigenvectors } from '../models/eigen.ts';
import { pause } from '../models/pause.ts';
import type { CellRows } from '../counts/rows.ts';
import { range } from '../steps/cells.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { denseTable, tableMeans } from './dense.ts';

export const COMPONENTS = 50;
export const NEIGHBOURS = [5, 10, 15, 20, 25, 30] as const;
const WHAT = 'Comparing neighbours';
const BLOCK = 512;

export class NeighbourOverlap {
  /** Cells that are scored. */
  readonly cells: Int32Array;
  /** Overlap of neighbours drawn at random: the mean of k / (cells - 1). */
  readonly chance: number;
  readonly #engine: TensorEngine;
  readonly #rows: CellRows;
  readonly #ks: readonly number[];
  readonly #true: Int32Array;

  private constructor(
    engine: TensorEngine,
    rows: CellRows,
    cells: Int32Array,
    ks: readonly number[],
    neighbours: Int32Array,
  ) {
    this.#engine = engine;
    this.#rows = rows;
    this.cells = cells;
    this.#ks = ks;
    this.#true = neighbours;
    this.chance = ks.reduce((sum, k) => sum + k / (cells.length - 1), 0) / ks.length;
  }

  /** @returns null where there are too few cells to have neighbours. @throws AppError CANCELLED */
  static async create(
    engine: TensorEngine,
    rows: CellRows,
    cells: Int32Array,
    signal: AbortSignal,
  ): Promise<NeighbourOverlap | null> {
    const ks = NEIGHBOURS.filter(k => 2 * k <= cells.length - 1);
    if (ks.length === 0) return null;
    const neighbours = await nearest(engine, rows, cells, range(rows.genes), ks.at(-1)!, signal);
    return new NeighbourOverlap(engine, rows, cells, ks, neighbours);
  }

  /** @param panel ascending. @throws AppError CANCELLED */
  async of(panel: Int32Array, signal: AbortSignal): Promise<number> {
    const most = this.#ks.at(-1)!;
    const found = await nearest(this.#engine, this.#rows, this.cells, panel, most, signal);
    const n = this.cells.length;
    let total = 0;
    const held = new Int32Array(n).fill(-1);
    for (let cell = 0; cell < n; cell++) {
      // Rank of each true neighbour, so that one pass serves every k.
      for (let k = 0; k < most; k++) held[this.#true[cell * most + k]!] = k;
      for (const k of this.#ks) {
        let common = 0;
        for (let at = 0; at < k; at++) {
          const rank = held[found[cell * most + at]!]!;
          if (rank >= 0 && rank < k) common++;
        }
        total += common / k;
      }
      for (let k = 0; k < most; k++) held[this.#true[cell * most + k]!] = -1;
    }
    return total / (n * this.#ks.length);
  }
}

/** cells x count: the nearest other cells of each, nearest first. */
async function nearest(
  engine: TensorEngine,
  rows: CellRows,
  cells: Int32Array,
  genes: Int32Array,
  count: number,
  signal: AbortSignal,
): Promise<Int32Array> {
  const { scores, width } = await components(engine, rows, cells, genes, signal);
  const n = cells.length;
  const out = new Int32Array(n * count);
  const lengths = new Float64Array(n);
  for (let cell = 0; cell < n; cell++) {
    for (let k = 0; k < width; k++) lengths[cell]! += scores[cell * width + k]! ** 2;
  }
  const all = engine.tensor(scores, [n, width]);
  const distance = new Float64Array(count);
  try {
    for (let from = 0; from < n; from += BLOCK) {
      await pause(signal, WHAT);
      const to = Math.min(n, from + BLOCK);
      const products = engine.scope(() => {
        const some = engine.tensor(scores.subarray(from * width, to * width), [to - from, width]);
        return engine.read(engine.matMul(some, all, 'b'));
      });
      for (let cell = from; cell < to; cell++) {
        distance.fill(Infinity);
        const start = cell * count;
        const row = (cell - from) * n;
        for (let other = 0; other < n; other++) {
          if (other === cell) continue;
          const d = lengths[other]! - 2 * products[row + other]!;
          if (d >= distance[count - 1]!) continue;
          let at = count - 1;
          for (; at > 0 && distance[at - 1]! > d; at--) {
            distance[at] = distance[at - 1]!;
            out[start + at] = out[start + at - 1]!;
          }
          distance[at] = d;
          out[start + at] = other;
        }
      }
    }
  } finally {
    engine.free(all);
  }
  return out;
}

/** Scores of the cells on their first principal components; where there are few genes, the genes themselves. */
async function components(
  engine: TensorEngine,
  rows: CellRows,
  cells: Int32Array,
  genes: Int32Array,
  signal: AbortSignal,
): Promise<{ scores: Float32Array; width: number }> {
  await pause(signal, WHAT);
  const n = cells.length;
  const p = genes.length;
  const table = denseTable(rows, cells, genes);
  const means = tableMeans(table, p);
  for (let row = 0; row < n; row++) for (let k = 0; k < p; k++) table[row * p + k]! -= means[k]!;
  if (p <= COMPONENTS) return { scores: table, width: p };
  const x = engine.tensor(table, [n, p]);
  const matrix = p < n ? engine.matMul(x, x, 'a') : engine.matMul(x, x, 'b');
  try {
    const size = Math.min(n, p);
    const width = Math.min(COMPONENTS, size);
    const { vectors, values } = await largestEigenvectors(engine, [matrix], size, width, signal);
    if (p < n) {
      const scores = engine.scope(() => engine.read(engine.matMul(x, engine.tensor(vectors, [p, width]))));
      return { scores, width };
    }
    for (let k = 0; k < width; k++) {
      const root = Math.sqrt(Math.max(0, values[k]!));
      for (let row = 0; row < n; row++) vectors[row * width + k]! *= root;
    }
    return { scores: vectors, width };
  } finally {
    engine.free(x, matrix);
  }
}
