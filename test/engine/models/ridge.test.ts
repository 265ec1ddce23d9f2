/** Against scikit-learn (test/reference/ridge). Products are float32 here: errors of 1e-6 of a prediction are expected. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { fitRidge, ridgePredictor } from '../../../src/engine/models/ridge.ts';
import { searchStrength } from '../../../src/engine/models/ridge-search.ts';
import { onEveryEngine, onNativeEngine } from '../tensor/engines.ts';
import { denseRows, range } from './dense-rows.ts';

interface Case {
  train: number;
  stop: number;
  inputs: number;
  targets: number;
  values: number[];
  path: { ridge: number; stopMse: number }[];
  ridge: number;
  coefficients: number[];
  intercept: number[];
}
const reference = JSON.parse(
  readFileSync(new URL('../../reference/ridge/ridge.json', import.meta.url), 'utf8'),
) as Record<string, Case>;
const signal = new AbortController().signal;

describe('ridge regression', () => {
  onEveryEngine(engine => {
    it.each(['more cells than inputs', 'fewer cells than inputs'])(
      'agrees with scikit-learn: %s',
      async name => {
        const expected = reference[name]!;
        const { train, stop, inputs, targets } = expected;
        const rows = denseRows(expected.values, inputs + targets);
        const cells = { train: range(0, train), stop: range(train, train + stop) };
        const genes = { inputs: range(0, inputs), targets: range(inputs, inputs + targets) };
        const before = engine.alive;
        const shares: number[] = [];
        const model = await fitRidge(engine, rows, cells, genes, { signal, onShare: s => shares.push(s) });
        expect(model.ridge / expected.ridge).toBeCloseTo(1, 5);
        // The reference has every half of a decade.
        expect(model.path.length).toBeGreaterThan(10);
        for (const { ridge, stopMse } of model.path) {
          const same = expected.path.find(point => Math.abs(Math.log(point.ridge / ridge)) < 1e-5);
          expect(stopMse / same!.stopMse).toBeCloseTo(1, 4);
        }
        expect(model.atEdge).toBe(false);
        expected.coefficients.forEach((c, k) => expect(model.coefficients[k]).toBeCloseTo(c, 5));
        expected.intercept.forEach((c, k) => expect(model.intercept[k]).toBeCloseTo(c, 5));
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(shares.at(-1)).toBe(1);

        const x = new Float32Array(2 * inputs).map((_, i) => Math.abs(Math.sin(i)));
        const predicted = model.predict(x, 2);
        for (let c = 0; c < 2; c++) {
          for (let t = 0; t < targets; t++) {
            let sum = expected.intercept[t]!;
            for (let i = 0; i < inputs; i++)
              sum += x[c * inputs + i]! * expected.coefficients[i * targets + t]!;
            expect(predicted[c * targets + t]).toBeCloseTo(sum, 4);
          }
        }
        const rebuilt = ridgePredictor(
          engine,
          model.coefficients,
          model.intercept,
          genes.inputs,
          genes.targets,
        );
        expect(rebuilt.predict(x, 2)).toEqual(predicted);
        rebuilt.dispose();
        model.dispose();
        expect(engine.alive).toBe(before);
      },
    );
  });

  onNativeEngine(engine => {
    const random = createRandom('ridge');
    const noise = denseRows(
      Float32Array.from({ length: 3000 * 12 }, () => random.next()),
      12,
    );
    const genes = { inputs: range(0, 8), targets: range(8, 12) };

    it('goes to the end of what can be tried where the inputs say nothing, and reports it', async () => {
      // The stop cells lie on the other side of the mean wherever the inputs are large: any coefficient harms.
      const values = [0, 1, 2, 3, 4, 5].flatMap(v => [v, v]).concat([5, 0, 4, 1, 0, 5, 1, 4]);
      const cells = { train: range(0, 6), stop: range(6, 10) };
      const one = { inputs: range(0, 1), targets: range(1, 2) };
      const model = await fitRidge(engine, denseRows(values, 2), cells, one, { signal });
      expect(model.atEdge).toBe(true);
      expect(model.coefficients[0]).toBeCloseTo(0, 5);
      expect(model.intercept[0]).toBeCloseTo(2.5, 5);
      model.dispose();
    });

    it('works over several blocks of cells and with constant inputs', async () => {
      const cells = { train: range(0, 1500), stop: range(1500, 3000) };
      const model = await fitRidge(engine, noise, cells, genes, { signal });
      const worst = Math.max(...model.path.map(p => p.stopMse));
      expect(model.path.find(p => p.ridge === model.ridge)!.stopMse).toBeLessThan(worst);
      model.dispose();
      const constant = denseRows(new Float32Array(50 * 12).fill(2), 12);
      const flat = await fitRidge(engine, constant, { train: range(0, 30), stop: range(30, 50) }, genes, {
        signal,
      });
      expect([...flat.predict(new Float32Array(8).fill(2), 1)]).toEqual([2, 2, 2, 2]);
      flat.dispose();
    });

    it('stops when asked to and frees what it held', async () => {
      const before = engine.alive;
      const controller = new AbortController();
      const cells = { train: range(0, 2500), stop: range(2500, 3000) };
      const run = fitRidge(engine, noise, cells, genes, {
        signal: controller.signal,
        onShare: () => controller.abort(),
      });
      await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(engine.alive).toBe(before);
    });

    it('refuses to fit nothing', async () => {
      const cells = { train: range(0, 9), stop: new Int32Array(0) };
      await expect(fitRidge(engine, noise, cells, genes, { signal })).rejects.toMatchObject({
        code: 'NOT_POSSIBLE',
        message: expect.stringContaining('there are no stop cells') as string,
      });
    });
  });
});

describe('search for the strength', () => {
  const search = (optimum: number) =>
    searchStrength(async strengths => strengths.map(s => (Math.log10(s) - optimum) ** 2));

  it.each([-5.4, -3.9, 0.1, 2.2, 4.6])('finds an optimum at 10^%f to a sixth of a decade', async optimum => {
    const { best, path, atEdge } = await search(optimum);
    expect(Math.abs(Math.log10(best) - optimum)).toBeLessThan(1 / 6);
    expect(atEdge).toBe(false);
    expect(path.map(p => p.ridge)).toEqual(path.map(p => p.ridge).sort((a, b) => a - b));
  });

  it.each([-20, 20])('ends at its limits and says so: 10^%i', async optimum => {
    const { best, atEdge } = await search(optimum);
    expect(atEdge).toBe(true);
    expect(Math.log10(best)).toBeCloseTo(optimum < 0 ? -6 : 6, 9);
  });
});
