/**
 * Scores of a model on the test cells, on the log scale of the run; definitions and sources are in docs/metrics.md.
 * Errors are added up in double precision, cell by cell, in the same order as the test set's own sums: a model that
 * predicts the training means has an explained variance of exactly 0.
 */
import { correlation, isConstant, SINGLE_PRECISION } from '../../core/deviations.ts';
import { spread } from '../../core/quantiles.ts';
import { AppError } from '../../shared/errors.ts';
import type { ModelMetrics } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { denseBlock, readCells } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import { columnMap, fillDense, type Predictor } from './predictor.ts';
import { sumGroups, type TestSet } from './test-set.ts';
import { TypeScores } from './type-scores.ts';

/** What scoring alone can say; the rest of ModelMetrics belongs to training. */
export type Scores = Omit<ModelMetrics, 'id' | 'epochs' | 'seconds' | 'ridge' | 'lasso' | 'stoppedEarly'>;

export interface ModelScore {
  readonly metrics: Scores;
  /** The model's targets, ascending; the arrays below follow them. */
  readonly targets: Int32Array;
  /** Mean squared error per target. */
  readonly mse: Float64Array;
  /** Error of the training mean per target. */
  readonly variance: Float64Array;
  /** 1 - mse / variance; NaN for genes that are constant in the test cells. */
  readonly r2: Float64Array;
  /** NaN where truth or prediction is constant. */
  readonly pearson: Float64Array;
  /** groups x targets: sum over the group's cells of the squared error. */
  readonly groupError: Float64Array;
}

/**
 * @param rows the modelled matrix
 * @throws AppError NOT_POSSIBLE where predictions are not finite
 */
export async function scoreModel(
  predictor: Predictor,
  rows: CellRows,
  test: TestSet,
  context: StepContext,
): Promise<ModelScore> {
  const { inputs, targets } = predictor;
  const sums = new Sums(test, targets);
  const inputMap = columnMap(inputs, rows.genes);
  const targetMap = columnMap(targets, rows.genes);
  const block = denseBlock(Math.max(inputs.length, targets.length));
  const denseInputs = new Float32Array(block * inputs.length);
  const denseTruth = new Float32Array(block * targets.length);
  const task = { phase: 'score', label: 'Scoring on the test cells', of: test.cells.length, block };
  await inBlocks(context, task, (from, to) => {
    const cells = readCells(rows, test.cells, from, to);
    const x = fillDense(cells, inputMap, inputs.length, denseInputs);
    const truth = fillDense(cells, targetMap, targets.length, denseTruth);
    const prediction = predictor.predict(x, to - from);
    for (let k = from; k < to; k++) {
      const row = (k - from) * targets.length;
      sums.cell(k, truth.subarray(row, row + targets.length), prediction.subarray(row, row + targets.length));
    }
  });
  return sums.finish(inputs);
}

class Sums {
  readonly #test: TestSet;
  readonly #targets: Int32Array;
  readonly #means: Float32Array;
  readonly #groupError: Float64Array;
  /** Per target: sum of b and b^2 (b = prediction - mean), of a b (a = truth - mean), and the range of predictions. */
  readonly #b: Float64Array;
  readonly #bb: Float64Array;
  readonly #ab: Float64Array;
  readonly #lowest: Float32Array;
  readonly #highest: Float32Array;
  readonly #cellDelta: Float64Array;
  readonly #types: TypeScores;
  /** Root of the sum of squared means: the size against which a deviation counts as rounding. */
  readonly #meanSize: number;
  #weighted = 0;
  #errorAtZeros = 0;
  #errorElsewhere = 0;
  #zeros = 0;

  constructor(test: TestSet, targets: Int32Array) {
    const width = targets.length;
    this.#test = test;
    this.#targets = targets;
    this.#means = Float32Array.from(targets, gene => test.means[gene]!);
    this.#groupError = new Float64Array(test.groups.count * width);
    this.#b = new Float64Array(width);
    this.#bb = new Float64Array(width);
    this.#ab = new Float64Array(width);
    this.#lowest = new Float32Array(width).fill(Infinity);
    this.#highest = new Float32Array(width).fill(-Infinity);
    this.#cellDelta = new Float64Array(test.cells.length);
    this.#types = new TypeScores(test.types, width);
    this.#meanSize = Math.sqrt(this.#means.reduce((sum, m) => sum + m * m, 0));
  }

