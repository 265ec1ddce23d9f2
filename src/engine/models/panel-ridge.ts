/**
 * Ridge regression from one of many panels, out of products that all of them share. The same model as ridge.ts (centred,
 * the intercept not shrunk, the strength chosen on the stop cells); here the strength is looked for around one that is known
 * to suit such data, downhill on a grid, instead of over the whole range. Errors come out of the products as well:
 * for coefficients b of a gene y, the sum of (y - x b)^2 over some cells is yy - 2 b'x'y + b'x'x b.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { CrossProducts } from './cross-products.ts';
import { invert } from './inverse.ts';

/** Steps of the grid, in exponents of 10, and how far from the start it goes. */
const STEP = 0.5;
const FARTHEST = 3;
const WHAT = 'Scoring random panels';

/** Products of the cells of each part, around the means of the training cells. */
export interface PartProducts {
  readonly train: CrossProducts;
  readonly stop: CrossProducts;
  readonly test: CrossProducts;
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
 * @param inputs the panel, ascending, among the chosen genes of all three products
 * @param start a strength relative to the mean of the diagonal of X'X
 * @returns null where no strength gives equations that can be solved in single precision
 * @throws AppError CANCELLED
 */
export async function scorePanelRidge(
  engine: TensorEngine,
  products: PartProducts,
  inputs: Int32Array,
  start: number,
  signal: AbortSignal,
): Promise<PanelRidgeScore | null> {
  const fit = new PanelRidge(engine, products, inputs, signal);
  try {
    const best = await fit.search(Math.log10(start));
    if (best === null) return null;
    const errors = fit.errors(best.coefficients, products.test);
    engine.free(best.coefficients);
    return {
      targets: fit.targets,
      error: Float64Array.from(fit.targets, gene => errors[gene]!),
      strength: 10 ** best.exponent,
    };
  } finally {
    fit.dispose();
  }
}

interface Solution {
  readonly exponent: number;
  /** On the stop cells, over the targets. */
  readonly stopError: number;
  /** inputs x all genes: the panel's own are predicted too, and count nowhere */
  readonly coefficients: Tensor;
}

class PanelRidge {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  readonly #engine: TensorEngine;
  readonly #signal: AbortSignal;
  readonly #stop: CrossProducts;
  readonly #inputs: Int32Array;
  readonly #genes: number;
  readonly #gram: Float32Array;
  readonly #scale: number;
  readonly #right: Tensor;

  constructor(engine: TensorEngine, { train, stop }: PartProducts, inputs: Int32Array, signal: AbortSignal) {
    this.#engine = engine;
    this.#signal = signal;
    this.#stop = stop;
    this.#inputs = inputs;
    this.#genes = train.squares.length;
    const measured = new Set(inputs);
    this.targets = Int32Array.from(train.squares.keys()).filter(gene => !measured.has(gene));
    this.#gram = train.block(inputs, inputs);
    const size = inputs.length;
    let diagonal = 0;
    for (let k = 0; k < size; k++) diagonal += this.#gram[k * size + k]!;
    this.#scale = diagonal / size || 1;
    this.#right = engine.tensor(train.rows(inputs), [size, this.#genes]);
  }

  dispose(): void {
    this.#engine.free(this.#right);
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
        if (worse !== null) this.#engine.free(worse.coefficients);
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
    const engine = this.#engine;
    const size = this.#inputs.length;
    const shifted = this.#gram.slice();
    const ridge = 10 ** exponent * this.#scale;
    for (let k = 0; k < size; k++) shifted[k * size + k]! += ridge;
    const matrix = engine.tensor(shifted, [size, size]);
    try {
      const inverse = await invert(engine, matrix, shifted, this.#signal, WHAT);
      if (inverse === null) return null;
      const first = engine.matMul(inverse, this.#right);
      // One step of refinement takes away what the inverse lacks.
      const correction = engine.scope(() => {
        const left = engine.subtract(this.#right, engine.matMul(matrix, first));
        return engine.read(engine.matMul(inverse, left));
      });
      engine.free(inverse);
      const coefficients = engine.addAll([first, engine.tensor(correction, [size, this.#genes])]);
      const errors = this.errors(coefficients, this.#stop);
      const stopError = this.targets.reduce((sum, gene) => sum + errors[gene]!, 0);
      return { exponent, stopError, coefficients };
    } finally {
      engine.free(matrix);
    }
  }

  /** Per gene, the sum of the squared error over the cells of the products. */
  errors(coefficients: Tensor, cells: CrossProducts): Float64Array {
    const engine = this.#engine;
    const size = this.#inputs.length;
    return engine.scope(() => {
      const inner = engine.tensor(cells.block(this.#inputs, this.#inputs), [size, size]);
      const across = engine.tensor(cells.rows(this.#inputs), [size, this.#genes]);
      const twice = engine.scale(across, 2);
      const gain = engine.multiply(coefficients, engine.subtract(twice, engine.matMul(inner, coefficients)));
      const ones = engine.tensor(new Float32Array(size).fill(1), [1, size]);
      const explained = engine.read(engine.matMul(ones, gain));
      return cells.squares.map((square, gene) => square - explained[gene]!);
    });
  }
}
