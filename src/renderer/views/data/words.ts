/** What readers and engine report, in the words of the screen. */
import type { GeneIdKind } from '../../../shared/model.ts';
import { count } from '../../ui/format.ts';

export const GENE_IDS: Readonly<Record<GeneIdKind, string>> = {
  ensembl: 'Ensembl ids',
  symbol: 'gene symbols',
  entrez: 'NCBI Entrez ids',
  panglaodb: 'symbol and Ensembl id, as PanglaoDB',
  unknown: 'not recognised',
};

/** For start screen and file dialogs: what can be read, and what its files are called. */
export const FORMATS: readonly { readonly name: string; readonly files: string }[] = [
  { name: '10x Genomics', files: 'matrix.mtx with its two lists, or .h5' },
  { name: 'AnnData, loom', files: '.h5ad, .loom' },
  { name: 'Tables', files: '.csv, .tsv, .txt' },
  { name: 'R', files: '.rds, .RData: Seurat, SingleCellExperiment, matrices' },
  { name: 'Archives', files: '.zip, .tar, .gz of these' },
];

export const ON_LANDMARKS =
  'L1000 is a published set of 978 measured genes, the landmarks. A panel is compared with those of them that are in your data.';

export function landmarks(found: number): string {
  return `${found === 0 ? 'none' : count(found)} of the 978 L1000 landmarks`;
}

export function bytes(size: number): string {
  if (size < 1e6) return `${Math.max(1, Math.round(size / 1e3))} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(2)} GB`;
}

/** What to do about a file that was refused: the sentence of the reader says what is wrong, this what comes next. */
const NEXT_STEPS: readonly (readonly [RegExp, string])[] = [
  [/looks like a table of cell labels/, 'Choose the counts too, then use this file for their labels.'],
  [/ends too early|is damaged|not unpack/, 'Download or copy the file once more and choose it again.'],
  [
    /announces \d+ entries|but matrix\.mtx/,
    'The files do not belong together or were cut. Copy all three again from where they came.',
  ],
  [
    /no matrix\.mtx|one of the three files/,
    'Choose the folder, or matrix, features (or genes) and barcodes together.',
  ],
  [/fractions such as/, 'Choose the raw counts, or say under “Values” which logarithm they are.'],
  [/negative values/, 'Choose the counts as they were before centring or scaling.'],
  [
    /missing values?/,
    'Find out what the empty places mean, fill them in the program that wrote the file, and choose it again.',
  ],
  [
    /uses the cell name/,
    'Tick “Rename cells that share a name” and read it again, or mend the names in the file.',
  ],
  [
    /is empty|archive without a file/,
    'Look whether the right file was chosen, and whether its download went well.',
  ],
  [
    /line \d+ has \d+ fields|numbers of fields/,
    'Save the table again as CSV or TSV from the program that made it.',
  ],
  [
    /not an HDF5 file|neither a 10x matrix/,
    'Look whether the right file was chosen; for Cell Ranger it ends in feature_bc_matrix.h5.',
  ],
  [/data\.frame/, 'In R, save a matrix instead: saveRDS(as.matrix(x), "counts.rds").'],
  [/upload is gone/, 'Files that were sent are kept for a week. Choose it again.'],
];

export function nextStep(message: string): string {
  return (
    NEXT_STEPS.find(([pattern]) => pattern.test(message))?.[1] ??
    'Look whether this is the file with the counts, and choose it again or another one.'
  );
}

export const isLabelsTable = (message: string): boolean => /looks like a table of cell labels/.test(message);

/** Whether other options can help; a broken file stays broken however it is read. */
export const canBeReadAnotherWay = (message: string): boolean =>
  /fractions such as|uses the cell name|neither a 10x matrix/.test(message);
