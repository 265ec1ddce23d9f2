/**
 * Symmetric linear systems that are solved many times with another number added to the diagonal, in double precision.
 * One Householder reduction A = Q T Q' to a tridiagonal T (Golub and Van Loan, Matrix Computations, section 8.3.1) makes
 * every further system (A + shift I) x = b a tridiagonal one: all strengths of a ridge regression cost little more than one.
 */

export interface Tridiagonal {
  readonly size: number;
  /** size x size, row-major, orthogonal: A = basis * T * basis'. */
  readonly basis: Float64Array;
  readonly diagonal: Float64Array;
  /** Entry i stands at (i, i + 1) and (i + 1, i). */
  readonly offDiagonal: Float64Array;
}

/**
 * Takes size^3 * 4/3 multiplications, so it pauses: it yields the share of the work done after every column.
 * @param matrix symmetric, size x size, row-major; only its upper triangle is read, and it is overwritten
 */
export function* tridiagonalise(matrix: Float64Array, size: number): Generator<number, Tridiagonal> {
  const diagonal = new Float64Array(size);
  const offDiagonal = new Float64Array(Math.max(0, size - 1));
  const reflectors: Float64Array[] = [];
  for (let k = 0; k < size; k++) {
    diagonal[k] = matrix[k * size + k]!;
    if (k === size - 1) break;
    const row = matrix.subarray(k * size + k + 1, (k + 1) * size);
    const { reflector, image } = reflectorOf(row);
    offDiagonal[k] = image;
    reflectors.push(reflector);
    applyBothSides(matrix, size, k + 1, reflector);
    yield (k + 1) / size / 2;
  }
  const basis = new Float64Array(size * size);
  for (let k = 0; k < size; k++) basis[k * size + k] = 1;
  for (let k = size - 2; k >= 0; k--) {
    applyToRows(basis, size, k + 1, reflectors[k]!);
    yield 1 - (k + 1) / size / 2;
  }
  return { size, basis, diagonal, offDiagonal };
}

/**
 * Solves (T + shift I) x = b for every row b.
 * @param rows count x size, row-major
 * @returns the solutions in the same layout, or null where T + shift I is not positive definite
 */
export function solveShifted(
  { size, diagonal, offDiagonal }: Tridiagonal,
  shift: number,
  rows: Float32Array | Float64Array,
  count: number,
): Float64Array | null {
  // T + shift I = L D L', L with ones on and `factor` below the diagonal.
  const pivot = new Float64Array(size);
  const factor = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const before = i === 0 ? 0 : factor[i - 1]! * offDiagonal[i - 1]!;
    pivot[i] = diagonal[i]! + shift - before;
    if (!(pivot[i]! > 0)) return null;
    if (i < size - 1) factor[i] = offDiagonal[i]! / pivot[i]!;
  }
  const out = new Float64Array(count * size);
  for (let r = 0; r < count; r++) {
    const start = r * size;
    let carried = 0;
    for (let i = 0; i < size; i++) {
      carried = rows[start + i]! - (i === 0 ? 0 : factor[i - 1]! * carried);
      out[start + i] = carried;
    }
    carried = 0;
    for (let i = size - 1; i >= 0; i--) {
      carried = out[start + i]! / pivot[i]! - factor[i]! * carried;
      out[start + i] = carried;
    }
  }
  return out;
}

/**
 * The reflection I - 2 v v' (v of length 1) that turns x into (image, 0, ..., 0).
 * @returns v, all zeros where x needs no reflection
 */
function reflectorOf(x: Float64Array): { reflector: Float64Array; image: number } {
  const reflector = x.slice();
  const first = x[0]!;
  let tail = 0;
  for (let i = 1; i < x.length; i++) tail += x[i]! * x[i]!;
  if (tail === 0) return { reflector: reflector.fill(0), image: first };
  // The sign that adds instead of cancelling.
  const image = first > 0 ? -Math.sqrt(first * first + tail) : Math.sqrt(first * first + tail);
  reflector[0] = first - image;
  const length = Math.sqrt(reflector[0] * reflector[0] + tail);
  for (let i = 0; i < x.length; i++) reflector[i]! /= length;
  return { reflector, image };
}

/** H A H on the trailing square from `start` on, with H = I - 2 v v': a symmetric update of rank two. */
function applyBothSides(matrix: Float64Array, size: number, start: number, v: Float64Array): void {
  const length = size - start;
  const w = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = (start + i) * size + start;
    const vi = v[i]!;
    let sum = matrix[at + i]! * vi;
    for (let j = i + 1; j < length; j++) {
      const entry = matrix[at + j]!;
      sum += entry * v[j]!;
      w[j]! += entry * vi;
    }
    w[i]! += sum;
  }
  let overlap = 0;
  for (let i = 0; i < length; i++) overlap += w[i]! * v[i]!;
  for (let i = 0; i < length; i++) w[i] = 2 * (w[i]! - overlap * v[i]!);
  for (let i = 0; i < length; i++) {
    const at = (start + i) * size + start;
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = i; j < length; j++) matrix[at + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** H Q on the trailing square from `start` on, where Q differs from the identity in that square only. */
function applyToRows(basis: Float64Array, size: number, start: number, v: Float64Array): void {
  const length = size - start;
  const sums = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = (start + i) * size + start;
    const vi = v[i]!;
    for (let j = 0; j < length; j++) sums[j]! += vi * basis[at + j]!;
  }
  for (let i = 0; i < length; i++) {
    const at = (start + i) * size + start;
    const twice = 2 * v[i]!;
    for (let j = 0; j < length; j++) basis[at + j]! -= twice * sums[j]!;
  }
}
