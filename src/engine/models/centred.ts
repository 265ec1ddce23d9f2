/** Gene means, and cells made dense around them: what linear models and covariances are made of. */
import type { CellRows } from '../counts/rows.ts';
import { columnMap, fillDense } from '../steps/predictor.ts';
import { pause } from './pause.ts';

/** Cells per block: bounds memory and the time between two pauses. */
export const BLOCK_CELLS = 1024;

/** Mean of every chosen column over the given cells, in double precision. */
export async function columnMeans(
  rows: CellRows,
  cells: Int32Array,
  columns: Int32Array,
  signal: AbortSignal,
): Promise<Float64Array> {
  const sums = await columnSums(rows, cells, columns, value => value, signal);
  return sums.map(sum => sum / cells.length);
}

/** Sum of the squares of every chosen column over the given cells. */
export async function columnSquares(
  rows: CellRows,
  cells: Int32Array,
  columns: Int32Array,
  signal: AbortSignal,
): Promise<Float64Array> {
  return columnSums(rows, cells, columns, value => value * value, signal);
}

async function columnSums(
  rows: CellRows,
  cells: Int32Array,
  columns: Int32Array,
  of: (value: number) => number,
  signal: AbortSignal,
): Promise<Float64Array> {
  const map = columnMap(columns, rows.genes);
  const sums = new Float64Array(columns.length);
  for (let from = 0; from < cells.length; from += BLOCK_CELLS) {
    await pause(signal, 'Training');
    const { ptr, idx, val, rows: count } = rows.gather(cells.subarray(from, from + BLOCK_CELLS));
    for (let k = 0; k < ptr[count]!; k++) {
      const column = map[idx[k]!]!;
      if (column >= 0) sums[column]! += of(val[k]!);
    }
  }
  return sums;
}

/** Makes blocks of cells dense with the mean of every column taken away. */
export class CentredReader {
  readonly #rows: CellRows;
  readonly #map: Int32Array;
  readonly #means: Float64Array;
  readonly #buffer: Float32Array;

  /** @param means of the columns, in their order */
  constructor(rows: CellRows, columns: Int32Array, means: Float64Array) {
    this.#rows = rows;
    this.#map = columnMap(columns, rows.genes);
    this.#means = means;
    this.#buffer = new Float32Array(BLOCK_CELLS * columns.length);
  }

  /**
   * @param cells at most BLOCK_CELLS
   * @returns cells x columns, row-major; overwritten by the next call
   */
  read(cells: Int32Array): Float32Array {
    const width = this.#means.length;
    const dense = fillDense(this.#rows.gather(cells), this.#map, width, this.#buffer);
    for (let at = 0; at < dense.length; at += width) {
      for (let column = 0; column < width; column++) dense[at + column]! -= this.#means[column]!;
    }
    return dense;
  }
}
