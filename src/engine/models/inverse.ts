/**
 * The inverse of a symmetric positive definite matrix: the engine's own, or by nothing but matrix products,
 * X <- X + X (I - A X) from X = I / |A| (Schulz 1933; Higham, Functions of Matrices, section 7.3). Once the first digit is
 * right, every step doubles the digits that are.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { pause } from './pause.ts';

/** Enough for a condition of 1e6; single precision has no use for more. */
const MOST_STEPS = 48;
/** Length of a row of I - A X below which a solution that is refined once is right but for rounding. */
const GOOD = 0.01;
/** The same, where single precision has nothing to add. */
const EXACT = 1e-6;

/**
 * @param a size x size, symmetric; it stays the caller's
 * @param values the same numbers
 * @param what names the work in the message of a cancelled one
 * @returns the inverse, to be freed by the caller; null where the matrix is not positive definite in single precision
 * @throws AppError CANCELLED
 */
export async function invert(
  engine: TensorEngine,
  a: Tensor,
  values: Float32Array,
  signal: AbortSignal,
  what: string,
): Promise<Tensor | null> {
  const size = a.shape[0]!;
  if (engine.inverse) {
    await pause(signal, what);
    return checked(engine, a, engine.inverse(a));
  }
  const bound = largestRowSum(values, size);
  if (!(bound > 0) || !Number.isFinite(bound)) return null;
  const one = identity(engine, size);
  let x = engine.scale(one, 1 / bound);
  try {
    let before = Infinity;
    for (let step = 0; step < MOST_STEPS; step++) {
      await pause(signal, what);
      const product = engine.matMul(a, x);
      const residual = engine.subtract(one, product);
      const off = longestRow(engine, residual);
      const correction = engine.matMul(x, residual);
      engine.free(product, residual);
      x = engine.addAll([x, correction]);
      // Where rounding is all that is left, a step no longer brings anything.
      if (off < GOOD && (off >= before / 4 || off < EXACT)) return x;
      if (!Number.isFinite(off)) break;
      before = off;
    }
    engine.free(x);
    return null;
  } catch (error) {
    engine.free(x);
    throw error;
  } finally {
    engine.free(one);
  }
}

/** Null instead of an inverse that a refined solution could not rest on. */
function checked(engine: TensorEngine, a: Tensor, x: Tensor | null): Tensor | null {
  if (x === null) return null;
  const off = engine.scope(() =>
    longestRow(engine, engine.subtract(identity(engine, a.shape[0]!), engine.matMul(a, x))),
  );
  if (off < GOOD) return x;
  engine.free(x);
  return null;
}

function identity(engine: TensorEngine, size: number): Tensor {
  const eye = new Float32Array(size * size);
  for (let i = 0; i < size; i++) eye[i * size + i] = 1;
  return engine.tensor(eye, [size, size]);
}

function longestRow(engine: TensorEngine, a: Tensor): number {
  return engine.rowNorms(a).reduce((most, norm) => (norm > most || Number.isNaN(norm) ? norm : most), 0);
}

/** Not below any eigenvalue (Gershgorin). */
function largestRowSum(values: Float32Array, size: number): number {
  let largest = 0;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let k = row * size; k < (row + 1) * size; k++) sum += Math.abs(values[k]!);
    largest = Math.max(largest, sum);
  }
  return largest;
}