  /** Test cell k. */
  cell(k: number, truth: Float32Array, prediction: Float32Array): void {
    const means = this.#means;
    const width = means.length;
    const group = this.#test.groups.ofCell[k]! * width;
    let [error, weighted, errorAtZeros, zeros] = [0, 0, 0, 0];
    let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
    for (let t = 0; t < width; t++) {
      const y = truth[t]!;
      const p = prediction[t]!;
      const a = y - means[t]!;
      const b = p - means[t]!;
      const e = y - p;
      const squared = e * e;
      this.#groupError[group + t]! += squared;
      this.#b[t]! += b;
      this.#bb[t]! += b * b;
      this.#ab[t]! += a * b;
      if (p < this.#lowest[t]!) this.#lowest[t] = p;
      if (p > this.#highest[t]!) this.#highest[t] = p;
      error += squared;
      weighted += (y + 1) * squared;
      if (y === 0) {
        errorAtZeros += squared;
        zeros++;
      }
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    }
    this.#weighted += weighted;
    this.#errorAtZeros += errorAtZeros;
    this.#errorElsewhere += error - errorAtZeros;
    this.#zeros += zeros;
    this.#types.cell(k, error, sumAA);
    // A prediction that is the mean up to rounding carries no information about the cell.
    const predictsMean = Math.sqrt(sumBB) <= SINGLE_PRECISION * this.#meanSize;
    this.#cellDelta[k] = predictsMean
      ? 0
      : correlation({ n: width, a: sumA, b: sumB, aa: sumAA, bb: sumBB, ab: sumAB });
  }

  finish(inputs: Int32Array): ModelScore {
    const { cells, groups } = this.#test;
    const n = cells.length;
    const targets = this.#targets;
    const width = targets.length;
    const error = sumGroups(this.#groupError, groups.count, width);
    const squared = Float64Array.from(targets, gene => this.#test.variance[gene]!);
    const constant = Array.from(targets, gene => this.#test.constant[gene] === 1);
    const r2 = error.map((e, t) => (constant[t] ? NaN : 1 - e / squared[t]!));
    const pearson = error.map((_, t) => this.#pearson(t, constant[t]!, n));
    const total = sum(error);
    if (!Number.isFinite(total)) throw diverged();
    const values = n * width;
    const geneR2 = spread(r2);
    const genePearson = spread(pearson);
    const nonzeros = values - this.#zeros;
    return {
      metrics: {
        inputs: inputs.length,
        targets: width,
        mse: total / values,
        wmse: this.#weighted / values,
        ev: explained(total, sum(squared)),
        evAllGenes: this.#evAllGenes(inputs, error),
        medianGeneR2: geneR2.median,
        geneR2,
        medianGenePearson: genePearson.median,
        genePearson,
        cellDelta: spread(this.#cellDelta),
        zeros: {
          mseZero: ratio(this.#errorAtZeros, this.#zeros),
          mseNonzero: ratio(this.#errorElsewhere, nonzeros),
          shareOfErrorInZeros: ratio(this.#errorAtZeros, this.#errorAtZeros + this.#errorElsewhere),
        },
        ...this.#types.finish(),
      },
      targets,
      mse: error.map(e => e / n),
      variance: squared.map(v => v / n),
      r2,
      pearson,
      groupError: this.#groupError,
    };
  }

  #pearson(t: number, constant: boolean, n: number): number {
    if (constant || isConstant(this.#lowest[t]!, this.#highest[t]!)) return NaN;
    const gene = this.#targets[t]!;
    return correlation({
      n,
      a: this.#test.deviation[gene]!,
      b: this.#b[t]!,
      aa: this.#test.variance[gene]!,
      bb: this.#bb[t]!,
      ab: this.#ab[t]!,
    });
  }

  /**
   * Measured genes count as known, genes that are neither measured nor predicted as their mean. Where every gene is
   * measured the figure says nothing.
   */
  #evAllGenes(inputs: Int32Array, error: Float64Array): number | null {
    if (inputs.length === this.#test.genes) return null;
    const remaining = this.#test.variance.slice();
    this.#targets.forEach((gene, t) => (remaining[gene] = error[t]!));
    for (const gene of inputs) remaining[gene] = 0;
    return explained(sum(remaining), sum(this.#test.variance));
  }
}

/** Explained variance, 1 - error / variance; null where nothing varies. */
export function explained(error: number, variance: number): number | null {
  return variance > 0 ? 1 - error / variance : null;
}

function diverged(): AppError {
  const why =
    'The model predicts values that are not numbers: its training went out of bounds. Lower `learningRate`.';
  return new AppError('NOT_POSSIBLE', why, { what: 'scoring', why });
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
