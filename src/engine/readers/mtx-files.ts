/** The three files of a 10x matrix by their names: plain or gzipped, with or without a prefix as on GEO. */
import { basename, dirname, join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { badFile } from '../../shared/errors.ts';
import { fileProblem } from './bytes.ts';

const MATRIX = /^(.*?)matrix\.mtx(\.gz)?$/i;
const COMPANION = /^(.*?)(genes|features|barcodes)\.tsv(\.gz)?$/i;

/** The prefix of a matrix file's name ("GSM123_sample_"), '' where it has none; null for other files. */
export function matrixPrefix(name: string): string | null {
  return MATRIX.exec(name)?.[1] ?? null;
}

/** A file that belongs beside a matrix and is no data set of its own. */
export function isCompanion(name: string): boolean {
  return COMPANION.test(name);
}

/** One file for every prefix; where a matrix lies there plain and gzipped, the plain one. */
export function matrixFiles(names: readonly string[]): string[] {
  const files = new Map<string, string>();
  for (const name of [...names].sort()) {
    const prefix = matrixPrefix(name);
    if (prefix !== null && !files.has(prefix)) files.set(prefix, name);
  }
  return [...files.values()];
}

export interface MatrixFolder {
  /** Path of features.tsv or genes.tsv, whichever is there. */
  readonly genes: string;
  readonly barcodes: string;
}

/** @throws AppError BAD_FILE where a file is missing beside the matrix. */
export async function companionsOf(matrixPath: string): Promise<MatrixFolder> {
  const matrix = basename(matrixPath);
  const folder = dirname(matrixPath);
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileProblem(matrix, error);
  });
  // A file named otherwise than matrix.mtx has no prefix to go by: plain names are looked for.
  const prefix = (matrixPrefix(matrix) ?? '').toLowerCase();
  const find = (kind: string): string | undefined =>
    [...names].sort().find(name => {
      const parts = COMPANION.exec(name);
      return parts?.[1]?.toLowerCase() === prefix && parts[2]?.toLowerCase() === kind;
    });
  const genes = find('features') ?? find('genes');
  const barcodes = find('barcodes');
  if (genes === undefined)
    throw badFile(matrix, `has no ${prefix}features.tsv or ${prefix}genes.tsv beside it`);
  if (barcodes === undefined) throw badFile(matrix, `has no ${prefix}barcodes.tsv beside it`);
  return { genes: join(folder, genes), barcodes: join(folder, barcodes) };
}
