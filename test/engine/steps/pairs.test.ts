import { describe, expect, it } from 'vitest';
import { quantile } from '../../../src/core/quantiles.ts';
import { createRandom } from '../../../src/core/random.ts';
import { meanPredictor } from '../../../src/engine/steps/mean-predictor.ts';
import { scoreModel, type ModelScore } from '../../../src/engine/steps/metrics.ts';
import { commonTargets, comparePair, type Scored } from '../../../src/engine/steps/pairs.ts';
import { createTestSet, type TestSet } from '../../../src/engine/steps/test-set.ts';
import type { LabelColumn, ModelId } from '../../../src/shared/model.ts';
import { context, labelsOf, rowsOf } from './support.ts';

const range = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k);

/**
 * Test cells with a factor per experiment; model a has more noise than model b by `worse`, and some genes and cells are
 * harder than others.
 */
function scene(cells: number, genes: number, seed: number, worse: number) {
  const random = createRandom(seed, 'scene');
  const hard = Array.from({ length: genes }, () => Math.exp(random.normal() * 0.7));
  const truth = Array.from({ length: cells }, () => {
    const level = Math.exp(random.normal() * 0.4);
    return hard.map(h => Math.fround(level * h * (1 + random.normal())));
  });
  const noisy = (more: number) =>
    truth.map(row => {
      const own = random.normal() * 0.3;
      return row.map((y, g) => Math.fround(y + hard[g]! * (0.7 + more) * (random.normal() + own)));
    });
  return { truth, a: noisy(worse), b: noisy(0) };
}

async function testSet(truth: number[][], experiments: LabelColumn | null = null): Promise<TestSet> {
  const genes = truth[0]!.length;
  const labels = { types: null, experiments };
  return createTestSet(
    rowsOf(truth),
    range(truth.length),
    new Float32Array(genes).fill(1),
    labels,
    1,
    context(),
  );
}

async function score(
  id: ModelId,
  table: number[][],
  truth: number[][],
  test: TestSet,
  targets = range(truth[0]!.length),
): Promise<Scored> {
  let next = 0;
  const predictor = {
    inputs: range(truth[0]!.length).filter(gene => !targets.includes(gene)),
    targets,
    predict: (_: Float32Array, cells: number) =>
      Float32Array.from(table.slice(next, (next += cells)).flatMap(row => [...targets].map(g => row[g]!))),
    dispose: () => {},
  };
  return { id, score: await scoreModel(predictor, rowsOf(truth), test, context()) };
}

/** The two-way bootstrap done plainly: genes and single cells drawn, every squared error added up. */
function plainBootstrap(truth: number[][], a: number[][], b: number[][], resamples: number) {
  const random = createRandom(99, 'plain');
  const [cells, genes] = [truth.length, truth[0]!.length];
  const gain = truth.map((row, c) => row.map((y, g) => (a[c]![g]! - y) ** 2 - (b[c]![g]! - y) ** 2));
  const variance = truth.map(row => row.map(y => (y - 1) ** 2));
  const differences = Float64Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: genes }, () => random.nextInt(genes));
    let [gained, varied] = [0, 0];
    for (let c = 0; c < cells; c++) {
      const cell = random.nextInt(cells);
      for (const gene of drawn) {
        gained += gain[cell]![gene]!;
        varied += variance[cell]![gene]!;
      }
    }
    return gained / varied;
  }).sort();
  return [quantile(differences, 0.025), quantile(differences, 0.975)] as const;
}

