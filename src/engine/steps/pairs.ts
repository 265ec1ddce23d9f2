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
 * sums per cell and sums per gene, and keeping every error would take 3,000 x 8,000 values for each model. So cells are
 * dealt at random into at most 100 groups and genes into at most 1,000, errors are added up per pair of groups, and
 * groups are drawn in place of cells and genes: the mean of k drawn groups of m random cells varies as the mean of k m
 * drawn cells does. The width of the interval is tested against a bootstrap of single cells and genes.
 */
import { quantile } from '../../core/quantiles.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { ModelId, PairMetrics } from '../../shared/model.ts';
import { range } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import type { ModelScore } from './metrics.ts';
import { columnMap } from './predictor.ts';
import type { CellGroups, TestSet } from './test-set.ts';
import { grouped } from './words.ts';

const RESAMPLES = 1000;
const MOST_GENE_GROUPS = 1000;

export interface Scored<Id extends string = ModelId> {
  readonly id: Id;
  readonly score: ModelScore;
}

/**
 * @param test the set that both were scored on
 * @returns null where the two have no gene in common that varies in the test cells
 */
export async function comparePair<Id extends string = ModelId>(
  a: Scored<Id>,
  b: Scored<Id>,
  test: TestSet,
  seed: number,
  context: StepContext,
): Promise<(Omit<PairMetrics, 'a' | 'b'> & { readonly a: Id; readonly b: Id }) | null> {
  const common = commonTargets(a.score.targets, b.score.targets, test.genes);
  const [variance, errorA, errorB] = [
    { matrix: test.groupVariance, columns: common, width: test.genes },
    ...[a, b].map(({ score }) => ({
      matrix: score.groupError,
      columns: positionsOf(common, score.targets, test.genes),
      width: score.targets.length,
    })),
  ].map(sums => sumGeneGroups(sums, test.groups.count, seed)) as [Float64Array, Float64Array, Float64Array];
  const total = sum(variance);
  if (!(total > 0)) return null;
  const evA = 1 - sum(errorA) / total;
  const evB = 1 - sum(errorB) / total;

  // EV of b minus EV of a is (error of a - error of b) / variance: two sums for each resample.
  const gain = errorA.map((error, k) => error - errorB[k]!);
  const width = Math.min(MOST_GENE_GROUPS, common.length);
  const differences = new Float64Array(RESAMPLES);
  const random = createRandom(seed, 'pair', a.id, b.id);
  const label = `Comparing ${a.id} with ${b.id}`;
  await inBlocks(context, { phase: 'compare', label, of: RESAMPLES, block: 100 }, (from, to) => {
    for (let r = from; r < to; r++) {
      const genes = drawTimes(width, random);
      const cells = drawCells(test.groups, random);
      let [gained, varied] = [0, 0];
      for (let group = 0; group < cells.length; group++) {
        const times = cells[group]!;
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
    targets: common.length,
    evA,
    evB,
    difference: evB - evA,
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
    resampled: describe(test, common.length),
  };
}

function describe(test: TestSet, genes: number): string {
  const { byExperiment, count } = test.groups;
  const dealt = (n: number, groups: number, what: string): string =>
    n > groups ? `${grouped(groups)} random groups of ${what}` : `${grouped(n)} ${what}`;
  const ofGenes = dealt(genes, MOST_GENE_GROUPS, 'genes');
  const ofCells = dealt(test.cells.length, count, 'test cells');
  return byExperiment.length > 1
    ? `${ofGenes}, ${grouped(byExperiment.length)} experiments and within them ${ofCells}`
    : `${ofGenes} and ${ofCells}`;
}

/** Genes that both lists hold, ascending. */
export function commonTargets(a: Int32Array, b: Int32Array, genes: number): Int32Array {
  const inB = columnMap(b, genes);
  return a.filter(gene => inB[gene]! >= 0);
}

/** Where each gene stands among the targets. */
function positionsOf(genes: Int32Array, targets: Int32Array, allGenes: number): Int32Array {
  const position = columnMap(targets, allGenes);
  return genes.map(gene => position[gene]!);
}

/**
 * Chosen columns of a row-major matrix, dealt into at most 1,000 groups by the seed and added up within them: the same
 * column number falls into the same group for every matrix.
 */
function sumGeneGroups(
  { matrix, columns, width }: { matrix: Float64Array; columns: Int32Array; width: number },
  rows: number,
  seed: number,
): Float64Array {
  const groups = Math.min(MOST_GENE_GROUPS, columns.length);
  const dealt = createRandom(seed, 'gene groups').shuffle<number, Int32Array>(range(columns.length));
  const out = new Float64Array(rows * groups);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns.length; k++) {
      out[row * groups + (dealt[k]! % groups)]! += matrix[row * width + columns[k]!]!;
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

/** How often each group of cells is drawn: experiments first, then as many groups of each as it has. */
function drawCells({ byExperiment, count }: CellGroups, random: Random): Float64Array {
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
