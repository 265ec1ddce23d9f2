/** A stored data set, open for reading. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DatasetSummary, GeneTable, LabelColumn } from '../../shared/model.ts';
import { openRows } from '../counts/file-rows.ts';
import type { CellRows } from '../counts/rows.ts';
import { DATASET_FILES, readManifest, sizeProblem } from './manifest.ts';
import { workspaceError } from './storage-error.ts';

export interface Dataset {
  readonly folder: string;
  readonly summary: DatasetSummary;
  readonly genes: GeneTable;
  readonly cellNames: readonly string[];
  readonly columns: readonly LabelColumn[];
  /** cells x genes: counts, or logarithms where the summary says so. */
  readonly rows: CellRows;
  close(): void;
}

export interface OpenOptions {
  /** Bytes that the counts may take in memory; beyond, they are read from disk. Default: a share of what is free. */
  readonly memoryLimit?: number;
}

const genesSchema: z.ZodType<GeneTable> = z.object({
  name: z.array(z.string()),
  symbol: z.array(z.string()),
  ensembl: z.array(z.string()),
  entrez: z.array(z.number()),
  landmark: z.array(z.number()),
});
const labelsSchema = z.object({
  columns: z.array(z.object({ name: z.string(), levels: z.array(z.string()) })),
});

/**
 * Opens the data set in a folder. Sizes are checked here; sums take a while and are checked by `verify`.
 * @throws AppError WORKSPACE with a sentence that names the file
 */
export function openDataset(folder: string, options: OpenOptions = {}): Dataset {
  const { summary, files } = readManifest(folder);
  const damaged = (problem: string) =>
    workspaceError(
      folder,
      `The data set "${summary.name}" is damaged: ${problem}. Import it again from its files, then delete this one.`,
    );
  for (const name of DATASET_FILES) {
    const problem = sizeProblem(folder, name, files[name]);
    if (problem !== null) throw damaged(problem);
  }
  const parsed = <T>(name: string, schema: z.ZodType<T>): T => {
    try {
      return schema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    } catch {
      throw damaged(`${name} cannot be read`);
    }
  };
  const genes = parsed('genes.json', genesSchema);
  if (Object.values(genes).some(column => (column as unknown[]).length !== summary.genes)) {
    throw damaged('genes.json does not fit the counts');
  }
  const cellNames = parsed('cells.json', z.array(z.string()));
  if (cellNames.length !== summary.cells) throw damaged('cells.json does not fit the counts');
  const { columns: heads } = parsed('labels.json', labelsSchema);
  const bytes = readFileSync(join(folder, 'labels.codes'));
  if (bytes.length !== heads.length * summary.cells * 4) throw damaged('labels.codes does not fit the cells');
  const codes = new Int32Array(heads.length * summary.cells);
  new Uint8Array(codes.buffer).set(bytes);
  const columns = heads.map(({ name, levels }, k) => {
    const own = codes.subarray(k * summary.cells, (k + 1) * summary.cells);
    if (own.some(code => code < -1 || code >= levels.length))
      throw damaged('labels.codes has unknown labels');
    return { name, levels, codes: own };
  });
  const rows = openRows(folder, summary, options);
  return { folder, summary, genes, cellNames, columns, rows, close: () => rows.close() };
}

/** The genes of the data set in a folder. @throws AppError WORKSPACE */
export function readGenes(folder: string): GeneTable {
  try {
    return genesSchema.parse(JSON.parse(readFileSync(join(folder, 'genes.json'), 'utf8')));
  } catch (error) {
    const remedy = 'Import the data again from their files, then delete this data set.';
    throw workspaceError(folder, `genes.json of a data set cannot be read. ${remedy}`, { cause: error });
  }
}

/** The names of the cells of the data set in a folder. @throws AppError WORKSPACE */
export function readCellNames(folder: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(readFileSync(join(folder, 'cells.json'), 'utf8')));
  } catch (error) {
    const remedy = 'Import the data again from their files, then delete this data set.';
    throw workspaceError(folder, `cells.json of a data set cannot be read. ${remedy}`, { cause: error });
  }
}
