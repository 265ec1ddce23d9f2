/**
 * What models may ask of TensorFlow: matrix products, a few elementwise operations, and weights that Adam changes in
 * place. Two engines implement it, native and WebAssembly; nothing outside this folder knows which one runs.
 *
 * All values are float32. Operations are synchronous and leave their operands as they are.
 */
import type { EngineInfo } from '../../shared/model.ts';

/** A matrix [rows, columns], row-major, or a vector [length], in the engine's memory. */
export interface Tensor {
  readonly shape: readonly number[];
}

/** Weights together with the first and second moment that Adam keeps of their gradient. */
export interface Parameter {
  readonly shape: readonly number[];
}

/** Everything a parameter holds: enough to go on training elsewhere as if nothing had happened. */
export interface ParameterState {
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Decay of Adam's moments, rounded as the engines hold them: a bias correction from the unrounded numbers is off by
 * more than all other rounding together.
 */
export const BETA1 = Math.fround(0.9);
export const BETA2 = Math.fround(0.999);
const EPSILON = 1e-8;

/** What the t-th update of Adam needs besides the gradient. */
export interface AdamStep {
  /** rate * sqrt(1 - beta2^t) / (1 - beta1^t) */
  readonly rate: number;
  /** epsilon * sqrt(1 - beta2^t) */
  readonly epsilon: number;
  readonly learningRate: number;
  /** 1 - beta2^t: divides the second moment to correct its bias. */
  readonly secondCorrection: number;
}

/**
 * Adam with bias correction (Kingma and Ba 2015, algorithm 1, written with the correction in the step size as in the
 * text after it; epsilon is scaled so that the update equals w -= rate * mHat / (sqrt(vHat) + 1e-8)).
 * @param t number of this update, from 1
 */
export function adamStep(learningRate: number, t: number): AdamStep {
  const secondCorrection = 1 - BETA2 ** t;
  const root = Math.sqrt(secondCorrection);
  return {
    rate: (learningRate * root) / (1 - BETA1 ** t),
    epsilon: EPSILON * root,
    learningRate,
    secondCorrection,
  };
}

export interface TensorEngine {
  readonly info: EngineInfo;
  /** Tensors and parameters alive now. */
  readonly alive: number;

  /** Frees, when `work` ends or throws, every tensor made in it and not freed by it. Parameters stay. */
  scope<T>(work: () => T): T;
  /** Copies the data. */
  tensor(data: Float32Array, shape: readonly number[]): Tensor;
  /** May use the data where they are: until the tensor is freed, nobody may change them. */
  lent(data: Float32Array, shape: readonly number[]): Tensor;
  /** A copy of the values. */
  read(tensor: Tensor): Float32Array;
  free(...tensors: readonly Tensor[]): void;

  /** Matrix product; `transpose` names the operand to be read transposed. */
  matMul(a: Tensor, b: Tensor, transpose?: 'a' | 'b'): Tensor;
  /** The inverse of a symmetric matrix; null where it is not positive definite. Not every engine has it. */
  inverse?(a: Tensor): Tensor | null;
  /** Sum of tensors of one shape; the terms are freed. */
  addAll(terms: readonly Tensor[]): Tensor;
  /** Adds a [rows, 1] matrix to every column. */
  addToColumns(a: Tensor, column: Tensor): Tensor;
  /** Adds a vector to every row. */
  addToRows(a: Tensor, vector: Tensor): Tensor;
  subtract(a: Tensor, b: Tensor): Tensor;
  /** Elementwise product. */
  multiply(a: Tensor, b: Tensor): Tensor;
  scale(a: Tensor, factor: number): Tensor;
  relu(a: Tensor): Tensor;
  /** The gradient where `output` is positive, else 0. */
  reluGradient(gradient: Tensor, output: Tensor): Tensor;
  /** Appends the columns of b to those of a. */
  joinColumns(a: Tensor, b: Tensor): Tensor;
  /** The first `count` columns. */
  firstColumns(a: Tensor, count: number): Tensor;
  rowSums(a: Tensor): Float32Array;
  /** Euclidean norm of every row. */
  rowNorms(a: Tensor): Float32Array;

  parameter(state: ParameterState, shape: readonly number[]): Parameter;
  /** Present weights. Free the tensor before the next update, or the engine has to copy the weights first. */
  weights(parameter: Parameter): Tensor;
  /** Present second moment; the same care as for `weights`. */
  secondMoment(parameter: Parameter): Tensor;
  state(parameter: Parameter): ParameterState;
  /** One update by Adam, in place. */
  adam(parameter: Parameter, gradient: Tensor, step: AdamStep): void;
  /** Multiplies every row of the weights by its factor, in place. */
  scaleRows(parameter: Parameter, factors: Float32Array): void;
  release(...parameters: readonly Parameter[]): void;
}

/** Sum of all entries of the elementwise product; row by row in float32, over rows in double precision. */
export function sumOfProducts(engine: TensorEngine, a: Tensor, b: Tensor): number {
  const products = engine.multiply(a, b);
  const rows = engine.rowSums(products);
  engine.free(products);
  return rows.reduce((total, row) => total + row, 0);
}
