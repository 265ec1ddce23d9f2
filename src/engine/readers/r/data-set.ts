/** What an R object of any supported class comes down to. */
import type { LabelColumn } from '../../../shared/model.ts';
import type { RMatrix } from './matrices.ts';

export interface RDataSet {
  readonly matrix: RMatrix;
  /** "Seurat object" and the like; '' for a plain matrix. */
  readonly kind: string;
  /** Which of its matrices was taken, or null where it has one only. */
  readonly layer: string | null;
  /** What the rows of a plain matrix were read as; null where the object says it. */
  readonly rows: 'genes' | 'cells' | null;
  readonly geneIds: readonly string[];
  readonly geneSymbols: readonly string[];
  /** Empty where the object has none. */
  readonly cellNames: readonly string[];
  labels(): readonly LabelColumn[];
  readonly warnings: readonly string[];
}

/** What to do in R with an object whose counts cannot be had from its file. */
export const EXPORT_HINT =
  'write the counts with Matrix::writeMM or DropletUtils::write10xCounts, or save them as a sparse matrix with saveRDS';
