/** The data sets of a workspace. */
import type { DatasetSummary, GeneTable } from '../../shared/model.ts';
import { moveToBin } from './bin.ts';
import { folderOf } from './context.ts';
import type { WorkspaceContext } from './context.ts';
import { read, write } from './database.ts';
import { DatasetWriter } from './dataset-writer.ts';
import { openDataset, readCellNames, readGenes } from './dataset.ts';
import type { Dataset, OpenOptions } from './dataset.ts';
import { checkId, notFound } from './ids.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { markDeadRuns } from './reconcile.ts';
import {
  allDatasets,
  findDataset,
  findDatasetByChecksum,
  removeDatasetRow,
  runningRuns,
  updateDatasetRow,
} from './rows.ts';
import { workspaceError } from './storage-error.ts';
import { verifyDataset } from './verify.ts';

export class Datasets {
  readonly #context: WorkspaceContext;

  constructor(context: WorkspaceContext) {
    this.#context = context;
  }

  create(): DatasetWriter {
    return new DatasetWriter(this.#context);
  }

  /** Newest first. */
  list(): DatasetSummary[] {
    const { database } = this.#context;
    return read(database, () => allDatasets(database));
  }

  /** @throws AppError NOT_FOUND */
  get(id: string): DatasetSummary {
    const { database } = this.#context;
    const summary = read(database, () => findDataset(database, checkId('dataset', id)));
    if (summary === null) throw notFound('dataset', id);
    return summary;
  }

  /** The genes alone, without opening the counts. @throws AppError NOT_FOUND; WORKSPACE where it is damaged */
  genes(id: string): GeneTable {
    this.get(id);
    return readGenes(folderOf(this.#context.folders, 'dataset', id));
  }

  /** The names of the cells alone. @throws AppError NOT_FOUND; WORKSPACE where it is damaged */
  cellNames(id: string): readonly string[] {
    this.get(id);
    return readCellNames(folderOf(this.#context.folders, 'dataset', id));
  }

  /** @throws AppError NOT_FOUND; WORKSPACE where its manifest is damaged or cannot be written */
  rename(id: string, name: string): DatasetSummary {
    const folder = folderOf(this.#context.folders, 'dataset', this.get(id).id);
    const { database, owner } = this.#context;
    return write(database, () => {
      const manifest = readManifest(folder);
      const summary = { ...manifest.summary, name };
      updateDatasetRow(database, summary);
      writeManifest(folder, { ...manifest, summary }, owner.folder);
      return summary;
    });
  }

  /** The newest data set of that content, or null. */
  findByChecksum(checksum: string): DatasetSummary | null {
    const { database } = this.#context;
    return read(database, () => findDatasetByChecksum(database, checksum));
  }

  /** @throws AppError NOT_FOUND; WORKSPACE with a sentence that names the damaged file */
  open(id: string, options: OpenOptions = {}): Dataset {
    this.get(id);
    return openDataset(folderOf(this.#context.folders, 'dataset', id), options);
  }

  /** Where a data set lies, for what is computed from it once and kept beside it. @throws AppError NOT_FOUND */
  folder(id: string): string {
    this.get(id);
    return folderOf(this.#context.folders, 'dataset', id);
  }

  /**
   * Sizes and sums of all files.
   * @returns what is wrong, as phrases like "counts.val is 10 bytes too short"; empty when all is well
   */
  async verify(id: string, signal: AbortSignal): Promise<string[]> {
    const summary = this.get(id);
    return verifyDataset(folderOf(this.#context.folders, 'dataset', id), summary, signal);
  }

  /** Moves a data set to the bin; runs made from it stay. @throws AppError NOT_FOUND; WORKSPACE while a run uses it */
  delete(id: string): void {
    const summary = this.get(id);
    markDeadRuns(this.#context);
    const { database } = this.#context;
    moveToBin(this.#context, 'dataset', summary, () => {
      const user = runningRuns(database).find(run => run.summary.datasetId === id);
      if (user !== undefined) {
        const problem = `"${summary.name}" is in use by ${user.summary.name}, which is running. Wait for it or stop it, then delete the data set.`;
        throw workspaceError(id, problem);
      }
      this.get(id);
      removeDatasetRow(database, id);
    });
  }
}
