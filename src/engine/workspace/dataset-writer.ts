/** Stores a data set: counts stream to a staging folder, which appears whole under datasets/ or not at all. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type {
  DatasetSource,
  DatasetSummary,
  GeneIdKind,
  GeneTable,
  ImportRequest,
  LabelColumn,
} from '../../shared/model.ts';
import { FileRowSink, MATRIX_FILES } from '../counts/file-rows.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';
import { syncFolder, writeAtomic } from './atomic.ts';
import type { FileSum } from './atomic.ts';
import { folderOf, moveWithRow, temporaryFolder } from './context.ts';
import type { TemporaryFolder, WorkspaceContext } from './context.ts';
import { read } from './database.ts';
import { newId } from './ids.ts';
import { checksumOf } from './manifest.ts';
import type { DatasetFile, Manifest } from './manifest.ts';
import { findDatasetByChecksum, insertDataset } from './rows.ts';
import { writeSealed } from './sealed.ts';
import { storageError } from './storage-error.ts';

/** What stands beside the counts; lengths must fit the cells and genes that were written. */
export interface DatasetMeta {
  readonly name: string;
  readonly genes: GeneTable;
  readonly cellNames: readonly string[];
  readonly columns: readonly LabelColumn[];
  readonly roles: DatasetSummary['roles'];
  readonly sources: readonly DatasetSource[];
  readonly geneIds: GeneIdKind;
  /** Base of logarithmic values, or null for counts. */
  readonly alreadyLog: number | null;
  readonly simulated: boolean;
  readonly warnings: readonly string[];
  /** The request that makes these data again; null for the example. */
  readonly imported: ImportRequest | null;
  /** The data set that these cells were taken from. */
  readonly madeFrom?: DatasetSummary['madeFrom'];
}

/** Cell names put into one piece of text while they are written. */
const NAMES_A_CHUNK = 10_000;

export class DatasetWriter implements RowSink {
  readonly #context: WorkspaceContext;
  readonly #staging: TemporaryFolder;
  #counts: FileRowSink;

  constructor(context: WorkspaceContext) {
    this.#context = context;
    this.#staging = temporaryFolder(context.owner);
    this.#counts = new FileRowSink(this.#staging.folder);
  }

  /** Cells written so far. */
  get cells(): number {
    return this.#counts.cells;
  }

  /** @throws AppError INTERNAL for a block that breaks the rules of RowBlock, NO_ROOM when the disk is full */
  rows(block: RowBlock): void {
    this.#counts.rows(block);
  }

