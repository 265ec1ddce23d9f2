import { describe, expect, it } from 'vitest';
import { solveShifted, tridiagonalise } from '../../src/core/linear-algebra.ts';
import { createRandom } from '../../src/core/random.ts';

function symmetric(size: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const factor = Float64Array.from({ length: size * size }, () => random.normal());
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) matrix[i * size + j]! += factor[i * size + k]! * factor[j * size + k]!;
    }
  }
  return matrix;
}

function reduce(matrix: Float64Array, size: number) {
  const work = tridiagonalise(matrix.slice(), size);
  const shares: number[] = [];
  for (;;) {
    const step = work.next();
    if (step.done) return { reduced: step.value, shares };
    shares.push(step.value);
  }
}

describe('tridiagonal reduction', () => {
  it.each([1, 2, 3, 17, 60])('solves shifted systems of size %i to double precision', size => {
    const matrix = symmetric(size, size);
    const { reduced } = reduce(matrix, size);
    const random = createRandom('right side', size);
    const right = Float64Array.from({ length: size }, () => random.normal());
    for (const shift of [0.01, 1, 100]) {
      // x = Q (T + shift)^-1 Q' b
      const rotated = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) rotated[j]! += reduced.basis[i * size + j]! * right[i]!;
      }
      const solved = solveShifted(reduced, shift, rotated, 1)!;
      const x = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) x[i]! += reduced.basis[i * size + j]! * solved[j]!;
      }
      for (let i = 0; i < size; i++) {
        let left = shift * x[i]!;
        for (let j = 0; j < size; j++) left += matrix[i * size + j]! * x[j]!;
        expect(left).toBeCloseTo(right[i]!, 9);
      }
    }
  });

  it('solves every row by itself', () => {
    const { reduced } = reduce(symmetric(5, 2), 5);
    const rows = Float64Array.from({ length: 15 }, (_, i) => Math.sin(i));
    const together = solveShifted(reduced, 0.5, rows, 3)!;
    for (let r = 0; r < 3; r++) {
      expect(together.slice(5 * r, 5 * r + 5)).toEqual(solveShifted(reduced, 0.5, rows.slice(5 * r), 1));
    }
  });

  it('leaves a diagonal matrix as it is', () => {
    const { reduced } = reduce(Float64Array.of(3, 0, 0, 0, 2, 0, 0, 0, 1), 3);
    expect([...reduced.diagonal]).toEqual([3, 2, 1]);
    expect([...reduced.basis]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('says when a system is not positive definite', () => {
    const { reduced } = reduce(Float64Array.of(1, 2, 2, 1), 2);
    expect(solveShifted(reduced, 0, Float64Array.of(1, 1), 1)).toBeNull();
    expect(solveShifted(reduced, 1.5, Float64Array.of(1, 1), 1)).not.toBeNull();
  });

  it('reports rising shares up to the whole', () => {
    const { shares } = reduce(symmetric(9, 3), 9);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });
});
