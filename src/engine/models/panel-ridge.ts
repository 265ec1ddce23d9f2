/**
 * Ridge regression from one of many panels, out of products that all of them share. The same model as ridge.ts (centred,
 * the intercept not shrunk, the strength chosen on the stop cells); here the strength is looked for around one that is known
 * to suit such data, downhill on a grid, instead of over the whole range.
 */
import type { CellRows } from '../counts/rows.ts';
import { sumOfProducts, type Tensor, type TensorEngine } from '../tensor/engine.ts';
import { BLOCK_CELLS, CentredReader } from './centred.ts';
import type { CrossProducts } from './cross-products.ts';
import { invert } from './inverse.ts';
import { pause } from './pause.ts';

/** Steps of the grid, in exponents of 10, and how far from the start it goes. */
const STEP = 0.5;
const FARTHEST = 3;
const WHAT = 'Scoring random panels';

export interface PanelRidgeData {
  readonly engine: TensorEngine;
  readonly rows: CellRows;
  readonly stop: Int32Array;
  readonly test: Int32Array;
  /** Of all genes, over the training cells. */
  readonly means: Float64Array;
  readonly signal: AbortSignal;
}

export interface PanelRidgeScore {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  /** Per target: sum over the test cells of the squared error. */
  readonly error: Float64Array;
  /** The strength chosen, relative to the mean of the diagonal of X'X. */
  readonly strength: number;
}

/**
 * @param inputs the panel, ascending, among the genes of `products`
 * @param start a strength relative to the mean of the diagonal of X'X
 * @returns null where no strength gives equations that can be solved in single precision
 * @throws AppError CANCELLED
 */
export async function scorePanelRidge(
  data: PanelRidgeData,
  products: CrossProducts,
  inputs: Int32Array,
  start: number,
): Promise<PanelRidgeScore | null> {
  const { engine, rows } = data;
  const measured = new Set(inputs);
  const targets = Int32Array.from({ length: rows.genes }, (_, gene) => gene).filter(g => !measured.has(g));
  const fit = new PanelRidge(data, products, inputs, targets);
  try {
    const best = await fit.search(Math.log10(start));
    if (best === null) return null;
    const error = await fit.errors(best.coefficients, data.test);
    engine.free(best.coefficients);
    return { targets, error, strength: 10 ** best.exponent };
  } finally {
    fit.dispose();
  }
}

interface Solution {
  readonly exponent: number;
  readonly stopError: number;
  /** inputs x targets */
  readonly coefficients: Tensor;
}

class PanelRidge {
  readonly #data: PanelRidgeData;
  readonly #inputs: CentredReader;
  readonly #targets: CentredReader;
  readonly #size: number;
  readonly #width: number;
  readonly #gram: Float32Array;
  readonly #scale: number;
  readonly #right: Tensor;

  constructor(data: PanelRidgeData, products: CrossProducts, inputs: Int32Array, targets: Int32Array) {
    this.#data = data;
    const meansOf = (genes: Int32Array): Float64Array => Float64Array.from(genes, gene => data.means[gene]!);
    this.#inputs = new CentredReader(data.rows, inputs, meansOf(inputs));
    this.#targets = new CentredReader(data.rows, targets, meansOf(targets));
    this.#size = inputs.length;
    this.#width = targets.length;
    this.#gram = products.block(inputs, inputs);
    let diagonal = 0;
    for (let k = 0; k < this.#size; k++) diagonal += this.#gram[k * this.#size + k]!;
    this.#scale = diagonal / this.#size || 1;
    this.#right = data.engine.tensor(products.block(inputs, targets), [this.#size, this.#width]);
  }

  dispose(): void {
    this.#data.engine.free(this.#right);
  }

  /** Downhill from the start; the coefficients of the best are the caller's. */
  async search(start: number): Promise<Solution | null> {
    let best = await this.#solve(start);
    for (const direction of [STEP, -STEP]) {
      let moved = false;
      for (let at = start + direction; Math.abs(at - start) <= FARTHEST + 1e-9; at += direction) {
        const next = await this.#solve(at);
        if (next === null) break;
        const better = best === null || next.stopError < best.stopError;
        const worse = better ? best : next;
        if (worse !== null) this.#data.engine.free(worse.coefficients);
        if (!better) break;
        best = next;
        moved = true;
      }
      // The error has one lowest point: what falls on one side rises on the other.
      if (moved) break;
    }
    return best;
  }

  async #solve(exponent: number): Promise<Solution | null> {
    const { engine, signal, stop } = this.#data;
    const shifted = this.#gram.slice();
    const ridge = 10 ** exponent * this.#scale;
    for (let k = 0; k < this.#size; k++) shifted[k * this.#size + k]! += ridge;
    const matrix = engine.tensor(shifted, [this.#size, this.#size]);
    try {
      const inverse = await invert(engine, matrix, shifted, signal, WHAT);
      if (inverse === null) return null;
      const first = engine.matMul(inverse, this.#right);
      // One step of refinement takes away what the inverse lacks.
      const correction = engine.scope(() => {
        const left = engine.subtract(this.#right, engine.matMul(matrix, first));
        return engine.read(engine.matMul(inverse, left));
      });
      engine.free(inverse);
      const coefficients = engine.addAll([first, engine.tensor(correction, [this.#size, this.#width])]);
      let stopError = 0;
      await this.#overCells(coefficients, stop, error => (stopError += sumOfProducts(engine, error, error)));
      return { exponent, stopError, coefficients };
    } finally {
      engine.free(matrix);
    }
  }

  /** Per target, the sum of the squared error over some cells. */
  async errors(coefficients: Tensor, cells: Int32Array): Promise<Float64Array> {
    const { engine } = this.#data;
    const sums = new Float64Array(this.#width);
    await this.#overCells(coefficients, cells, (error, count) => {
      const ones = engine.tensor(new Float32Array(count).fill(1), [1, count]);
      const columns = engine.read(engine.matMul(ones, engine.multiply(error, error)));
      for (let k = 0; k < sums.length; k++) sums[k]! += columns[k]!;
    });
    return sums;
  }

  async #overCells(
    coefficients: Tensor,
    cells: Int32Array,
    body: (error: Tensor, count: number) => void,
  ): Promise<void> {
    const { engine, signal } = this.#data;
    for (let from = 0; from < cells.length; from += BLOCK_CELLS) {
      await pause(signal, WHAT);
      const some = cells.subarray(from, from + BLOCK_CELLS);
      engine.scope(() => {
        const x = engine.tensor(this.#inputs.read(some), [some.length, this.#size]);
        const y = engine.tensor(this.#targets.read(some), [some.length, this.#width]);
        body(engine.subtract(engine.matMul(x, coefficients), y), some.length);
      });
    }
  }
}
