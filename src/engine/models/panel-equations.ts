/**
 * The equations of a ridge regression from a panel, with the inverse of X'X plus the ridge, or of XX' plus the ridge where
 * there are fewer cells than genes in the panel (Saunders, Gammerman and Vovk 1998): the same model either way.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { CrossProducts } from './cross-products.ts';
import { invert } from './inverse.ts';

const WHAT = 'Scoring random panels';

/** For one panel; what it keeps in the engine is freed by `dispose`. */
export interface PanelEquations {
  /** Mean of the diagonal of X'X over the panel. */
  readonly scale: number;
  /** @returns null where it cannot be solved in single precision; to be freed by the caller. @throws AppError CANCELLED */
  solve(ridge: number, signal: AbortSignal): Promise<Solution | null>;
  /** Per target, the sum of the squared error over the cells of the products. */
  errors(solution: Solution, targets: Int32Array, cells: CrossProducts): Float64Array;
  /** inputs x targets */
  coefficients(solution: Solution, targets: Int32Array): Float32Array;
  dispose(): void;
}

export interface Solution {
  readonly ridge: number;
  /** The matrix with the ridge on its diagonal, and its inverse. */
  readonly matrix: Tensor;
  readonly inverse: Tensor;
}

/** @param inputs the panel, ascending, among the chosen genes of the products */
export function panelEquations(
  engine: TensorEngine,
  train: CrossProducts,
  inputs: Int32Array,
): PanelEquations {
  return train.cells !== null && train.cells < inputs.length
    ? new EquationsOfCells(engine, train, inputs)
    : new EquationsOfGenes(engine, train, inputs);
}

class EquationsOfGenes implements PanelEquations {
  readonly scale: number;
  readonly #engine: TensorEngine;
  readonly #train: CrossProducts;
  readonly #inputs: Int32Array;
  readonly #gram: Float32Array;

