/**
 * The largest eigenvalues of a symmetric matrix with their vectors, by subspace iteration with Rayleigh and Ritz (Halko,
 * Martinsson and Tropp 2011; Golub and Van Loan, Matrix Computations, section 8.2.4).
 */
import { createRandom } from '../../core/random.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { pause } from './pause.ts';
import { timesRowBlocks } from './row-blocks.ts';

/** Directions carried beside those that are asked for: the last ones converge by their distance from what is left out. */
const SPARE = 14;
const MOST_STEPS = 60;
/** Steps between two looks at the eigenvalues, which cost more than a step. */
const CHECKED_EVERY = 6;
/** Change of the sum of eigenvalues, relative to it, at which the iteration ends. */
const SETTLED = 1e-5;

export interface Eigen {
  /** size x count, row-major, orthonormal columns. */
  readonly vectors: Float32Array;
  /** Descending. */
  readonly values: Float64Array;
}

/**
 * @param blocks the matrix, size x size, in blocks of consecutive rows
 * @throws AppError CANCELLED
 */
export async function largestEigenvectors(
  engine: TensorEngine,
  blocks: readonly Tensor[],
  size: number,
  count: number,
  signal: AbortSignal,
): Promise<Eigen> {
  const width = Math.min(size, count + SPARE);
  const random = createRandom(1, 'eigenvectors', size);
  let basis = Float32Array.from({ length: size * width }, () => random.normal());
  orthonormalise(basis, size, width);
  let before = 0;
  for (let step = 1; ; step++) {
    await pause(signal, 'The principal components');
    const image = timesRowBlocks(engine, blocks, basis, size, width);
    if (step % CHECKED_EVERY !== 0 && step < MOST_STEPS) {
      basis = image;
      orthonormalise(basis, size, width);
      continue;
    }
    const { rotated, values } = ritz(engine, basis, image, size, width);
    const sum = values.subarray(0, count).reduce((total, value) => total + value, 0);
    if (step >= MOST_STEPS || Math.abs(sum - before) <= SETTLED * Math.abs(sum)) {
      const kept = Math.min(count, width);
      const vectors = new Float32Array(size * kept);
      for (let row = 0; row < size; row++) {
        vectors.set(rotated.subarray(row * width, row * width + kept), row * kept);
      }
      return { vectors, values: values.slice(0, kept) };
    }
    before = sum;
    basis = image;
    orthonormalise(basis, size, width);
  }
}

/** Rotates the basis to the best approximations of eigenvectors in it. */
function ritz(
  engine: TensorEngine,
  basis: Float32Array,
  image: Float32Array,
  size: number,
  width: number,
): { rotated: Float32Array; values: Float64Array } {
  return engine.scope(() => {
    const q = engine.tensor(basis, [size, width]);
    const small = engine.read(engine.matMul(q, engine.tensor(image, [size, width]), 'a'));
    const { vectors, values } = jacobi(Float64Array.from(small), width);
    const rotation = engine.tensor(Float32Array.from(vectors), [width, width]);
    return { rotated: engine.read(engine.matMul(q, rotation)), values };
  });
}

/** All eigenvectors of a small symmetric matrix by Jacobi's rotations; columns, by descending value. */
function jacobi(matrix: Float64Array, size: number): { vectors: Float64Array; values: Float64Array } {
  const a = matrix.slice();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) a[i * size + j] = a[j * size + i] = (a[i * size + j]! + a[j * size + i]!) / 2;
  }
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  const scale = Math.sqrt(a.reduce((sum, value) => sum + value * value, 0)) || 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) off += a[i * size + j]! ** 2;
    if (Math.sqrt(off) <= 1e-11 * scale) break;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, k) => k).sort((x, y) => a[y * size + y]! - a[x * size + x]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let row = 0; row < size; row++) vectors[row * size + to] = v[row * size + from]!;
  });
  return { vectors, values: Float64Array.from(order, k => a[k * size + k]!) };
}

/** One rotation that makes the entry (p, q) zero. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  if (apq === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[k * size + p]!, a[k * size + q]!];
    a[k * size + p] = c * x - s * y;
    a[k * size + q] = s * x + c * y;
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[p * size + k]!, a[q * size + k]!];
    a[p * size + k] = c * x - s * y;
    a[q * size + k] = s * x + c * y;
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [v[k * size + p]!, v[k * size + q]!];
    v[k * size + p] = c * x - s * y;
    v[k * size + q] = s * x + c * y;
  }
}

/** Columns made orthonormal, twice over (Gram and Schmidt, modified); a column without a rest becomes zero. */
function orthonormalise(basis: Float32Array, size: number, width: number): void {
  // Column by column in contiguous memory.
  const columns = Array.from({ length: width }, (_, k) => {
    const column = new Float64Array(size);
    for (let row = 0; row < size; row++) column[row] = basis[row * width + k]!;
    return column;
  });
  columns.forEach((column, k) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < k; other++) {
        const against = columns[other]!;
        let dot = 0;
        for (let row = 0; row < size; row++) dot += column[row]! * against[row]!;
        for (let row = 0; row < size; row++) column[row]! -= dot * against[row]!;
      }
    }
    let length = 0;
    for (let row = 0; row < size; row++) length += column[row]! ** 2;
    length = Math.sqrt(length);
    for (let row = 0; row < size; row++) column[row] = length > 1e-30 ? column[row]! / length : 0;
  });
  columns.forEach((column, k) => {
    for (let row = 0; row < size; row++) basis[row * width + k] = column[row]!;
  });
}
