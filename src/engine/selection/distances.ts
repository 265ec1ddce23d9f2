/**
 * Selection for the distances between cells. The squared distance of two cells is a sum over genes, so a panel's is a part of
 * that of all genes; each gene is chosen so that, over all pairs of training cells, the two correlate best. Where cells are
 * few or alike, neighbours hang on noise and depth, spread over all genes, which a panel of the leading genes does not see.
 */
import { createRandom } from '../../core/random.ts';
import type { CellRows } from '../counts/rows.ts';
import { pause } from '../models/pause.ts';
import { sampleOf } from '../steps/cells.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

/** Cells whose pairs are looked at: half a million pairs say enough of the distances. */
const MOST_CELLS = 1000;
const WHAT = 'Selecting genes that keep distances';

/**
 * Distances by one gene over all ordered pairs of cells, as a vector less its mean: what two of them have in common follows
 * from sums over cells. With a and b the centred values of two genes in n cells, it is
 * 2 (n sum(a^2 b^2) - sum(a^2) sum(b^2) + 2 sum(a b)^2).
 */
export class Distances {
  readonly #engine: TensorEngine;
  readonly #genes: number;
  readonly #cells: number;
  /** genes x cells, centred; and their squares. */
  readonly #values: Float32Array;
  readonly #table: Tensor;
  readonly #squares: Tensor;
  /** Sum of squares of each gene. */
  readonly #sums: Float32Array;
  /** Of each gene with itself, and with the distances by all genes. */
  readonly #own: Float64Array;
  readonly #all: Float64Array;

  /** @param cells of the rows, ascending; the tables take 8 bytes a gene and cell in the engine */
  constructor(engine: TensorEngine, rows: CellRows, cells: Int32Array) {
    const genes = rows.genes;
    const n = cells.length;
    this.#engine = engine;
    this.#genes = genes;
    this.#cells = n;
    this.#values = centredByGene(rows, cells);
    this.#table = engine.tensor(this.#values, [genes, n]);
    this.#squares = engine.multiply(this.#table, this.#table);
    this.#sums = engine.rowSums(this.#squares);
    const total = this.#sums.reduce((sum, value) => sum + value, 0);
    const fourth = engine.scope(() => engine.rowSums(engine.multiply(this.#squares, this.#squares)));
    const [along, lengths] = engine.scope(() => {
      const pairs = engine.matMul(this.#table, this.#table, 'a');
      const products = engine.rowSums(engine.multiply(this.#table, engine.matMul(this.#table, pairs)));
      const perCell = new Float32Array(n);
      this.#values.forEach((value, at) => (perCell[at % n]! += value * value));
      return [products, engine.read(engine.matMul(this.#squares, engine.tensor(perCell, [n, 1])))];
    });
    this.#own = Float64Array.from(this.#sums, (a, g) => 2 * (n * fourth[g]! + a * a));
    this.#all = Float64Array.from(this.#sums, (a, g) => 2 * (n * lengths[g]! - a * total + 2 * along[g]!));
  }

  /** The genes of `start` and those that make them `size`. @throws AppError CANCELLED */
  async extend(
    start: readonly number[],
    size: number,
    banned: Uint8Array,
    signal: AbortSignal,
  ): Promise<number[]> {
    const taken = banned.slice();
    const chosen: number[] = [];
    /** Of each gene with the sum over those chosen; of that sum with itself and with all. */
    const common = new Float64Array(this.#genes);
    let [own, all] = [0, 0];
    const take = (gene: number): void => {
      chosen.push(gene);
      taken[gene] = 1;
      own += 2 * common[gene]! + this.#own[gene]!;
      all += this.#all[gene]!;
      this.#inCommon(gene, common);
    };
    for (const gene of start.slice(0, size)) take(gene);
    while (chosen.length < size) {
      if (chosen.length % 8 === 0) await pause(signal, WHAT);
      let best = -1;
      let most = -Infinity;
      for (let gene = 0; gene < this.#genes; gene++) {
        const length = own + 2 * common[gene]! + this.#own[gene]!;
        if (taken[gene] === 1 || !(length > 0)) continue;
        // The correlation with all genes, but for a factor that is the same for every gene.
        const likeness = (all + this.#all[gene]!) / Math.sqrt(length);
        if (likeness > most) [best, most] = [gene, likeness];
      }
      if (best < 0) break;
      take(best);
    }
    return chosen;
  }

  #inCommon(gene: number, into: Float64Array): void {
    const engine = this.#engine;
    const n = this.#cells;
    const own = this.#values.subarray(gene * n, (gene + 1) * n);
    const [products, squares] = engine.scope(() => [
      engine.read(engine.matMul(this.#table, engine.tensor(own, [n, 1]))),
      engine.read(
        engine.matMul(
          this.#squares,
          engine.tensor(
            own.map(value => value * value),
            [n, 1],
          ),
        ),
      ),
    ]);
    const a = this.#sums[gene]!;
    for (let g = 0; g < into.length; g++)
      into[g]! += 2 * (n * squares[g]! - a * this.#sums[g]! + 2 * products[g]! ** 2);
  }

  dispose(): void {
    this.#engine.free(this.#table, this.#squares);
  }
}

/** Of a thousand training cells at most. */
export function distancesOf(
  engine: TensorEngine,
  rows: CellRows,
  train: Int32Array,
  seed: number,
): Distances {
  return new Distances(engine, rows, sampleOf(train, MOST_CELLS, createRandom(seed, 'distances')));
}

function centredByGene(rows: CellRows, cells: Int32Array): Float32Array {
  const n = cells.length;
  const genes = rows.genes;
  const out = new Float32Array(genes * n);
  const { ptr, idx, val } = rows.gather(cells);
  for (let cell = 0; cell < n; cell++)
    for (let k = ptr[cell]!; k < ptr[cell + 1]!; k++) out[idx[k]! * n + cell] = val[k]!;
  for (let gene = 0; gene < genes; gene++) {
    const own = out.subarray(gene * n, (gene + 1) * n);
    const mean = own.reduce((sum, value) => sum + value, 0) / n;
    for (let k = 0; k < n; k++) own[k]! -= mean;
  }
  return out;
}