  constructor(engine: TensorEngine, train: CrossProducts, inputs: Int32Array) {
    this.#engine = engine;
    this.#train = train;
    this.#inputs = inputs;
    this.#gram = train.block(inputs, inputs);
    this.scale = meanOfDiagonal(this.#gram, inputs.length);
  }

  solve(ridge: number, signal: AbortSignal): Promise<Solution | null> {
    return solve(this.#engine, this.#gram, this.#inputs.length, ridge, signal);
  }

  errors(solution: Solution, targets: Int32Array, cells: CrossProducts): Float64Array {
    const engine = this.#engine;
    return engine.scope(() =>
      errorsOf(engine, this.#coefficients(solution, targets), this.#inputs, targets, cells),
    );
  }

  coefficients(solution: Solution, targets: Int32Array): Float32Array {
    const engine = this.#engine;
    return engine.scope(() => engine.read(this.#coefficients(solution, targets)));
  }

  #coefficients({ matrix, inverse }: Solution, targets: Int32Array): Tensor {
    const right = this.#engine.tensor(this.#train.block(this.#inputs, targets), [
      this.#inputs.length,
      targets.length,
    ]);
    return refined(this.#engine, matrix, inverse, right);
  }

  dispose(): void {
    // Nothing is kept.
  }
}

class EquationsOfCells implements PanelEquations {
  readonly scale: number;
  readonly #engine: TensorEngine;
  readonly #train: CrossProducts;
  readonly #inputs: Int32Array;
  /** inputs x cells */
  readonly #own: Tensor;
  readonly #products: Float32Array;
  readonly #cells: number;

  constructor(engine: TensorEngine, train: CrossProducts, inputs: Int32Array) {
    this.#engine = engine;
    this.#train = train;
    this.#inputs = inputs;
    this.#cells = train.cells!;
    this.#own = valuesOf(engine, train, inputs);
    const products = engine.matMul(this.#own, this.#own, 'a');
    this.#products = engine.read(products);
    engine.free(products);
    this.scale = (meanOfDiagonal(this.#products, this.#cells) * this.#cells) / inputs.length;
  }

  solve(ridge: number, signal: AbortSignal): Promise<Solution | null> {
    return solve(this.#engine, this.#products, this.#cells, ridge, signal);
  }

  errors({ matrix, inverse }: Solution, targets: Int32Array, cells: CrossProducts): Float64Array {
    const engine = this.#engine;
    if (cells.cells === null) {
      return engine.scope(() =>
        errorsOf(engine, this.#coefficients({ matrix, inverse }, targets), this.#inputs, targets, cells),
      );
    }
    return engine.scope(() => {
      const across = engine.matMul(this.#own, valuesOf(engine, cells, this.#inputs), 'a');
      const weights = refined(engine, matrix, inverse, across);
      const predicted = engine.matMul(valuesOf(engine, this.#train, targets), weights);
      return squaredNorms(engine, engine.subtract(valuesOf(engine, cells, targets), predicted));
    });
  }

  coefficients(solution: Pick<Solution, 'matrix' | 'inverse'>, targets: Int32Array): Float32Array {
    const engine = this.#engine;
    return engine.scope(() => engine.read(this.#coefficients(solution, targets)));
  }

  #coefficients({ matrix, inverse }: Pick<Solution, 'matrix' | 'inverse'>, targets: Int32Array): Tensor {
    const engine = this.#engine;
    // (Y A)' for the values Y of the targets in the cells and the inverse A, refined with Y as the right side.
    const right = engine.tensor(transposed(this.#train.valuesOf(targets), targets.length, this.#cells), [
      this.#cells,
      targets.length,
    ]);
    return engine.matMul(this.#own, refined(engine, matrix, inverse, right));
  }

  dispose(): void {
    this.#engine.free(this.#own);
  }
}

async function solve(
  engine: TensorEngine,
  products: Float32Array,
  size: number,
  ridge: number,
  signal: AbortSignal,
): Promise<Solution | null> {
  const shifted = products.slice();
  for (let k = 0; k < size; k++) shifted[k * size + k]! += ridge;
  const matrix = engine.tensor(shifted, [size, size]);
  try {
    const inverse = await invert(engine, matrix, shifted, signal, WHAT);
    if (inverse !== null) return { ridge, matrix, inverse };
  } catch (error) {
    engine.free(matrix);
    throw error;
  }
  engine.free(matrix);
  return null;
}

/** The solution for the right side, with one step of refinement, which takes away what the inverse lacks. */
function refined(engine: TensorEngine, matrix: Tensor, inverse: Tensor, right: Tensor): Tensor {
  const first = engine.matMul(inverse, right);
  const left = engine.subtract(right, engine.matMul(matrix, first));
  return engine.addAll([first, engine.matMul(inverse, left)]);
}

/**
 * Per target, the sum of the squared error over some cells, from coefficients of inputs x targets: of the cells themselves
 * where they are fewer than the inputs, else out of their products, as yy - 2 b'x'y + b'x'x b. Within a scope.
 */
function errorsOf(
  engine: TensorEngine,
  coefficients: Tensor,
  inputs: Int32Array,
  targets: Int32Array,
  cells: CrossProducts,
): Float64Array {
  const size = inputs.length;
  if (cells.cells !== null && cells.cells < size) {
    const predicted = engine.matMul(coefficients, valuesOf(engine, cells, inputs), 'a');
    return squaredNorms(engine, engine.subtract(valuesOf(engine, cells, targets), predicted));
  }
  const inner = engine.tensor(cells.block(inputs, inputs), [size, size]);
  const across = engine.tensor(cells.block(inputs, targets), [size, targets.length]);
  const twice = engine.scale(across, 2);
  const gain = engine.multiply(coefficients, engine.subtract(twice, engine.matMul(inner, coefficients)));
  const ones = engine.tensor(new Float32Array(size).fill(1), [1, size]);
  const explained = engine.read(engine.matMul(ones, gain));
  return Float64Array.from(targets, (gene, k) => cells.squares[gene]! - explained[k]!);
}

/** genes x cells */
function valuesOf(engine: TensorEngine, cells: CrossProducts, genes: Int32Array): Tensor {
  return engine.tensor(cells.valuesOf(genes), [genes.length, cells.cells!]);
}

function squaredNorms(engine: TensorEngine, rows: Tensor): Float64Array {
  return Float64Array.from(engine.rowNorms(rows), norm => norm * norm);
}

function meanOfDiagonal(matrix: Float32Array, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += matrix[k * size + k]!;
  return sum / size || 1;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column]!;
  return out;
}