describe('comparePair', () => {
  it('compares on the genes that both predict, each with the EV on them', async () => {
    const { truth, a, b } = scene(60, 12, 1, 0.2);
    const test = await testSet(truth);
    const first = await score('linear-l1000', a, truth, test, Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    const second = await score('linear-panel', b, truth, test, Int32Array.of(2, 3, 4, 5, 6, 9, 10));
    expect([...commonTargets(first.score.targets, second.score.targets, 12)]).toEqual([2, 3, 4, 5, 6]);
    const pair = (await comparePair(first, second, test, 1, context()))!;
    const ev = (score: ModelScore): number => {
      const [error, variance] = [0, 0].map((_, k) =>
        [2, 3, 4, 5, 6].reduce((sum, gene) => {
          const t = score.targets.indexOf(gene);
          return sum + (k === 0 ? score.mse[t]! : score.variance[t]!);
        }, 0),
      );
      return 1 - error! / variance!;
    };
    expect(pair).toMatchObject({ a: 'linear-l1000', b: 'linear-panel', targets: 5 });
    expect(pair.evA).toBeCloseTo(ev(first.score), 12);
    expect(pair.evB).toBeCloseTo(ev(second.score), 12);
    expect(pair.difference).toBe(pair.evB - pair.evA);
    expect(pair.resampled).toBe('5 genes and 60 test cells');
  });

  it('finds no difference between a model and itself', async () => {
    const { truth, a } = scene(50, 10, 2, 0);
    const test = await testSet(truth);
    const one = await score('linear-l1000', a, truth, test);
    const pair = await comparePair(one, { ...one, id: 'linear-panel' }, test, 1, context());
    expect(pair).toMatchObject({ difference: 0, low: 0, high: 0 });
  });

  it.each([
    [400, 60, '60 genes and 100 random groups of test cells'],
    [40, 2500, '1,000 random groups of genes and 40 test cells'],
  ])(
    'has the width of a bootstrap of single cells and genes: %d cells, %d genes',
    async (cells, genes, resampled) => {
      const { truth, a, b } = scene(cells, genes, 3, 0.1);
      const test = await testSet(truth);
      const one = await score('linear-l1000', a, truth, test);
      const other = await score('linear-panel', b, truth, test);
      const pair = (await comparePair(one, other, test, 1, context()))!;
      const [low, high] = plainBootstrap(truth, a, b, 300);
      // Both widths carry some 7 % of resampling noise.
      expect(Math.abs((pair.high - pair.low) / (high - low) - 1)).toBeLessThan(0.25);
      expect(Math.abs(pair.low - low)).toBeLessThan(0.2 * (high - low));
      expect(pair.resampled).toBe(resampled);
      expect(await comparePair(one, other, test, 1, context())).toEqual(pair);
      expect((await comparePair(one, other, test, 2, context()))!.low).not.toBe(pair.low);
    },
  );

  it('covers the true difference at least nearly as often as it says', async () => {
    let covered = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { truth, a, b } = scene(60, 20, 1000 + seed, 0);
      const test = await testSet(truth);
      const one = await score('linear-l1000', a, truth, test);
      const other = await score('linear-panel', b, truth, test);
      const { low, high } = (await comparePair(one, other, test, seed, context()))!;
      if (low <= 0 && high >= 0) covered++;
    }
    // 95 % of 60 is 57; under 95 % fewer than 51 happen once in a thousand times.
    expect(covered).toBeGreaterThanOrEqual(51);
  });

  it('tells a clearly better model', async () => {
    const { truth, a, b } = scene(200, 40, 5, 0.4);
    const test = await testSet(truth);
    const pair = await comparePair(
      await score('linear-l1000', a, truth, test),
      await score('linear-panel', b, truth, test),
      test,
      1,
      context(),
    );
    expect(pair!.low).toBeGreaterThan(0);
  });

  it('draws experiments first, so that a difference in one of them only is no sure thing', async () => {
    const { truth, a, b } = scene(300, 40, 6, 0);
    const names = truth.map((_, c) => `experiment ${c % 3}`);
    // Model a is far worse in experiment 0 and as good as b elsewhere.
    const uneven = a.map((row, c) => (c % 3 === 0 ? row.map(value => value + 3) : row));
    const compare = async (test: TestSet) =>
      (await comparePair(
        await score('linear-l1000', uneven, truth, test),
        await score('linear-panel', b, truth, test),
        test,
        1,
        context(),
      ))!;
    const pooled = await compare(await testSet(truth));
    const nested = await compare(await testSet(truth, labelsOf('experiment', names)));
    expect(nested.difference).toBeCloseTo(pooled.difference, 12);
    expect(pooled.low).toBeGreaterThan(0);
    expect(nested.high - nested.low).toBeGreaterThan(1.3 * (pooled.high - pooled.low));
    expect(nested.resampled).toBe('40 genes, 3 experiments and within them 99 random groups of test cells');
  });

  it('compares with the mean as its floor, and has nothing to say without common genes', async () => {
    const { truth, b } = scene(60, 10, 7, 0);
    const test = await testSet(truth);
    const mean = {
      id: 'mean' as const,
      score: await scoreModel(meanPredictor(test.means), rowsOf(truth), test, context()),
    };
    const left = await score('linear-panel', b, truth, test, Int32Array.of(0, 1, 2, 3));
    const right = await score('linear-l1000', b, truth, test, Int32Array.of(5, 6));
    expect((await comparePair(mean, left, test, 1, context()))!.evA).toBe(0);
    expect(await comparePair(left, right, test, 1, context())).toBeNull();
  });
});
