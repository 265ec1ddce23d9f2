import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { meanPredictor } from '../../../src/engine/steps/mean-predictor.ts';
import { scoreModel } from '../../../src/engine/steps/metrics.ts';
import type { Predictor } from '../../../src/engine/steps/predictor.ts';
import { createTestSet, trainingMeans } from '../../../src/engine/steps/test-set.ts';
import type { LabelColumn } from '../../../src/shared/model.ts';
import { context, labelsOf, rowsOf } from './support.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/scores/metrics.json', import.meta.url), 'utf8'),
) as {
  inputs: number[];
  targets: number[];
  types: number[];
  train: number[][];
  truth: number[][];
  prediction: number[][];
  mse: number;
  wmse: number;
  ev: number;
  evAllGenes: number;
  geneR2: (number | null)[];
  geneR2Quartiles: number[];
  genePearson: (number | null)[];
  genePearsonQuartiles: number[];
  cellDeltaQuartiles: number[];
  mseZero: number;
  mseNonzero: number;
  shareOfErrorInZeros: number;
  perType: { code: number; cells: number; mse: number; ev: number }[];
};

/** Gives out rows of a table in turn, as the test cells come. */
function recorded(inputs: number[], targets: number[], table: number[][]): Predictor {
  let next = 0;
  return {
    inputs: Int32Array.from(inputs),
    targets: Int32Array.from(targets),
    predict: (_, cells) =>
      Float32Array.from(table.slice(next, (next += cells)).flatMap(row => targets.map(gene => row[gene]!))),
    dispose: () => {},
  };
}

const range = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, k) => from + k);

/** Training cells first, then test cells. */
async function prepare(train: number[][], truth: number[][], types: LabelColumn | null = null) {
  const rows = rowsOf([...train, ...truth].map(row => Float32Array.from(row)));
  const { means, detected } = await trainingMeans(rows, range(0, train.length), context());
  const cells = range(train.length, rows.cells);
  const test = await createTestSet(rows, cells, means, { types, experiments: null }, 1, context());
  return { rows, means, detected, test };
}

/** Correlated genes, some of them rare. */
function madeUp(cells: number, genes: number, seed: number): number[][] {
  const random = createRandom(seed, 'values');
  const loading = Array.from({ length: genes }, () => random.normal());
  return Array.from({ length: cells }, () => {
    const factor = random.normal();
    return loading.map(l => Math.max(0, factor * l + random.normal() * 0.5));
  });
}

describe('scoreModel against NumPy, SciPy and scikit-learn', () => {
  const { inputs, targets, train, truth, prediction } = reference;
  const types: LabelColumn = {
    name: 'type',
    levels: ['a', 'Unknown', 'c'],
    codes: Int32Array.from(reference.types),
  };
  const score = async () => {
    const { rows, test } = await prepare(train, truth, types);
    return scoreModel(recorded(inputs, targets, prediction), rows, test, context());
  };

  it('gives the same errors and explained variance', async () => {
    const { metrics } = await score();
    expect(metrics).toMatchObject({ inputs: 3, targets: 11 });
    // Truth, means and predictions are the same 32-bit floats on both sides; differences of them are rounded to
    // double precision here and there.
    for (const key of ['mse', 'wmse', 'ev', 'evAllGenes'] as const) {
      expect(metrics[key]).toBeCloseTo(reference[key], 12);
    }
    expect(metrics.zeros.mseZero).toBeCloseTo(reference.mseZero, 12);
    expect(metrics.zeros.mseNonzero).toBeCloseTo(reference.mseNonzero, 12);
    expect(metrics.zeros.shareOfErrorInZeros).toBeCloseTo(reference.shareOfErrorInZeros, 12);
  });

  it('gives the same figures per gene and per cell, and leaves out what is constant', async () => {
    const { metrics, r2, pearson, mse, variance } = await score();
    const same = (mine: Float64Array, theirs: (number | null)[]) =>
      theirs.forEach((value, t) =>
        value === null ? expect(mine[t]).toBeNaN() : expect(mine[t]).toBeCloseTo(value, 10),
      );
    same(r2, reference.geneR2);
    same(pearson, reference.genePearson);
    r2.forEach((value, t) => {
      if (!Number.isNaN(value)) expect(value).toBeCloseTo(1 - mse[t]! / variance[t]!, 12);
    });
    const quartiles = ({ lower, median, upper }: typeof metrics.geneR2) => [lower, median, upper];
    [metrics.geneR2, metrics.genePearson, metrics.cellDelta].forEach((spread, k) => {
      const theirs = [
        reference.geneR2Quartiles,
        reference.genePearsonQuartiles,
        reference.cellDeltaQuartiles,
      ][k]!;
      quartiles(spread).forEach((value, q) => expect(value).toBeCloseTo(theirs[q]!, 10));
    });
    expect(metrics.geneR2).toMatchObject({ counted: 10, leftOut: 1 });
    expect(metrics.genePearson).toMatchObject({ counted: 9, leftOut: 2 });
    expect(metrics.medianGeneR2).toBe(metrics.geneR2.median);
  });

  it('gives the same figures per type, with Unknown and unlabelled cells apart', async () => {
    const { metrics } = await score();
    const theirs = [0, 2, 1, -1].map(code => reference.perType.find(type => type.code === code)!);
    expect(metrics.perType.map(({ type, cells }) => [type, cells])).toEqual(
      theirs.map((type, k) => [['a', 'c', 'Unknown', 'no label'][k], type.cells]),
    );
    metrics.perType.forEach(({ mse, ev }, k) => {
      expect(mse).toBeCloseTo(theirs[k]!.mse, 12);
      expect(ev).toBeCloseTo(theirs[k]!.ev, 12);
    });
    expect(metrics.worstType).toBe(theirs[0]!.ev < theirs[1]!.ev ? 'a' : 'c');
  });
});

