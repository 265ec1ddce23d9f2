/** Symmetric positive definite systems by Cholesky's factorisation, in double precision. */

export interface Cholesky {
  readonly size: number;
  /** Lower triangle L with A = L L', row-major, size x size; what stands above the diagonal means nothing. */
  readonly lower: Float64Array;
}

/**
 * Takes size^3 / 6 multiplications, so it pauses: it yields the share of the work done after every row.
 * @param matrix symmetric, size x size, row-major; only its lower triangle is read, and it is overwritten
 * @throws RangeError where the matrix is not positive definite
 */
export function* factorise(matrix: Float64Array, size: number): Generator<number, Cholesky> {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = matrix[row + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!;
      if (i !== j) {
        matrix[row + j] = sum / matrix[other + j]!;
        continue;
      }
      if (!(sum > 0)) throw new RangeError('The matrix is not positive definite');
      matrix[row + i] = Math.sqrt(sum);
    }
    yield ((i + 1) / size) ** 3;
  }
  return { size, lower: matrix };
}

/** The x of A x = b. */
export function solve({ size, lower }: Cholesky, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * x[k]!;
    x[i] = sum / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (x[i]! /= lower[i * size + i]!);
    for (let k = 0; k < i; k++) x[k]! -= lower[i * size + k]! * value;
  }
  return x;
}
