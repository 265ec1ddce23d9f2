import { describe, expect, it } from 'vitest';
import { correlation, isConstant } from '../../src/core/deviations.ts';

function sums(a: readonly number[], b: readonly number[]) {
  const add = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0);
  return {
    n: a.length,
    a: add(a),
    b: add(b),
    aa: add(a.map(x => x * x)),
    bb: add(b.map(x => x * x)),
    ab: add(a.map((x, k) => x * b[k]!)),
  };
}

describe('correlation from sums', () => {
  it('is 1, -1 and 0 where it has to be, whatever the centre', () => {
    const a = [1, 2, 3, 4];
    expect(
      correlation(
        sums(
          a,
          a.map(x => 3 * x + 5),
        ),
      ),
    ).toBeCloseTo(1, 14);
    expect(
      correlation(
        sums(
          a,
          a.map(x => -x),
        ),
      ),
    ).toBeCloseTo(-1, 14);
    expect(correlation(sums([1, -1, 1, -1], [1, 1, -1, -1]))).toBe(0);
    const b = [2, 7, 1, 8];
    const shifted = correlation(
      sums(
        a.map(x => x - 9),
        b.map(x => x + 4),
      ),
    );
    expect(shifted).toBeCloseTo(correlation(sums(a, b)), 12);
  });

  it('is undefined where a side does not vary', () => {
    expect(correlation(sums([2, 2, 2], [1, 2, 3]))).toBeNaN();
    expect(correlation(sums([1, 2, 3], [0, 0, 0]))).toBeNaN();
  });
});

describe('isConstant', () => {
  it('forgives roundings of 32-bit floats only', () => {
    expect(isConstant(0, 0)).toBe(true);
    expect(isConstant(Math.fround(0.1), 0.1)).toBe(true);
    expect(isConstant(-1.0000001, -1)).toBe(true);
    expect(isConstant(1e-9, 2e-9)).toBe(false);
    expect(isConstant(1, 1.00001)).toBe(false);
  });
});
