/** Where the matrices of binary files go, whatever their layout: what every layout needs to hand over its cells. */
import { badFile, type AppError } from '../../../shared/errors.ts';
import type { RowSink } from '../../counts/rows.ts';
import type { ValueAudit } from '../audit.ts';

export interface MatrixTarget {
  /** Name of the file, for sentences. */
  readonly file: string;
  readonly audit: ValueAudit;
  readonly sink: RowSink;
  readonly signal: AbortSignal;
  /** Names of the genes handed over. */
  readonly geneNames: readonly string[];
  readonly cellNames: readonly string[];
  /** For every gene of the stored matrix its place among those handed over, ascending, or -1; null: all as they are. */
  readonly geneOf: Int32Array | null;
  /** Share of the work done. */
  progress(done: number, of: number): void;
}

/** The error for a gene that has two values in one cell. */
export function repeatedEntry(target: MatrixTarget, cell: number, gene: number): AppError {
  return badFile(
    target.file,
    `holds two values for gene ${target.geneNames[gene]} in cell ${target.cellNames[cell]}`,
  );
}

/**
 * Pointers of a compressed matrix: where each row (or column) starts among the entries.
 * @param stored pointers as the file gives them
 * @throws AppError BAD_FILE unless there is one more than there are rows, and they ascend from 0 to `entries`
 */
export function checkedPointers(
  file: string,
  name: string,
  stored: ArrayLike<number>,
  rows: number,
  entries: number,
): Float64Array {
  if (stored.length !== rows + 1) {
    throw badFile(file, `is damaged: ${name} has ${stored.length} values where ${rows + 1} belong`);
  }
  const pointers = new Float64Array(rows + 1);
  for (let r = 0; r <= rows; r++) {
    const at = stored[r]!;
    const before = r === 0 ? 0 : pointers[r - 1]!;
    if (!(Number.isInteger(at) && at >= before && at <= entries && (r > 0 || at === 0))) {
      throw badFile(file, `is damaged: ${name} does not ascend from 0 to the number of entries`);
    }
    pointers[r] = at;
  }
  if (pointers[rows] !== entries) {
    throw badFile(file, `announces ${pointers[rows]} entries in ${name} but holds ${entries}`);
  }
  return pointers;
}

/** The error for an entry that points outside the matrix. */
export function outOfRange(file: string, name: string, index: number, size: number, what: string): AppError {
  return badFile(file, `is damaged: ${name} names ${what} ${index + 1} of ${size}`);
}
