/**
 * Two models compared fairly: on the genes that both predict, with an interval for the difference.
 *
 * The interval comes from a two-way bootstrap: genes and cells are both a sample of what could have been measured, so
 * each resample draws genes with replacement and cells with replacement, and both models see the same draw. Where the
 * cells come from several experiments, experiments are drawn first and cells within them (Davison and Hinkley 1997,
 * section 3.8). Independent resampling of both margins is known to be a little too wide, never too narrow (Owen 2007,
 * "The pigeonhole bootstrap", doi:10.1214/07-AOAS122).
 *
 * A resample needs the sum over drawn cells and drawn genes of each model's squared error, which does not follow from
 * sums per cell and sums per gene. Keeping every error would take 3,000 x 8,000 values for each model and seconds for
 * every hundred resamples. So cells are dealt at random into at most 100 groups, errors are added up per group and
 * gene, and groups are drawn in place of cells: the mean of k drawn groups of m random cells varies as the mean of k m
 * drawn cells does. The size of this is tested against a bootstrap of single cells.
 */
import { quantile } from '../../core/quantiles.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { ModelId, PairMetrics } from '../../shared/model.ts';
import { inBlocks, type StepContext } from './context.ts';
import type { ModelScore } from './metrics.ts';
import { columnMap } from './predictor.ts';
import type { CellGroups, TestSet } from './test-set.ts';
import { grouped } from './words.ts';

const RESAMPLES = 1000;

export interface Scored {
  readonly id: ModelId;
  readonly score: ModelScore;
}

/**
 * @param test the set that both were scored on
 * @returns null where the two have no gene in common that varies in the test cells
 */
export async function comparePair(
  a: Scored,
  b: Scored,
  test: TestSet,
  seed: number,
  context: StepContext,
): Promise<PairMetrics | null> {
  const common = commonTargets(a.score.targets, b.score.targets, test.genes);
  const variance = takeColumns(test.groupVariance, test.genes, common, test.groups.count);
  const errorA = errorsOf(a.score, common, test);
  const errorB = errorsOf(b.score, common, test);
  const total = sum(variance);
  if (!(total > 0)) return null;
  const evA = 1 - sum(errorA) / total;
  const evB = 1 - sum(errorB) / total;

  // EV of b minus EV of a is (error of a - error of b) / variance: two sums for each resample.
  const gain = errorA.map((error, k) => error - errorB[k]!);
  const width = common.length;
  const differences = new Float64Array(RESAMPLES);
  const random = createRandom(seed, 'pair', a.id, b.id);
  const label = `Comparing ${a.id} with ${b.id}`;
  await inBlocks(context, { phase: 'compare', label, of: RESAMPLES, block: 20 }, (from, to) => {
    for (let r = from; r < to; r++) {
      const genes = drawTimes(width, random);
      const groups = drawGroups(test.groups, random);
      let [gained, varied] = [0, 0];
      for (let group = 0; group < groups.length; group++) {
        const times = groups[group]!;
        if (times === 0) continue;
        const row = group * width;
        let [g, v] = [0, 0];
        for (let k = 0; k < width; k++) {
          g += genes[k]! * gain[row + k]!;
          v += genes[k]! * variance[row + k]!;
        }
        gained += times * g;
        varied += times * v;
      }
      differences[r] = varied > 0 ? gained / varied : 0;
    }
  });
  differences.sort();
  return {
    a: a.id,
    b: b.id,
    targets: width,
    evA,
    evB,
    difference: evB - evA,
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
    resampled: describe(test),
  };
}

function describe(test: TestSet): string {
  const { byExperiment, count } = test.groups;
  const cells =
    count === test.cells.length
      ? `${grouped(count)} test cells`
      : `${grouped(count)} random groups of test cells`;
  return byExperiment.length > 1
    ? `genes, ${grouped(byExperiment.length)} experiments and within them ${cells}`
    : `genes and ${cells}`;
}

/** Genes that both lists hold, ascending. */
export function commonTargets(a: Int32Array, b: Int32Array, genes: number): Int32Array {
  const inB = columnMap(b, genes);
  return a.filter(gene => inB[gene]! >= 0);
}

function errorsOf(score: ModelScore, common: Int32Array, test: TestSet): Float64Array {
  const column = columnMap(score.targets, test.genes);
  const columns = common.map(gene => column[gene]!);
  return takeColumns(score.groupError, score.targets.length, columns, test.groups.count);
}

/** Some columns of a row-major matrix. */
function takeColumns(matrix: Float64Array, width: number, columns: Int32Array, rows: number): Float64Array {
  const out = new Float64Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns.length; k++) {
      out[row * columns.length + k] = matrix[row * width + columns[k]!]!;
    }
  }
  return out;
}

/** How often each of n things is drawn in n draws with replacement. */
function drawTimes(n: number, random: Random): Float64Array {
  const times = new Float64Array(n);
  for (let k = 0; k < n; k++) times[random.nextInt(n)]!++;
  return times;
}

/** How often each group is drawn: experiments first, then as many groups of each as it has. */
function drawGroups({ byExperiment, count }: CellGroups, random: Random): Float64Array {
  const times = new Float64Array(count);
  for (let draw = 0; draw < byExperiment.length; draw++) {
    const groups = byExperiment[random.nextInt(byExperiment.length)]!;
    for (let k = 0; k < groups.length; k++) times[groups[random.nextInt(groups.length)]!]!++;
  }
  return times;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
