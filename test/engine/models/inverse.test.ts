import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { invert } from '../../../src/engine/models/inverse.ts';
import { onEveryEngine } from '../tensor/engines.ts';

const signal = new AbortController().signal;

/** B B' + shift I, symmetric and positive definite. */
function matrixOf(size: number, shift: number): Float32Array {
  const random = createRandom('inverse', size);
  const b = Float64Array.from({ length: size * size }, () => random.normal());
  const out = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? shift : 0;
      for (let k = 0; k < size; k++) sum += b[i * size + k]! * b[j * size + k]!;
      out[i * size + j] = sum;
    }
  }
  return out;
}

describe('the inverse by products', () => {
  onEveryEngine(engine => {
    it.each([1, 2, 37])('times the matrix is the identity: size %i', async size => {
      const before = engine.alive;
      const values = matrixOf(size, 5);
      const a = engine.tensor(values, [size, size]);
      const inverse = await invert(engine, a, values, signal, 'Inverting');
      const product = engine.scope(() => engine.read(engine.matMul(a, inverse!)));
      product.forEach((value, at) => expect(value).toBeCloseTo(at % (size + 1) === 0 ? 1 : 0, 3));
      engine.free(a, inverse!);
      expect(engine.alive).toBe(before);
    });

    it('is refused for a matrix that has none', async () => {
      const before = engine.alive;
      for (const values of [Float32Array.of(1, 2, 2, 1), new Float32Array(4), Float32Array.of(1, 1, 1, 1)]) {
        const a = engine.tensor(values, [2, 2]);
        expect(await invert(engine, a, values, signal, 'Inverting')).toBeNull();
        engine.free(a);
      }
      expect(engine.alive).toBe(before);
    });
  });
});
