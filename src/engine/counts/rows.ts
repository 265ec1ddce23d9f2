/** How all code meets counts: cells as rows of a sparse matrix, read by ranges or lists, wherever they are kept. */

/** Some cells' counts. Row r holds entries ptr[r] to ptr[r+1]; idx is ascending within a row; no entry is zero. */
export interface RowBlock {
  readonly rows: number;
  /** Length rows + 1, starts at 0. Double precision, because a whole data set can hold more than 2^32 entries. */
  readonly ptr: Float64Array;
  /** Gene of each entry. */
  readonly idx: Uint32Array;
  readonly val: Float32Array;
}

/** Read access to the cells x genes matrix of a data set or of a preprocessed view of it. */
export interface CellRows {
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  /** Cells from (inclusive) to (exclusive). Views of memory where the matrix is in memory: do not write to them. */
  read(from: number, to: number): RowBlock;
  /** The given cells, in the given order. */
  gather(cells: ArrayLike<number>): RowBlock;
  close(): void;
}

/** Where a reader puts what it reads: cells in order, in blocks of its choice. */
export interface RowSink {
  rows(block: RowBlock): void;
}
