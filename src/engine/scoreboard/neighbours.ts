/**
 * kNN overlap (Spapros, Kuemmerle et al. 2024; docs/metrics.md): how many of a cell's nearest neighbours among all genes are
 * its nearest neighbours among the panel genes, by Euclidean distance on the principal components of each; the figure is the
 * mean over k = 5, 10, ... 30.
 */
import { pause } from '../models/pause.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { Places } from './places.ts';

const NEIGHBOURS = [5, 10, 15, 20, 25, 30] as const;
const WHAT = 'Comparing neighbours';
const BLOCK = 512;

export class NeighbourOverlap {
  /** Overlap of neighbours drawn at random: the mean of k / (cells - 1). */
  readonly chance: number;
  readonly #engine: TensorEngine;
  readonly #ks: readonly number[];
  readonly #true: Int32Array;

  private constructor(engine: TensorEngine, cells: number, ks: readonly number[], neighbours: Int32Array) {
    this.#engine = engine;
    this.#ks = ks;
    this.#true = neighbours;
    this.chance = ks.reduce((sum, k) => sum + k / (cells - 1), 0) / ks.length;
  }

  /**
   * @param all the cells by all genes
   * @returns null where there are too few cells to have neighbours
   * @throws AppError CANCELLED
   */
  static async create(
    engine: TensorEngine,
    all: Places,
    signal: AbortSignal,
  ): Promise<NeighbourOverlap | null> {
    const ks = NEIGHBOURS.filter(k => 2 * k <= all.cells - 1);
    if (ks.length === 0) return null;
    return new NeighbourOverlap(engine, all.cells, ks, await nearest(engine, all, ks.at(-1)!, signal));
  }

  /** @param places the same cells by the panel genes. @throws AppError CANCELLED */
  async of(places: Places, signal: AbortSignal): Promise<number> {
    const most = this.#ks.at(-1)!;
    const found = await nearest(this.#engine, places, most, signal);
    const n = places.cells;
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
  { cells: n, dims: width, values: scores }: Places,
  count: number,
  signal: AbortSignal,
): Promise<Int32Array> {
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
