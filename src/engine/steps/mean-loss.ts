/** The loss that a model has when it predicts every gene's mean: the unit in which the group lasso is measured. */
import type { CellRows } from '../counts/rows.ts';
import { readCells, sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';

/**
 * Mean over cells and genes of (y + 1) (y - mean)^2, the selection network's loss without penalty.
 * @param train rows of the modelled matrix, ascending; @param means per gene over these cells
 */
export async function weightedMeanLoss(
  rows: CellRows,
  train: Int32Array,
  means: Float32Array,
  context: StepContext,
): Promise<number> {
  // Every entry as if it were zero, where the weight is 1, and then what stored entries differ from that.
  let sum = train.length * means.reduce((total, mean) => total + mean * mean, 0);
  const task = {
    phase: 'score',
    label: 'Measuring the loss of the means',
    of: train.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const block = readCells(rows, train, from, to);
    for (let e = block.ptr[0]!; e < block.ptr[block.rows]!; e++) {
      const y = block.val[e]!;
      const mean = means[block.idx[e]!]!;
      sum += (y + 1) * (y - mean) ** 2 - mean * mean;
    }
  });
  return sum / (train.length * rows.genes);
}
