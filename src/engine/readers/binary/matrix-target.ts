/** Where the matrices of binary files go, whatever their layout: what every layout needs to hand over its cells. */
import { badFile, type AppError } from '../../../shared/errors.ts';
import type { RowSink } from '../../counts/rows.ts';
import type { ValueAudit } from '../audit.ts';

export interface MatrixTarget {
  /** Name of the file, for sentences. */
  readonly file: string;
  readonly audit: Pick<ValueAudit, 'see'>;
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

/** The error for an entry that points outside the matrix. */
export function outOfRange(file: string, name: string, index: number, size: number, what: string): AppError {
  return badFile(file, `is damaged: ${name} names ${what} ${index + 1} of ${size}`);
}
