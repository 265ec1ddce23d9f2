/** The scoreboard on data with planted structure, its figures computed again from their definitions. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import { SELECTORS, type PanelId } from '../../../src/shared/scoreboard.ts';
import { mutualInformation } from '../../../src/engine/scoreboard/cluster-similarity.ts';
import { NeighbourOverlap } from '../../../src/engine/scoreboard/neighbours.ts';
import { placesOf } from '../../../src/engine/scoreboard/places.ts';
import { makeScoreboard, type ScoreboardInput } from '../../../src/engine/scoreboard/scoreboard.ts';
import { createTestSet, trainingMeans } from '../../../src/engine/steps/test-set.ts';
import type { Prepared } from '../../../src/engine/recipe/prepare.ts';
import { onFirstEngine } from '../tensor/engines.ts';
import { range } from '../models/dense-rows.ts';
import { testEnvironment } from '../../support/environment.ts';
import { context, rowsOf } from '../steps/support.ts';

const [GENES, CELLS, TRAIN, STOP] = [80, 480, 280, 340];
const PLANTED = 5;

/** Three types and five programmes: each is read by one of the first genes, and noisily by the others. */
const random = createRandom('board');
const codes = Int32Array.from({ length: CELLS }, (_, cell) => cell % 3);
const loadings = Array.from({ length: GENES }, (_, gene) =>
  Array.from({ length: PLANTED }, (_, f) =>
    gene < PLANTED ? Number(gene === f) * 2 : random.normal() * 0.35,
  ),
);
const table = Array.from({ length: CELLS }, (_, cell) => {
  const factors = Array.from(
    { length: PLANTED },
    (_, f) => random.normal() + (f < 2 ? codes[cell]! * (f + 1) : 0),
  );
  return loadings.map((own, gene) =>
    Math.max(
      0,
      4 +
        own.reduce((sum, l, f) => sum + l * factors[f]!, 0) +
        random.normal() * (gene < PLANTED ? 0.1 : 1.2),
    ),
  );
});
const rows = rowsOf(table);
const types = { name: 'type', levels: ['A', 'B', 'C'], codes };
const { signal } = new AbortController();

async function prepared(): Promise<Prepared> {
  const split = { train: range(0, TRAIN), stop: range(TRAIN, STOP), test: range(STOP, CELLS) };
  const training = await trainingMeans(rows, split.train, context());
  const labels = { types: { ...types, codes: codes.slice(STOP) }, experiments: null };
  const test = await createTestSet(rows, split.test, training.means, labels, 1, context());
  const names = Array.from({ length: GENES }, (_, gene) => `G${gene}`);
  const genes = {
    ...{ name: names, symbol: names, ensembl: names.map(() => ''), entrez: names.map(() => 0) },
    landmark: names.map((_, gene) => (gene >= 60 ? gene : -1)),
  };
  return { rows, genes, split, training, test, landmarks: range(60, 80), meanLoss: 1 } as unknown as Prepared;
}

