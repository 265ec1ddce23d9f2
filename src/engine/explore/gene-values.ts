/** One gene's values in chosen cells, on the log scale that the recipe would model. */
import { AppError, badInput } from '../../shared/errors.ts';
import type { GeneValues } from '../../shared/explore.ts';
import { logBaseOf, type Params } from '../../shared/params.ts';
import { logName } from '../../shared/charts/labels.ts';
import { readCells, sparseBlock } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import { grouped } from '../steps/words.ts';
import type { Dataset } from '../workspace/dataset.ts';

/**
 * @param cells ascending positions in the data set; @param scale the factor that normalises each of them
 * @throws AppError NOT_FOUND for a gene that the data set does not have, CANCELLED
 */
export async function geneValues(
  dataset: Dataset,
  gene: string,
  cells: Int32Array,
  scale: Float32Array,
  params: Params,
  context: StepContext,
): Promise<GeneValues> {
  const column = dataset.genes.name.indexOf(gene);
  if (column < 0) {
    throw new AppError('NOT_FOUND', `The data set has no gene "${gene}".`, { what: 'gene', id: gene });
  }
  const { alreadyLog, cells: all } = dataset.summary;
  if (cells.some((cell, k) => cell < 0 || cell >= all || (k > 0 && cell <= cells[k - 1]!))) {
    throw badInput('cells', 'A cell asked for is not in the data set. Open Explore again.');
  }
  const base = logBaseOf(params);
  const values = new Float32Array(cells.length);
  let detected = 0;
  const task = {
    phase: 'gene',
    label: `Reading ${gene}`,
    of: cells.length,
    block: sparseBlock(dataset.rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = readCells(dataset.rows, cells, from, to);
    for (let r = 0; r < to - from; r++) {
      const entry = find(idx, ptr[r]!, ptr[r + 1]!, column);
      if (entry < 0) continue;
      detected++;
      values[from + r] =
        alreadyLog === null
          ? Math.log1p(val[entry]! * scale[from + r]!) / Math.log(base)
          : (val[entry]! * Math.log(alreadyLog)) / Math.log(base);
    }
  });
  const name = logName(base);
  return {
    name: gene,
    symbol: dataset.genes.symbol[column] || gene,
    values,
    scale:
      alreadyLog === null
        ? `${name} of counts per ${grouped(params.targetSum)} + 1`
        : `${name} of normalised counts + 1, as imported`,
    detected,
  };
}

/** Place of a gene among the ascending entries from..to, or -1. */
function find(idx: Uint32Array, from: number, to: number, gene: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idx[middle]! < gene) low = middle + 1;
    else high = middle;
  }
  return low < to && idx[low] === gene ? low : -1;
}
