/**
 * Random panels against the ridge regression that the panel's own model is, and on data with planted structure: a few
 * genes carry the state of the cell, most only follow it.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { fitRidge } from '../../../src/engine/models/ridge.ts';
import { scoreModel } from '../../../src/engine/steps/metrics.ts';
import { comparedCells, drawPanel, scoreRandomPanels } from '../../../src/engine/steps/random-panels.ts';
import { createTestSet, trainingMeans } from '../../../src/engine/steps/test-set.ts';
import { onEveryEngine } from '../tensor/engines.ts';
import { range } from '../models/dense-rows.ts';
import { context, rowsOf } from './support.ts';

const GENES = 90;
const PLANTED = 6;
const [TRAIN, STOP, CELLS] = [240, 300, 420];
const split = { train: range(0, TRAIN), stop: range(TRAIN, STOP) };

/** Six hidden factors: each is read almost without noise by one of the first genes, and noisily by the others. */
function plantedRows() {
  const random = createRandom('planted');
  const loadings = Array.from({ length: GENES }, (_, gene) =>
    Array.from({ length: PLANTED }, (_, f) =>
      gene < PLANTED ? Number(gene === f) * 2 : random.normal() * 0.4,
    ),
  );
  return rowsOf(
    Array.from({ length: CELLS }, () => {
      const factors = Array.from({ length: PLANTED }, () => random.normal());
      return loadings.map((own, gene) => {
        const signalOf = own.reduce((sum, loading, f) => sum + loading * factors[f]!, 0);
        return Math.max(0, 3 + signalOf + random.normal() * (gene < PLANTED ? 0.1 : 1.2));
      });
    }),
  );
}

describe('random panels', () => {
  onEveryEngine(engine => {
    const rows = plantedRows();
    const signal = new AbortController().signal;

    async function scorePanel(panel: Int32Array, { count = 7, seed = 3, memoryLimit = 1e9 } = {}) {
      const { means } = await trainingMeans(rows, split.train, context());
      const labels = { types: null, experiments: null };
      const test = await createTestSet(rows, range(STOP, CELLS), means, labels, 1, context());
      const targets = range(0, GENES).filter(gene => !panel.includes(gene));
      const model = await fitRidge(engine, rows, split, { inputs: panel, targets }, { signal });
      const score = await scoreModel(model, rows, test, context());
      model.dispose();
      const before = engine.alive;
      const shares: number[] = [];
      const found = await scoreRandomPanels({
        ...{ engine, rows, panel, ridge: model.ridge, count, seed, memoryLimit, signal },
        ...{ cells: { ...split, test: test.cells }, constant: test.constant, model: 'linear-panel' },
        onShare: share => shares.push(share),
      });
      expect(engine.alive).toBe(before);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.at(-1)).toBeCloseTo(1, 6);
      return { found: found!, score };
    }

    it('explain less than a planted panel, and p is the least that their number can give', async () => {
      const { found } = await scorePanel(range(0, PLANTED));
      expect(found).toMatchObject({ size: PLANTED, asked: 7, asGood: 0, p: 1 / 8, model: 'linear-panel' });
      expect(found.panels).toHaveLength(7);
      for (const { ev, evPanel, medianGeneR2, medianGeneR2Panel } of found.panels) {
        expect(ev).toBeGreaterThan(0);
        expect(ev).toBeLessThan(evPanel - 0.02);
        expect(medianGeneR2!).toBeLessThan(medianGeneR2Panel!);
      }
    });

    it('score the same panel as the ridge regression itself does', async () => {
      const panel = drawPanel(GENES, PLANTED, 3, 0);
      const { found, score } = await scorePanel(panel, { count: 1 });
      const [same] = found.panels;
      expect(same!.targets).toBe(GENES - PLANTED);
      expect(same!.evPanel).toBeCloseTo(score.metrics.ev!, 4);
      expect(same!.ev).toBeCloseTo(score.metrics.ev!, 4);
      expect(same!.evAllGenes).toBeCloseTo(score.metrics.evAllGenes!, 4);
      expect(same!.medianGeneR2).toBeCloseTo(score.metrics.medianGeneR2!, 3);
    });

    it('are the same with the same seed, however many are asked for and however little memory there is', async () => {
      const panel = range(0, PLANTED);
      const { found: seven } = await scorePanel(panel);
      const { found: again } = await scorePanel(panel);
      const { found: three } = await scorePanel(panel, { count: 3, memoryLimit: 1 });
      expect(again).toEqual(seven);
      expect(three.panels).toHaveLength(3);
      three.panels.forEach(({ ev }, k) => expect(ev).toBeCloseTo(seven.panels[k]!.ev, 6));
      // With so many panels most genes are in one, and the products of all genes are made.
      const { found: thirty } = await scorePanel(panel, { count: 30 });
      three.panels.forEach(({ ev }, k) => expect(ev).toBeCloseTo(thirty.panels[k]!.ev, 6));
      const { found: other } = await scorePanel(panel, { seed: 4 });
      expect(other.panels[0]!.ev).not.toBe(seven.panels[0]!.ev);
    });

    it('that are as good count against the panel', async () => {
      const { found } = await scorePanel(drawPanel(GENES, PLANTED, 11, 0), { count: 9 });
      expect(found.asGood).toBe(found.panels.filter(({ ev, evPanel }) => ev >= evPanel).length);
      expect(found.p).toBeCloseTo((found.asGood + 1) / 10, 12);
      expect(found.asGood).toBeGreaterThan(0);
    });

    it('can be stopped', async () => {
      const stop = new AbortController();
      const { means } = await trainingMeans(rows, split.train, context());
      const labels = { types: null, experiments: null };
      const test = await createTestSet(rows, range(STOP, CELLS), means, labels, 1, context());
      const panel = range(0, PLANTED);
      const spec = { inputs: panel, targets: range(PLANTED, GENES) };
      const model = await fitRidge(engine, rows, split, spec, { signal });
      const going = scoreRandomPanels({
        ...{ engine, rows, panel, ridge: model.ridge, count: 50, seed: 1, memoryLimit: 1e9 },
        ...{ cells: { ...split, test: test.cells }, constant: test.constant, model: 'linear-panel' },
        signal: stop.signal,
        onShare: share => share > 0.45 && stop.abort(),
      });
      await expect(going).rejects.toMatchObject({ code: 'CANCELLED' });
      model.dispose();
    });
  });

  it('rest on a seeded sample of the cells where there are many', () => {
    const all = { train: range(0, 50), stop: range(50, 60), test: range(60, 90) };
    const some = comparedCells(all, 1, { train: 20, stop: 10, test: 5 });
    expect([some.train.length, some.stop, some.test.length]).toEqual([20, all.stop, 5]);
    expect(some.train).toEqual(some.train.toSorted());
    expect(new Set(some.train).size).toBe(20);
    expect(Math.max(...some.train)).toBeLessThan(50);
    expect(comparedCells(all, 1, { train: 20, stop: 10, test: 5 })).toEqual(some);
    expect(comparedCells(all, 2, { train: 20, stop: 10, test: 5 }).train).not.toEqual(some.train);
  });
});
