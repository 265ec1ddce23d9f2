import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { adamStep, sumOfProducts, type ParameterState } from '../../../src/engine/tensor/engine.ts';
import { onEveryEngine } from './engines.ts';

const random = (name: string, size: number) =>
  createRandom(1, name).fillUniform(new Float32Array(size), -1, 1);
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 5) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
};
/** Plain product of rows x inner and inner x columns. */
function product(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[r * inner + k]! * b[k * columns + c]!;
    return sum;
  });
}
function transposed(a: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: a.length },
    (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}

describe('tensor operations', () => {
  onEveryEngine(engine => {
    it('multiplies matrices, also transposed', () => {
      const [a, b] = [random('a', 35), random('b', 28)];
      const expected = product(a, b, 5, 7, 4);
      engine.scope(() => {
        const [ta, tb] = [engine.tensor(a, [5, 7]), engine.tensor(b, [7, 4])];
        close(engine.read(engine.matMul(ta, tb)), expected);
        const across = engine.tensor(transposed(a, 5, 7), [7, 5]);
        close(engine.read(engine.matMul(across, tb, 'a')), expected);
        const upright = engine.tensor(transposed(b, 7, 4), [4, 7]);
        const result = engine.matMul(ta, upright, 'b');
        close(engine.read(result), expected);
        expect(result.shape).toEqual([5, 4]);
      });
    });

    it('computes what its elementwise operations say', () => {
      const [a, b] = [random('a', 12), random('b', 12)];
      engine.scope(() => {
        const [ta, tb] = [engine.tensor(a, [3, 4]), engine.tensor(b, [3, 4])];
        close(
          engine.read(engine.subtract(ta, tb)),
          a.map((x, i) => x - b[i]!),
        );
        close(
          engine.read(engine.multiply(ta, tb)),
          a.map((x, i) => x * b[i]!),
        );
        close(
          engine.read(engine.scale(ta, 3)),
          a.map(x => 3 * x),
        );
        const column = engine.tensor(Float32Array.of(1, 2, 3), [3, 1]);
        close(
          engine.read(engine.addToColumns(ta, column)),
          a.map((x, i) => x + 1 + (i >> 2)),
        );
        close(
          engine.read(engine.relu(ta)),
          a.map(x => Math.max(0, x)),
        );
        close(
          engine.read(engine.reluGradient(tb, engine.relu(ta))),
          b.map((x, i) => (a[i]! > 0 ? x : 0)),
        );
        const row = engine.tensor(Float32Array.of(1, 2, 3, 4), [4]);
        close(
          engine.read(engine.addToRows(ta, row)),
          a.map((x, i) => x + 1 + (i % 4)),
        );
        close(
          engine.rowSums(ta),
          [0, 1, 2].map(r => a.slice(4 * r, 4 * r + 4).reduce((s, x) => s + x)),
        );
        close(
          engine.rowNorms(ta),
          [0, 1, 2].map(r => Math.hypot(...a.slice(4 * r, 4 * r + 4))),
        );
        expect(sumOfProducts(engine, ta, tb)).toBeCloseTo(
          a.reduce((s, x, i) => s + x * b[i]!, 0),
          5,
        );
        const joined = engine.joinColumns(ta, engine.tensor(Float32Array.of(7, 8, 9), [3, 1]));
        close(engine.read(joined).slice(0, 6), [...a.slice(0, 4), 7, a[4]!]);
        close(engine.read(engine.firstColumns(joined, 4)), a);
        const terms = [engine.scale(ta, 1), engine.scale(tb, 1), engine.scale(tb, 1)];
        close(
          engine.read(engine.addAll(terms)),
          a.map((x, i) => x + 2 * b[i]!),
        );
      });
    });

    it('keeps its own copy of the data', () => {
      // At one of these places the memory is aligned as TensorFlow likes it, and could be taken instead of copied.
      const memory = new Float32Array(32);
      for (let place = 0; place < 16; place++) {
        const data = memory.subarray(place, place + 4);
        data.set([1, 2, 3, 4]);
        engine.scope(() => {
          const tensor = engine.tensor(data, [2, 2]);
          data.fill(9);
          close(engine.read(tensor), [1, 2, 3, 4]);
          engine.read(tensor).fill(5);
          close(engine.read(tensor), [1, 2, 3, 4]);
        });
      }
    });

    it('frees what a scope made, also after an error, and keeps what stood outside', () => {
      const before = engine.alive;
      const outside = engine.tensor(Float32Array.of(2), [1, 1]);
      expect(() =>
        engine.scope(() => {
          engine.multiply(outside, outside);
          engine.scope(() => engine.free(engine.scale(outside, 2)));
          throw new Error('in the middle');
        }),
      ).toThrow('in the middle');
      expect(engine.alive).toBe(before + 1);
      close(engine.read(outside), [2]);
      engine.free(outside);
      expect(engine.alive).toBe(before);
    });

    it('updates weights by Adam as its formula says, and scales rows in place', () => {
      const size = 6;
      const state = (): ParameterState => ({
        weights: random('w', size),
        first: new Float32Array(size),
        second: new Float32Array(size),
      });
      const parameter = engine.parameter(state(), [3, 2]);
      const expected = {
        w: Float64Array.from(state().weights),
        m: new Float64Array(size),
        v: new Float64Array(size),
      };
      for (let t = 1; t <= 10; t++) {
        const gradient = random(`gradient ${t}`, size);
        engine.scope(() => engine.adam(parameter, engine.tensor(gradient, [3, 2]), adamStep(0.01, t)));
        gradient.forEach((g, i) => {
          expected.m[i] = 0.9 * expected.m[i]! + 0.1 * g;
          expected.v[i] = 0.999 * expected.v[i]! + 0.001 * g * g;
          const mHat = expected.m[i] / (1 - 0.9 ** t);
          const vHat = expected.v[i] / (1 - 0.999 ** t);
          expected.w[i]! -= (0.01 * mHat) / (Math.sqrt(vHat) + 1e-8);
        });
      }
      engine.scaleRows(parameter, Float32Array.of(0, 1, 0.5));
      const after = engine.state(parameter);
      close(
        after.weights,
        expected.w.map((w, i) => w * [0, 1, 0.5][i >> 1]!),
        6,
      );
      close(after.first, expected.m, 6);
      close(after.second, expected.v, 6);
      engine.scope(() => close(engine.read(engine.secondMoment(parameter)), expected.v, 6));
      engine.scope(() => close(engine.read(engine.weights(parameter)), after.weights, 7));
      const alive = engine.alive;
      engine.release(parameter);
      expect(engine.alive).toBe(alive - 1);
    });
  });
});
