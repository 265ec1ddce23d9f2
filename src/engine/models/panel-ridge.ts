/**
 * Ridge regression from one of many panels, out of products that all of them share. The same model as ridge.ts (centred,
 * the intercept not shrunk, the strength chosen on the stop cells); here the strength is looked for around one that is known
 * to suit such data, downhill on a grid, instead of over the whole range, and on some of the targets, which agree with all
 * of them on it. Errors come out of the products as well:
 * for coefficients b of a gene y, the sum of (y - x b)^2 over some cells is yy - 2 b'x'y + b'x'x b.
 */
import type { Predictor } from '../steps/predictor.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { CrossProducts } from './cross-products.ts';
import { invert } from './inverse.ts';
import { ridgePredictor } from './ridge.ts';

/** Steps of the grid, in exponents of 10, and how far from the start it goes. */
const STEP = 0.5;
const FARTHEST = 3;
/** Most targets that the strength is chosen on, evenly among all. */
const SEARCH_TARGETS = 2000;
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
  const model = await fitPanelRidge(engine, products, inputs, start, signal);
  if (model === null) return null;
  const error = model.errors(products.test);
  model.dispose();
  return { targets: model.targets, error, strength: model.strength };
}

/** A fitted model: it can be asked for its errors on any cells whose products there are, and be used to predict. */
export interface PanelRidgeModel {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  /** Relative to the mean of the diagonal of X'X, and in the units of ridge.ts. */
  readonly strength: number;
  readonly ridge: number;
  /** Per target: sum over the cells of the squared error. */
  errors(cells: CrossProducts): Float64Array;
  /** @param means of all genes over the training cells; the predictor is the caller's to dispose of */
  predictor(means: Float64Array): Predictor;
  dispose(): void;
}

/** The same before it is scored; null and errors as in `scorePanelRidge`. */
export async function fitPanelRidge(
  engine: TensorEngine,
  products: Pick<PartProducts, 'train' | 'stop'>,
  inputs: Int32Array,
  start: number,
  signal: AbortSignal,
): Promise<PanelRidgeModel | null> {
  const fit = new PanelRidge(engine, products, inputs, signal);
  const best = await fit.search(Math.log10(start));
  if (best === null) return null;
  const { targets } = fit;
  const coefficients = engine.scope(() => engine.read(fit.coefficients(best, targets)));
  engine.free(best.inverse);
  const kernel = engine.tensor(coefficients, [inputs.length, targets.length]);
  return {
    targets,
    strength: 10 ** best.exponent,
    ridge: best.ridge,
    errors: cells => engine.scope(() => fit.errorsOf(kernel, targets, cells)),
    predictor: means => {
      const intercept = Float32Array.from(targets, (gene, t) => {
        let value = means[gene]!;
        for (let k = 0; k < inputs.length; k++) {
          value -= means[inputs[k]!]! * coefficients[k * targets.length + t]!;
        }
        return value;
      });
      return ridgePredictor(engine, coefficients, intercept, inputs, targets);
    },
    dispose: () => engine.free(kernel),
  };
}

interface Solution {
  readonly exponent: number;
  /** On the stop cells, over the targets of the search. */
  readonly stopError: number;
  /** Added to the diagonal. */
  readonly ridge: number;
  /** Of X'X with the ridge: inputs x inputs. */
  readonly inverse: Tensor;
}

class PanelRidge {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  readonly #searchTargets: Int32Array;
  readonly #engine: TensorEngine;
  readonly #signal: AbortSignal;
  readonly #train: CrossProducts;
  readonly #stop: CrossProducts;
  readonly #inputs: Int32Array;
  readonly #gram: Float32Array;
  readonly #scale: number;

  constructor(
    engine: TensorEngine,
    { train, stop }: Pick<PartProducts, 'train' | 'stop'>,
    inputs: Int32Array,
    signal: AbortSignal,
  ) {
    this.#engine = engine;
    this.#signal = signal;
    this.#train = train;
    this.#stop = stop;
    this.#inputs = inputs;
    const measured = new Set(inputs);
    this.targets = Int32Array.from(train.squares.keys()).filter(gene => !measured.has(gene));
    const every = Math.ceil(this.targets.length / SEARCH_TARGETS);
    this.#searchTargets = this.targets.filter((_, k) => k % every === 0);
    this.#gram = train.block(inputs, inputs);
    const size = inputs.length;
    let diagonal = 0;
    for (let k = 0; k < size; k++) diagonal += this.#gram[k * size + k]!;
    this.#scale = diagonal / size || 1;
  }

  /** Downhill from the start; the inverse of the best is the caller's. */
  async search(start: number): Promise<Solution | null> {
    let best = await this.#solve(start);
    for (const direction of [STEP, -STEP]) {
      let moved = false;
      for (let at = start + direction; Math.abs(at - start) <= FARTHEST + 1e-9; at += direction) {
        const next = await this.#solve(at);
        if (next === null) break;
        const better = best === null || next.stopError < best.stopError;
        const worse = better ? best : next;
        if (worse !== null) this.#engine.free(worse.inverse);
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
    const ridge = 10 ** exponent * this.#scale;
    const shifted = this.#shifted(ridge);
    const size = this.#inputs.length;
    const matrix = engine.tensor(shifted, [size, size]);
    try {
      const inverse = await invert(engine, matrix, shifted, this.#signal, WHAT);
      if (inverse === null) return null;
      const targets = this.#searchTargets;
      const errors = engine.scope(() =>
        this.errorsOf(this.coefficients({ ridge, inverse }, targets), targets, this.#stop),
      );
      const stopError = errors.reduce((sum, error) => sum + error, 0);
      return { exponent, ridge, inverse, stopError };
    } finally {
      engine.free(matrix);
    }
  }

  /** X'X of the panel with the ridge on its diagonal. */
  #shifted(ridge: number): Float32Array {
    const shifted = this.#gram.slice();
    const size = this.#inputs.length;
    for (let k = 0; k < size; k++) shifted[k * size + k]! += ridge;
    return shifted;
  }

  /** inputs x targets. Call it within a scope: what it makes on the way is not freed by it. */
  coefficients({ ridge, inverse }: Pick<Solution, 'ridge' | 'inverse'>, targets: Int32Array): Tensor {
    const engine = this.#engine;
    const size = this.#inputs.length;
    const right = engine.tensor(this.#train.block(this.#inputs, targets), [size, targets.length]);
    const matrix = engine.tensor(this.#shifted(ridge), [size, size]);
    const first = engine.matMul(inverse, right);
    // One step of refinement takes away what the inverse lacks.
    const left = engine.subtract(right, engine.matMul(matrix, first));
    return engine.addAll([first, engine.matMul(inverse, left)]);
  }

  /** Per target, the sum of the squared error over the cells of the products; within a scope as well. */
  errorsOf(coefficients: Tensor, targets: Int32Array, cells: CrossProducts): Float64Array {
    const engine = this.#engine;
    const size = this.#inputs.length;
    const inner = engine.tensor(cells.block(this.#inputs, this.#inputs), [size, size]);
    const across = engine.tensor(cells.block(this.#inputs, targets), [size, targets.length]);
    const twice = engine.scale(across, 2);
    const gain = engine.multiply(coefficients, engine.subtract(twice, engine.matMul(inner, coefficients)));
    const ones = engine.tensor(new Float32Array(size).fill(1), [1, size]);
    const explained = engine.read(engine.matMul(ones, gain));
    return Float64Array.from(targets, (gene, k) => cells.squares[gene]! - explained[k]!);
  }
}