describe('the scoreboard', () => {
  onFirstEngine(engine => {
    const input = async (changes: Partial<ScoreboardInput> = {}): Promise<ScoreboardInput> => ({
      ...{ run: 'run-1-a', seed: 1, engine, prepared: await prepared(), types },
      ...{ norms: Float64Array.from({ length: GENES }, (_, gene) => GENES - gene), panel: [1, 2, 3, 4] },
      ...{
        sizes: [4, 10],
        selectors: ['greedy', 'neighbours', 'distances', 'mixed', 'types', 'guided', 'gates', 'norm'],
      },
      ...{
        random: 12,
        typeShare: 0.2,
        swaps: 0,
        start: null,
        mustHave: [],
        banned: new Uint8Array(GENES),
        weights: null,
      },
      ...{ memoryLimit: 1e9, environment: testEnvironment(''), draws: 0, network: null, counts: null },
      ...changes,
    });

    it('scores every panel as its definition says', async () => {
      const before = engine.alive;
      const board = await makeScoreboard(await input(), context());
      expect(engine.alive).toBe(before);
      expect(board.boards.map(({ size }) => size)).toEqual([4, 10]);
      expect(board.types).toEqual(['A', 'B', 'C']);
      const ten = board.boards[1]!;
      for (const { id, genes, test, ridge } of ten.panels) {
        if (id === 'l1000') continue;
        const { own, all } = explainedBy(
          genes.map(name => Number(name.slice(1))),
          ridge,
        );
        expect(test.ev, id).toBeCloseTo(own, 3);
        expect(test.evAllGenes, id).toBeCloseTo(all, 3);
      }
      const exact = ten.panels.filter(({ id }) => id !== 'l1000');
      expect(exact.every(({ genes }) => new Set(genes).size === 10)).toBe(true);
      // Few genes, many cells: every gene from all others can be had.
      expect(board.ceiling.ev!).toBeGreaterThan(Math.max(...ten.panels.map(({ test }) => test.ev!)) - 0.05);
    });

    it('finds the planted genes, and says that they are better than random', async () => {
      const board = await makeScoreboard(await input({ random: 30 }), context());
      const four = board.boards[0]!;
      const of = (id: PanelId) => four.panels.find(panel => panel.id === id)!;
      for (const id of ['greedy', 'neighbours', 'guided'] as const) {
        const found = of(id).genes.filter(name => Number(name.slice(1)) < PLANTED).length;
        expect(found, id).toBeGreaterThanOrEqual(4);
        expect(of(id).test.leadLow, id).toBeGreaterThan(0);
      }
      expect(of('greedy').reasons![0]).toMatch(
        /^pick 1: \d+\.\d\d % of what the panel explains, most of G\d+/,
      );
      expect(of('worst').test.lead).toBeLessThan(of('greedy').test.lead);
      expect(of('types').test.accuracy!).toBeGreaterThan(four.random.accuracy!.mean);
      expect(four.verdict).toContain('better than random panels of its size');
      expect(board.boards.every(({ best }) => best.overall in SELECTORS)).toBe(true);
    });

    it('scores clusters, and chooses the named panels anew on other cells', async () => {
      const board = await makeScoreboard(await input({ draws: 2, random: 8 }), context());
      for (const { best, panels, draws, random: bands, verdict } of board.boards) {
        const named = panels.find(({ id }) => id === best.overall)!;
        expect(draws).toMatchObject({ count: 2 });
        expect(draws!.lead.low).toBeLessThanOrEqual(draws!.lead.mean);
        expect(draws!.lead.high).toBeGreaterThanOrEqual(draws!.lead.mean);
        // Four fifths of the cells choose a little worse than all.
        expect(Math.abs(draws!.lead.mean - named.test.lead)).toBeLessThan(0.1);
        expect(verdict).toContain('Chosen anew on 2 random four fifths');
        for (const { test } of panels) {
          const { coarse, fine } = test.clusters!;
          expect(coarse === null || (coarse >= 0 && coarse <= 1)).toBe(true);
          expect(fine).toBeNull();
        }
        expect(named.test.clusters!.coarse!).toBeGreaterThan(bands.clusters!.mean - 0.05);
      }
    });

    it('measures how far two clusterings are the same', () => {
      const a = Int32Array.from([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      expect(mutualInformation(a, a)).toBeCloseTo(1, 12);
      expect(
        mutualInformation(
          a,
          a.map(code => 2 - code),
        ),
      ).toBeCloseTo(1, 12);
      expect(mutualInformation(a, Int32Array.from([0, 1, 2, 0, 1, 2, 0, 1, 2]))).toBeCloseTo(0, 12);
      // scikit-learn's normalized_mutual_info_score.
      expect(mutualInformation(a, Int32Array.from([0, 0, 1, 1, 1, 1, 1, 0, 0]))).toBeCloseTo(0.294156, 6);
      expect(mutualInformation(new Int32Array(4), new Int32Array(4))).toBe(1);
    });

    it('names panels without a look at the test cells', async () => {
      const first = await makeScoreboard(await input(), context());
      const other = await input();
      // The same but for test cells that say nothing.
      const shuffled = await makeScoreboard(
        { ...other, types: { ...types, codes: codes.map((code, cell) => (cell < STOP ? code : 0)) } },
        context(),
      );
      first.boards.forEach((board, k) => {
        const again = shuffled.boards[k]!;
        expect(again.best.lead).toBe(board.best.lead);
        expect(again.best.knn).toBe(board.best.knn);
        board.panels.forEach(({ id, genes, stop }) => {
          const same = again.panels.find(panel => panel.id === id);
          expect(same?.genes).toEqual(genes);
          expect(same?.stop.lead).toBe(stop.lead);
        });
      });
    });

    it('keeps what it must, leaves out what is banned, in every selector', async () => {
      const banned = new Uint8Array(GENES);
      banned[0] = 1;
      const board = await makeScoreboard(
        await input({ mustHave: [50], banned, sizes: [6], panel: [] }),
        context(),
      );
      for (const { kind, genes, id, reasons } of board.boards[0]!.panels) {
        if (kind !== 'selector') continue;
        expect(genes, id).toContain('G50');
        expect(genes, id).not.toContain('G0');
        expect(genes, id).toHaveLength(6);
        expect(reasons, id).toHaveLength(6);
        expect(reasons![genes.indexOf('G50')], id).toMatch(/must have|guided|added|kept/);
      }
    });

    it('starts the guided panel from a list', async () => {
      const start = range(0, 12);
      const wishes = { selectors: ['guided'] as const, start: [...start], sizes: [10, 14], panel: [] };
      const { boards } = await makeScoreboard(await input(wishes), context());
      const [fewer, more] = boards.map(({ panels }) => panels.find(({ id }) => id === 'guided')!);
      const kept = ({ genes }: { genes: readonly string[] }) =>
        genes.filter(name => Number(name.slice(1)) < 12).length;
      expect(kept(fewer!)).toBeGreaterThanOrEqual(5);
      expect(more!.reasons!.filter(reason => reason === 'kept from your list')).toHaveLength(kept(more!));
      expect(more!.reasons!.filter(reason => reason === 'added to your list')).toHaveLength(14 - kept(more!));
    });

    it('counts common neighbours as a search over all pairs does', async () => {
      const cells = range(STOP, CELLS);
      const by = (genes: Int32Array) => placesOf(engine, rows, cells, genes, signal);
      const overlap = (await NeighbourOverlap.create(engine, await by(range(0, GENES)), signal))!;
      const panel = range(0, 10);
      // Ten genes are fewer than fifty components: plain distances.
      const ten = nearestOf(cells, [...panel]);
      const found = await overlap.of(await by(panel), signal);
      expect(await overlap.of(await by(range(0, GENES)), signal)).toBeCloseTo(1, 6);
      expect(overlap.chance).toBeCloseTo(17.5 / (cells.length - 1), 10);
      const all = nearestOf(cells, [...range(0, GENES)]);
      const shares = [5, 10, 15, 20, 25, 30].map(
        k =>
          all.reduce(
            (sum, own, c) => sum + own.slice(0, k).filter(o => ten[c]!.slice(0, k).includes(o)).length / k,
            0,
          ) / all.length,
      );
      // All genes are seen through 50 of 80 components here, which changes a neighbour now and then.
      expect(found).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0) / 6, 1);
    });

    it('refuses panels that leave nothing to predict, and can be stopped', async () => {
      await expect(makeScoreboard(await input({ sizes: [60] }), context())).rejects.toMatchObject({
        code: 'NOT_POSSIBLE',
        message: expect.stringContaining('Ask for fewer genes than 40') as string,
      });
      await expect(makeScoreboard(await input({ memoryLimit: 10 }), context())).rejects.toThrow(
        'stricter gene filter',
      );
      const stop = new AbortController();
      stop.abort();
      const before = engine.alive;
      const going = makeScoreboard(await input(), { signal: stop.signal, progress: () => {} });
      await expect(going).rejects.toSatisfy(error => isAppError(error, 'CANCELLED'));
      expect(engine.alive).toBe(before);
    });
  });
});

