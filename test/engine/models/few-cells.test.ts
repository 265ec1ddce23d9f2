/** Where cells are few, panels are solved and selected by the cells: the same as by the products of the genes. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { columnMeans } from '../../../src/engine/models/centred.ts';
import { CrossProducts, crossProducts } from '../../../src/engine/models/cross-products.ts';
import { fitPanelRidge } from '../../../src/engine/models/panel-ridge.ts';
import { componentTargets, geneAim, type Aim } from '../../../src/engine/selection/aim.ts';
import { forwardPath, improve, type SelectionRequest } from '../../../src/engine/selection/forward.ts';
import { rowsOf } from '../steps/support.ts';
import { onEveryEngine } from '../tensor/engines.ts';
import { range } from './dense-rows.ts';

const [CELLS, TRAIN, STOP, GENES] = [44, 18, 28, 60];
const { signal } = new AbortController();

describe('few cells', () => {
  onEveryEngine(engine => {
    const random = createRandom('few cells');
    const loadings = Array.from({ length: GENES }, () => Array.from({ length: 4 }, () => random.normal()));
    const rows = rowsOf(
      Array.from({ length: CELLS }, () => {
        const factors = Array.from({ length: 4 }, () => random.normal());
        return loadings.map(own =>
          Math.max(0, 3 + own.reduce((sum, l, f) => sum + l * factors[f]!, 0) + random.normal()),
        );
      }),
    );

    /** With the values of the cells, and without. */
    async function products(from: number, to: number): Promise<[CrossProducts, CrossProducts]> {
      const genes = range(0, GENES);
      const means = await columnMeans(rows, range(0, TRAIN), genes, signal);
      const own = await crossProducts(engine, rows, range(from, to), genes, means, {
        signal,
        onShare: () => {},
      });
      return [own, new CrossProducts(genes, GENES, own.block(genes, genes), own.squares, null)];
    }

    const close = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
      Array.from(a).forEach((value, k) => expect(value).toBeCloseTo(b[k]!, 2));

    it('give the model that their products give', async () => {
      const train = await products(0, TRAIN);
      const stop = await products(TRAIN, STOP);
      const test = await products(STOP, CELLS);
      const panel = range(0, 2 * TRAIN - 6);
      const before = engine.alive;
      const [one, other] = [
        (await fitPanelRidge(engine, { train: train[0], stop: stop[0] }, panel, 1, signal))!,
        (await fitPanelRidge(engine, { train: train[1], stop: stop[1] }, panel, 1, signal))!,
      ];
      expect(train[0].cells).toBe(TRAIN);
      expect(one.strength).toBeCloseTo(other.strength, 9);
      expect(one.ridge / other.ridge).toBeCloseTo(1, 4);
      const expected = other.errors(test[1]);
      expect(expected.some(error => error > 1)).toBe(true);
      close(one.errors(test[0]), expected);
      // Test cells that are too many to be kept, and products that are all there is of the training cells.
      close(one.errors(test[1]), expected);
      close(other.errors(test[0]), expected);
      const means = await columnMeans(rows, range(0, TRAIN), range(0, GENES), signal);
      const predictors = [one.predictor(means), other.predictor(means)];
      const inputs = Float32Array.from({ length: 3 * panel.length }, (_, k) => (k % 7) / 2);
      const [a, b] = predictors.map(predictor => predictor.predict(inputs, 3));
      expect(a).toHaveLength(3 * (GENES - panel.length));
      close(a!, b!);
      for (const predictor of predictors) predictor.dispose();
      one.dispose();
      other.dispose();
      expect(engine.alive).toBe(before);
    });

    it('choose the genes that their products choose, and the same swaps', async () => {
      const both = await products(0, TRAIN);
      const aims: ((own: CrossProducts) => Promise<Aim> | Aim)[] = [
        () => geneAim(GENES),
        async own => ({ geneWeights: null, others: await componentTargets(engine, own, 6, signal) }),
      ];
      const before = engine.alive;
      for (const aim of aims) {
        const asked = await Promise.all(
          both.map(async (own): Promise<SelectionRequest> => {
            const banned = new Uint8Array(GENES);
            return {
              ...{ engine, products: own, aim: await aim(own), ridge: 2, size: 12, mustHave: [3], banned },
              ...{ signal, onShare: () => {} },
            };
          }),
        );
        const [one, other] = [await forwardPath(asked[0]!), await forwardPath(asked[1]!)];
        expect(one.map(({ gene }) => gene)).toEqual(other.map(({ gene }) => gene));
        one.forEach(({ gain }, k) => expect(gain / other[k]!.gain).toBeCloseTo(1, 3));
        const start = [3, ...range(40, 51)];
        const [swapped, also] = [await improve(asked[0]!, start, 12), await improve(asked[1]!, start, 12)];
        expect(swapped.swaps).toBeGreaterThan(0);
        expect([...swapped.genes]).toEqual([...also.genes]);
      }
      expect(engine.alive).toBe(before);
    });
  });
});
