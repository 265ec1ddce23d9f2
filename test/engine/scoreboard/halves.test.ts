/** The ceiling from halves of the counts, where it can be known: no structure, no ceiling; two types, most of their difference. */
import { describe, expect, it } from 'vitest';
import { drawPoisson } from '../../../src/core/distributions.ts';
import { createRandom } from '../../../src/core/random.ts';
import { scoreHalves } from '../../../src/engine/scoreboard/halves.ts';
import type { ModelledView } from '../../../src/engine/steps/log-rows.ts';
import { onEveryEngine } from '../tensor/engines.ts';
import { range } from '../models/dense-rows.ts';
import { rowsOf } from '../steps/support.ts';

const [CELLS, GENES, MARKED] = [600, 40, 10];
const parts = { train: range(0, 400), stop: range(400, 480), test: range(480, CELLS) };
const { signal } = new AbortController();

/** Poisson counts; in cells of odd numbers the first genes have so many times the mean. */
function counts(times: number): number[][] {
  const random = createRandom('halves', times);
  return Array.from({ length: CELLS }, (_, cell) =>
    Array.from({ length: GENES }, (_, gene) =>
      drawPoisson(random, gene < MARKED && cell % 2 === 1 ? 30 * times : 30),
    ),
  );
}

function viewOf(table: readonly number[][]): ModelledView {
  return {
    cells: range(0, CELLS),
    genes: range(0, GENES),
    nonzeros: table.flat().filter(count => count > 0).length,
    scale: Float64Array.from(table, row => 10_000 / row.reduce((sum, count) => sum + count, 0)),
    transform: { from: 'counts', logBase: 10 },
  };
}

describe('halves of the counts', () => {
  onEveryEngine(engine => {
    const score = (table: number[][], view = viewOf(table)) => {
      const panels = [
        { id: 'marked', size: 5, genes: range(0, 5) },
        { id: 'random', size: 5, genes: range(20, 25) },
      ];
      return scoreHalves(engine, rowsOf(table), view, parts, panels, 1, signal, () => {});
    };

    it('promise nothing where there is nothing but noise', async () => {
      const found = await score(counts(1));
      expect(found.ev!).toBeLessThan(0.03);
      for (const { ev } of found.panels) expect(ev).toBeLessThan(0.03);
    });

    it('promise what the types explain, which a good panel of the same depth comes near', async () => {
      const before = engine.alive;
      const found = await score(counts(4));
      const [marked, random] = found.panels;
      expect(found.ev!).toBeGreaterThan(0.1);
      expect(found.ev!).toBeLessThan(0.9);
      expect(marked!.ev).toBeGreaterThan(0.8 * found.ev!);
      expect(marked!.ev).toBeLessThan(found.ev! + 0.02);
      expect(random!.ev).toBeLessThan(marked!.ev);
      expect(await score(counts(4))).toEqual(found);
      expect(engine.alive).toBe(before);
    });

    it('say why there is no ceiling where these are no counts', async () => {
      const table = counts(1);
      const logarithms: ModelledView = { ...viewOf(table), transform: { from: 'logs', factor: 1 } };
      expect(await score(table, logarithms)).toMatchObject({
        ev: null,
        why: expect.stringContaining('logarithms') as string,
      });
      const halves = table.map(row => row.map(count => count / 2));
      expect(await score(halves, viewOf(halves))).toMatchObject({
        ev: null,
        why: expect.stringContaining('whole numbers') as string,
      });
    });
  });
});