/** Ridge regression from a panel in double precision, scored on the test cells. */
function explainedBy(panel: number[], ridge: number): { own: number; all: number } {
  const means = Array.from(
    { length: GENES },
    (_, g) => table.slice(0, TRAIN).reduce((sum, row) => sum + row[g]!, 0) / TRAIN,
  );
  const centred = (from: number, to: number): number[][] =>
    table.slice(from, to).map(row => row.map((value, g) => Math.fround(value) - means[g]!));
  const [train, test] = [centred(0, TRAIN), centred(STOP, CELLS)];
  const gram = panel.map(i =>
    panel.map(j => train.reduce((sum, row) => sum + row[i]! * row[j]!, 0) + (i === j ? ridge : 0)),
  );
  let [ownError, ownTotal, total] = [0, 0, 0];
  for (let gene = 0; gene < GENES; gene++) {
    const variance = test.reduce((sum, row) => sum + row[gene]! ** 2, 0);
    total += variance;
    if (panel.includes(gene)) continue;
    const b = solveLinear(
      gram,
      panel.map(i => train.reduce((sum, row) => sum + row[i]! * row[gene]!, 0)),
    );
    ownError += test.reduce(
      (sum, row) => sum + (row[gene]! - panel.reduce((s, i, k) => s + row[i]! * b[k]!, 0)) ** 2,
      0,
    );
    ownTotal += variance;
  }
  return { own: 1 - ownError / ownTotal, all: 1 - ownError / total };
}

function solveLinear(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const n = a.length;
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = a[r]![i]! / a[i]![i]!;
      for (let j = i; j <= n; j++) a[r]![j]! -= factor * a[i]![j]!;
    }
  }
  return a.map((row, i) => row[n]! / row[i]!);
}

function nearestOf(cells: Int32Array, genes: number[]): number[][] {
  return Array.from(cells, (cell, k) =>
    Array.from(cells, (other, o) => ({
      o,
      d: o === k ? Infinity : genes.reduce((sum, g) => sum + (table[cell]![g]! - table[other]![g]!) ** 2, 0),
    }))
      .sort((a, b) => a.d - b.d)
      .slice(0, 30)
      .map(({ o }) => o),
  );
}
