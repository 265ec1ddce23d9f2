/** Logistic regression against its definition: at the optimum the gradient of the penalised loss vanishes. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { classify, fitLogistic } from '../../../src/engine/models/logistic.ts';
import { onEveryEngine } from '../tensor/engines.ts';

const { signal } = new AbortController();

describe('logistic regression', () => {
  onEveryEngine(engine => {
    for (const count of [2, 4]) {
      it(`of ${count} classes has no slope left, and tells them apart`, async () => {
        const [cells, width, strength] = [200, 5, 1];
        const random = createRandom('logistic', count);
        const classes = Int32Array.from({ length: cells }, (_, cell) => cell % count);
        const centres = Array.from({ length: count }, () =>
          Array.from({ length: width }, () => random.normal()),
        );
        const table = Float32Array.from({ length: cells * width }, (_, at) => {
          const cell = Math.floor(at / width);
          return centres[classes[cell]!]![at % width]! + 0.7 * random.normal();
        });
        const before = engine.alive;
        const x = engine.tensor(table, [cells, width]);
        const model = await fitLogistic(engine, x, classes, count, strength, signal);
        const columns = count === 2 ? 1 : count;
        const gradient = new Float64Array(width * columns + columns);
        for (let cell = 0; cell < cells; cell++) {
          const row = Array.from({ length: width }, (_, k) => table[cell * width + k]!);
          const scores = Array.from({ length: columns }, (_, c) =>
            row.reduce(
              (sum, value, k) => sum + value * model.weights[k * columns + c]!,
              model.intercepts[c]!,
            ),
          );
          const all = columns === 1 ? [0, scores[0]!] : scores;
          const total = all.reduce((sum, score) => sum + Math.exp(score), 0);
          for (let c = 0; c < columns; c++) {
            const own = columns === 1 ? 1 : c;
            const rest = Math.exp(all[own]!) / total - (classes[cell] === own ? 1 : 0);
            row.forEach((value, k) => (gradient[k * columns + c]! += (strength * rest * value) / cells));
            gradient[width * columns + c]! += rest / cells;
          }
        }
        model.weights.forEach((weight, k) => (gradient[k]! += weight / cells));
        for (const value of gradient) expect(Math.abs(value)).toBeLessThan(2e-4);
        const found = classify(engine, model, x);
        const right = found.reduce((sum, type, cell) => sum + (type === classes[cell] ? 1 : 0), 0);
        expect(right / cells).toBeGreaterThan(0.75);
        engine.free(x);
        expect(engine.alive).toBe(before);
      });
    }
  });
});
