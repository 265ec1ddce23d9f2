/** What every model becomes once it is trained: a function from measured genes to predicted genes. */
import type { RowBlock } from '../counts/rows.ts';

export interface Predictor {
  /** Columns of the preprocessed matrix that go in, ascending. */
  readonly inputs: Int32Array;
  /** Columns that come out, ascending. */
  readonly targets: Int32Array;
  /**
   * @param x cells x inputs, row-major, on the log scale of the run
   * @returns cells x targets, row-major, on the same scale
   */
  predict(x: Float32Array, cells: number): Float32Array;
  /** Frees what the engine holds. */
  dispose(): void;
}

/** Position of each gene among `columns`, or -1. */
export function columnMap(columns: ArrayLike<number>, genes: number): Int32Array {
  const map = new Int32Array(genes).fill(-1);
  for (let k = 0; k < columns.length; k++) map[columns[k]!] = k;
  return map;
}

/**
 * Chosen columns of a block as a dense rows x width matrix, row-major.
 * @param map from `columnMap`; @param out at least rows * width long, overwritten
 */
export function fillDense(block: RowBlock, map: Int32Array, width: number, out: Float32Array): Float32Array {
  const dense = out.subarray(0, block.rows * width).fill(0);
  for (let r = 0; r < block.rows; r++) {
    const end = block.ptr[r + 1]!;
    for (let k = block.ptr[r]!; k < end; k++) {
      const column = map[block.idx[k]!]!;
      if (column >= 0) dense[r * width + column] = block.val[k]!;
    }
  }
  return dense;
}
