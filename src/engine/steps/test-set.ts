/**
 * What every model is scored against: the held-out cells, the training means that stand for no knowledge at all, and
 * their error on these cells. Made once; all models of a run share it, so that their scores rest on the same sums.
 */
import { isConstant } from '../../core/deviations.ts';
import { createRandom } from '../../core/random.ts';
import type { LabelColumn } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { denseBlock, range, readCells, sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import { columnMap, fillDense } from './predictor.ts';

export interface TrainingMeans {
  /** Per gene, on the log scale. */
  readonly means: Float32Array;
  /** Per gene, the share of training cells with a value above zero. */
  readonly detected: Float32Array;
}

/** @param train rows of the modelled matrix, ascending */
export async function trainingMeans(
  rows: CellRows,
  train: Int32Array,
  context: StepContext,
): Promise<TrainingMeans> {
  const sums = new Float64Array(rows.genes);
  const seen = new Float64Array(rows.genes);
  const task = {
    phase: 'score',
    label: 'Averaging training cells',
    of: train.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const block = readCells(rows, train, from, to);
    const end = block.ptr[block.rows]!;
    for (let e = block.ptr[0]!; e < end; e++) {
      sums[block.idx[e]!]! += block.val[e]!;
      seen[block.idx[e]!]!++;
    }
  });
  const mean = (total: number): number => total / train.length;
  return { means: Float32Array.from(sums, mean), detected: Float32Array.from(seen, mean) };
}

/** Cells for the bootstrap: every group lies within one experiment. */
export interface CellGroups {
  /** Group of each test cell. */
  readonly ofCell: Int32Array;
  readonly count: number;
  /** Groups of each experiment; one list where there are no experiments. */
  readonly byExperiment: readonly (readonly number[])[];
}

export interface TestSet {
  /** Rows of the modelled matrix, ascending. */
  readonly cells: Int32Array;
  readonly genes: number;
  readonly means: Float32Array;
  /** Labels of the test cells, in their order. */
  readonly types: LabelColumn | null;
  readonly groups: CellGroups;
  /** groups x genes: sum over the group's cells of (truth - training mean)^2. */
  readonly groupVariance: Float64Array;
  /** Per gene: the same over all cells. */
  readonly variance: Float64Array;
  /** Per gene: sum over all cells of (truth - training mean). */
  readonly deviation: Float64Array;
  /** 1 for a gene that has one value in all test cells. */
  readonly constant: Uint8Array;
}

/** More groups would follow the cells more closely and take memory in proportion; see pairs.ts. */
const MOST_GROUPS = 100;

/**
 * @param labels of the test cells, in the order of `cells`
 * @param seed for dealing the cells to groups
 */
export async function createTestSet(
  rows: CellRows,
  cells: Int32Array,
  means: Float32Array,
  labels: { readonly types: LabelColumn | null; readonly experiments: LabelColumn | null },
  seed: number,
  context: StepContext,
): Promise<TestSet> {
  const genes = rows.genes;
  const groups = groupCells(cells.length, labels.experiments, seed);
  const groupVariance = new Float64Array(groups.count * genes);
  const deviation = new Float64Array(genes);
  const lowest = new Float32Array(genes).fill(Infinity);
  const highest = new Float32Array(genes).fill(-Infinity);
  const map = columnMap(range(genes), genes);
  const block = denseBlock(genes);
  const dense = new Float32Array(block * genes);
  const task = { phase: 'score', label: 'Measuring the spread of the test cells', of: cells.length, block };
  await inBlocks(context, task, (from, to) => {
    const truth = fillDense(readCells(rows, cells, from, to), map, genes, dense);
    for (let k = from; k < to; k++) {
      const row = (k - from) * genes;
      const group = groups.ofCell[k]! * genes;
      for (let gene = 0; gene < genes; gene++) {
        const y = truth[row + gene]!;
        const a = y - means[gene]!;
        deviation[gene]! += a;
        groupVariance[group + gene]! += a * a;
        if (y < lowest[gene]!) lowest[gene] = y;
        if (y > highest[gene]!) highest[gene] = y;
      }
    }
  });
  return {
    cells,
    genes,
    means,
    types: labels.types,
    groups,
    groupVariance,
    variance: sumGroups(groupVariance, groups.count, genes),
    deviation,
    constant: Uint8Array.from(lowest, (low, gene) => (isConstant(low, highest[gene]!) ? 1 : 0)),
  };
}

/** Column sums of a groups x width matrix. */
export function sumGroups(matrix: Float64Array, groups: number, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let group = 0; group < groups; group++) {
    for (let k = 0; k < width; k++) sums[k]! += matrix[group * width + k]!;
  }
  return sums;
}

/** Deals cells at random into at most 100 groups of equal size, each within one experiment. */
function groupCells(cells: number, experiments: LabelColumn | null, seed: number): CellGroups {
  const members: number[][] = Array.from({ length: (experiments?.levels.length ?? 0) + 1 }, () => []);
  for (let k = 0; k < cells; k++) members.at(experiments?.codes[k] ?? -1)!.push(k); // -1 is the last experiment
  const ofCell = new Int32Array(cells);
  const byExperiment: number[][] = [];
  const random = createRandom(seed, 'bootstrap groups');
  let count = 0;
  for (const experiment of members.filter(list => list.length > 0)) {
    const share = Math.floor((MOST_GROUPS * experiment.length) / cells);
    const groups = Math.max(1, Math.min(experiment.length, share));
    const first = count;
    random.shuffle<number, number[]>(experiment).forEach((cell, k) => {
      ofCell[cell] = first + (k % groups);
    });
    byExperiment.push(Array.from({ length: groups }, (_, k) => first + k));
    count += groups;
  }
  return { ofCell, count, byExperiment };
}