describe('scoreModel', () => {
  it('gives a model of means exactly nothing', async () => {
    const { rows, means, test } = await prepare(
      madeUp(200, 60, 1),
      madeUp(90, 60, 2),
      labelsOf(
        'type',
        Array.from({ length: 90 }, (_, c) => (c % 2 === 0 ? 'a' : 'b')),
      ),
    );
    const { metrics, r2 } = await scoreModel(meanPredictor(means), rows, test, context());
    expect(metrics.ev).toBe(0);
    expect(metrics.evAllGenes).toBe(0);
    expect(metrics.cellDelta).toEqual({ median: 0, lower: 0, upper: 0, counted: 90, leftOut: 0 });
    expect([...r2].every(value => value === 0)).toBe(true);
    expect(metrics.perType.map(({ ev }) => ev)).toEqual([0, 0]);
    expect(metrics.worstType).toBeNull();
    expect(metrics.genePearson).toMatchObject({ median: null, counted: 0, leftOut: 60 });
    expect(metrics.medianGenePearson).toBeNull();
  });

  it('gives a perfect model everything, and counts measured genes as known', async () => {
    const truth = madeUp(80, 30, 4);
    const { rows, test } = await prepare(madeUp(100, 30, 3), truth);
    const targets = [...range(10, 30)];
    const { metrics } = await scoreModel(recorded([...range(0, 10)], targets, truth), rows, test, context());
    expect(metrics).toMatchObject({ mse: 0, wmse: 0, ev: 1, evAllGenes: 1 });
    expect(metrics.zeros.shareOfErrorInZeros).toBeNull();
    expect(metrics.medianGenePearson).toBeCloseTo(1, 12);
  });

  it('has no explained variance over all genes where all genes are measured', async () => {
    const truth = madeUp(80, 30, 4);
    const { rows, test } = await prepare(madeUp(100, 30, 3), truth);
    const all = [...range(0, 30)];
    const { metrics } = await scoreModel(recorded(all, all, truth), rows, test, context());
    expect(metrics).toMatchObject({ ev: 1, evAllGenes: null });
  });

  it('weighs a gene that is neither measured nor predicted as unknown', async () => {
    const truth = madeUp(80, 4, 4);
    const { rows, test } = await prepare(madeUp(100, 4, 3), truth);
    const { metrics } = await scoreModel(recorded([0], [1, 2], truth), rows, test, context());
    const [a, b, c, d] = test.variance;
    expect(metrics.evAllGenes).toBeCloseTo(1 - d! / (a! + b! + c! + d!), 12);
  });

  it('does not depend on how many cells come at once or on the bootstrap groups', async () => {
    // 700 cells are two blocks and a hundred groups of seven.
    const truth = madeUp(700, 20, 6);
    const { rows, means } = await prepare(madeUp(50, 20, 5), truth);
    const prediction = truth.map(row => row.map(value => value * 0.7 + 0.1));
    const scores = [];
    for (const seed of [1, 2]) {
      const test = await createTestSet(
        rows,
        range(50, 750),
        means,
        { types: null, experiments: null },
        seed,
        context(),
      );
      expect(test.groups.count).toBe(100);
      scores.push(await scoreModel(recorded([], [...range(0, 20)], prediction), rows, test, context()));
    }
    expect(scores[1]!.metrics.mse).toBeCloseTo(scores[0]!.metrics.mse, 14);
    let error = 0;
    truth.forEach((row, c) =>
      row.forEach((y, g) => (error += (Math.fround(prediction[c]![g]!) - Math.fround(y)) ** 2)),
    );
    expect(scores[0]!.metrics.mse).toBeCloseTo(error / 14000, 12);
  });

  it('names the worst type among those with enough test cells only', async () => {
    const truth = madeUp(64, 10, 6);
    // Good for a, bad for b, worst for Unknown and for the four cells of d.
    const names = truth.map((_, c) => (c < 30 ? 'a' : c < 50 ? 'b' : c < 60 ? 'unknown' : 'd'));
    const noise = [0.1, 0.6, 2, 3];
    const prediction = truth.map((row, c) =>
      row.map(v => v + noise[['a', 'b', 'unknown', 'd'].indexOf(names[c]!)]!),
    );
    const { rows, test } = await prepare(madeUp(50, 10, 5), truth, labelsOf('type', names));
    const { metrics } = await scoreModel(recorded([], [...range(0, 10)], prediction), rows, test, context());
    expect(metrics.worstType).toBe('b');
    expect(metrics.perType.map(({ type }) => type)).toEqual(['a', 'b', 'd', 'unknown']);
  });

  it('refuses predictions that are not numbers', async () => {
    const truth = madeUp(30, 5, 4);
    const { rows, test } = await prepare(madeUp(30, 5, 3), truth);
    const broken = truth.map((row, c) => (c === 7 ? row.map(() => NaN) : row));
    await expect(scoreModel(recorded([], [0, 1, 2, 3, 4], broken), rows, test, context())).rejects.toThrow(
      /not numbers.*`learningRate`/,
    );
  });
});

describe('trainingMeans', () => {
  it('averages over the training cells only', async () => {
    const rows = rowsOf([
      [1, 0, 4],
      [3, 0, 0],
      [100, 100, 100],
      [2, 3, 0],
    ]);
    const { means, detected } = await trainingMeans(rows, Int32Array.of(0, 1, 3), context());
    expect([...means]).toEqual([2, 1, Math.fround(4 / 3)]);
    expect([...detected]).toEqual([1, Math.fround(1 / 3), Math.fround(1 / 3)]);
  });
});