  /** Takes counts that were written elsewhere in the workspace, as they are; nothing may have been written here. */
  adopt(counts: FileRowSink): void {
    counts.finish();
    this.#counts.close();
    this.#counts = counts;
    for (const name of MATRIX_FILES) {
      const to = join(this.#staging.folder, name);
      try {
        renameSync(join(counts.folder, name), to);
      } catch (error) {
        throw storageError(error, to);
      }
    }
  }

  /**
   * Stores what was written; the writer must not be used afterwards. On an error nothing is stored.
   * @param options `reuse`: where a data set of the same content is stored already, hands that one back and stores none
   * @throws AppError NOT_POSSIBLE for no cells or genes, INTERNAL where lengths do not fit, NO_ROOM, WORKSPACE
   */
  finish(meta: DatasetMeta, { reuse = false }: { readonly reuse?: boolean } = {}): DatasetSummary {
    try {
      checkMeta(meta, this.#counts);
      const files = this.#writeFiles(meta);
      const summary = this.#summarise(meta, checksumOf(files, meta.alreadyLog));
      const { database } = this.#context;
      const stored = reuse ? read(database, () => findDatasetByChecksum(database, summary.checksum)) : null;
      if (stored !== null) return stored;
      const manifest: Manifest = { schema: 1, appVersion: this.#context.appVersion, summary, files };
      writeSealed(join(this.#staging.folder, 'manifest.json'), manifest);
      syncFolder(this.#staging.folder);
      moveWithRow(this.#context, this.#staging.folder, () => {
        insertDataset(this.#context.database, summary);
        return folderOf(this.#context.folders, 'dataset', summary.id);
      });
      return summary;
    } finally {
      this.discard();
    }
  }

  /** Throws away what was written; does nothing after `finish`. */
  discard(): void {
    this.#counts.close();
    this.#staging.remove();
  }

  #writeFiles(meta: DatasetMeta): Record<DatasetFile, FileSum> {
    const put = (name: DatasetFile, data: string | Iterable<Uint8Array>): FileSum =>
      writeAtomic(join(this.#staging.folder, name), data);
    return {
      ...this.#counts.finish(),
      'genes.json': put('genes.json', JSON.stringify(meta.genes)),
      'cells.json': put('cells.json', jsonLines(meta.cellNames)),
      'labels.json': put(
        'labels.json',
        JSON.stringify({
          roles: meta.roles,
          columns: meta.columns.map(({ name, levels }) => ({ name, levels })),
        }),
      ),
      'labels.codes': put(
        'labels.codes',
        meta.columns.map(({ codes }) => new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength)),
      ),
    };
  }

  #summarise(meta: DatasetMeta, checksum: string): DatasetSummary {
    const perLevel = (role: string | null): { level: string; cells: number }[] => {
      const column = meta.columns.find(({ name }) => name === role);
      if (column === undefined) return [];
      const cells = new Array<number>(column.levels.length).fill(0);
      for (const code of column.codes) if (code >= 0) cells[code]!++;
      return column.levels.map((level, k) => ({ level, cells: cells[k]! })).filter(({ cells: n }) => n > 0);
    };
    return {
      id: newId(meta.name),
      name: meta.name,
      created: new Date().toISOString(),
      cells: this.#counts.cells,
      genes: meta.genes.name.length,
      nonzeros: this.#counts.nonzeros,
      totalCounts: this.#counts.totalCounts,
      landmarks: meta.genes.landmark.filter(row => row >= 0).length,
      geneIds: meta.geneIds,
      alreadyLog: meta.alreadyLog,
      sources: meta.sources,
      columns: meta.columns.map(({ name }) => name),
      roles: meta.roles,
      types: perLevel(meta.roles.type).map(({ level, cells }) => ({ type: level, cells })),
      experiments: perLevel(meta.roles.experiment).map(({ level, cells }) => ({ experiment: level, cells })),
      simulated: meta.simulated,
      warnings: meta.warnings,
      imported: meta.imported,
      ...(meta.madeFrom === undefined ? {} : { madeFrom: meta.madeFrom }),
      checksum,
    };
  }
}

/** A JSON array of texts, in pieces: one string of all names would be too long for millions of cells. */
function* jsonLines(names: readonly string[]): Iterable<Uint8Array> {
  for (let from = 0; from < names.length; from += NAMES_A_CHUNK) {
    const part = JSON.stringify(names.slice(from, from + NAMES_A_CHUNK)).slice(1, -1);
    yield Buffer.from((from === 0 ? '[' : ',\n') + part);
  }
  yield Buffer.from(names.length === 0 ? '[]' : ']');
}

function checkMeta(meta: DatasetMeta, counts: FileRowSink): void {
  const { cells } = counts;
  const genes = meta.genes.name.length;
  if (cells === 0 || genes === 0) {
    const what = cells === 0 ? 'cells' : 'genes';
    const why = `There are no ${what} in these data.`;
    throw new AppError('NOT_POSSIBLE', `${why} Check that the right file was chosen.`, {
      what: 'import',
      why,
    });
  }
  const wrong = (what: string): AppError =>
    new AppError(
      'INTERNAL',
      `A data set was handed over with ${what}. Please report this as a fault of F910 Studio.`,
      {
        name: 'DatasetMeta',
      },
    );
  if (counts.genesSeen > genes) throw wrong(`counts of gene ${counts.genesSeen}, but ${genes} genes`);
  if (meta.cellNames.length !== cells) throw wrong(`${meta.cellNames.length} names for ${cells} cells`);
  for (const [key, column] of Object.entries(meta.genes)) {
    if ((column as unknown[]).length !== genes) throw wrong(`genes whose "${key}" does not fit`);
  }
  if (new Set(meta.genes.name).size !== genes) throw wrong('a gene name that occurs twice');
  const names = new Set<string | null>(meta.columns.map(({ name }) => name));
  if (names.size !== meta.columns.length) throw wrong('a label column that occurs twice');
  for (const role of Object.values(meta.roles)) {
    if (role !== null && !names.has(role)) throw wrong(`no label column "${role}"`);
  }
  for (const { name, levels, codes } of meta.columns) {
    if (codes.length !== cells) throw wrong(`${codes.length} labels in "${name}" for ${cells} cells`);
    if (codes.some(code => code < -1 || code >= levels.length))
      throw wrong(`labels without a level in "${name}"`);
  }
  if (meta.name.trim() === '') throw wrong('an empty name');
}
