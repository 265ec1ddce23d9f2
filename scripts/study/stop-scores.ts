/** Explained variance of a model on the stop cells: on its own targets, and over all genes with measured ones known. */
import type { Prepared } from '../../src/engine/recipe/prepare.ts';
import { range } from '../../src/engine/steps/cells.ts';
import { columnMap, fillDense, type Predictor } from '../../src/engine/steps/predictor.ts';

export function computeOnStop(
  model: Predictor,
  { rows, split, training }: Prepared,
): { ev: number; evAllGenes: number } {
  const block = rows.gather(split.stop);
  const dense = (columns: Int32Array): Float32Array =>
    fillDense(
      block,
      columnMap(columns, rows.genes),
      columns.length,
      new Float32Array(block.rows * columns.length),
    );
  const predicted = model.predict(dense(model.inputs), block.rows);
  const truth = dense(model.targets);
  const error = truth.reduce((sum, y, k) => sum + (y - predicted[k]!) ** 2, 0);
  const around = (columns: Int32Array): number =>
    dense(columns).reduce((sum, y, k) => sum + (y - training.means[columns[k % columns.length]!]!) ** 2, 0);
  return { ev: 1 - error / around(model.targets), evAllGenes: 1 - error / around(range(rows.genes)) };
}
