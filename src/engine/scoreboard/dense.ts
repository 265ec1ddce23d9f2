/** Chosen cells and genes as a dense table. */
import type { CellRows } from '../counts/rows.ts';
import { columnMap, fillDense } from '../steps/predictor.ts';

const BLOCK = 1024;

/** cells x genes, row-major, on the log scale of the run. @param cells, @param genes ascending */
export function denseTable(rows: CellRows, cells: Int32Array, genes: Int32Array): Float32Array {
  const width = genes.length;
  const map = columnMap(genes, rows.genes);
  const out = new Float32Array(cells.length * width);
  for (let from = 0; from < cells.length; from += BLOCK) {
    const to = Math.min(cells.length, from + BLOCK);
    fillDense(rows.gather(cells.subarray(from, to)), map, width, out.subarray(from * width, to * width));
  }
  return out;
}

/** Mean of each column of a rows x width table. */
export function tableMeans(table: Float32Array, width: number): Float64Array {
  const rows = table.length / width;
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) sums[k]! += table[row * width + k]!;
  }
  return sums.map(sum => sum / rows);
}
