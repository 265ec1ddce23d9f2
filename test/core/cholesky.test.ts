import { expect, it } from 'vitest';
import { factorise, solve } from '../../src/core/cholesky.ts';
import { createRandom } from '../../src/core/random.ts';

function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

it.each([1, 2, 40])('solves a system of %i unknowns', size => {
  const random = createRandom('cholesky', size);
  const root = Float64Array.from({ length: size * size }, () => random.normal());
  const at = (i: number, j: number): number => {
    let sum = i === j ? 0.5 : 0;
    for (let k = 0; k < size; k++) sum += root[i * size + k]! * root[j * size + k]!;
    return sum;
  };
  const expected = Float64Array.from({ length: size }, () => random.normal());
  const matrix = Float64Array.from({ length: size * size }, (_, k) => at(Math.floor(k / size), k % size));
  const right = Float64Array.from({ length: size }, (_, i) =>
    expected.reduce((sum, x, j) => sum + at(i, j) * x, 0),
  );
  const x = solve(finish(factorise(matrix, size)), right);
  x.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 9));
});

it('refuses a matrix that is not positive definite', () => {
  expect(() => finish(factorise(Float64Array.of(1, 2, 2, 1), 2))).toThrow(RangeError);
});
