/** The user's workspace: one folder with all data sets and runs, and a database that lists them. */
import { existsSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DoctorCheck } from '../../shared/contract.ts';
import type { Progress } from '../../shared/model.ts';
import type { DiskUse } from '../../shared/runs.ts';
import { Bin } from './bin.ts';
import { checkWorkspace } from './check.ts';
import { diskUse } from './disk.ts';
import { createFolders, DATABASE, storedIds, temporaryFolder } from './context.ts';
import type { Folders, TemporaryFolder, WorkspaceContext } from './context.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { Datasets } from './datasets.ts';
import { InterfaceMemory } from './interface-memory.ts';
import { Owner } from './owner.ts';
import { markDeadRuns, matchRowsToFolders, sweepBin } from './reconcile.ts';
import { Runs } from './runs.ts';
import { databaseError, isDamage, storageError, workspaceError } from './storage-error.ts';

export class Workspace {
  readonly folder: string;
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly bin: Bin;
  readonly memory: InterfaceMemory;
  /** Sentences about what opening found and put right; for the user to see. */
  readonly notices: readonly string[];
  readonly #context: WorkspaceContext;

  private constructor(context: WorkspaceContext, notices: readonly string[]) {
    this.folder = context.folders.root;
    this.datasets = new Datasets(context);
    this.runs = new Runs(context);
    this.bin = new Bin(context);
    this.memory = new InterfaceMemory(context.folders.root);
    this.notices = notices;
    this.#context = context;
  }

  /**
   * Opens the workspace in a folder, creates it where there is none, and puts right what a crash has left. Several
   * processes may have the same workspace open.
   * @throws AppError WORKSPACE for a folder that cannot be used, with what to do
   */
  static open(folder: string, { appVersion }: { readonly appVersion: string }): Workspace {
    const folders = createFolders(resolve(folder));
    let owner: Owner | undefined;
    let database: Database | undefined;
    try {
      owner = new Owner(folders.staging);
      owner.sweep();
      const notices: string[] = [];
      database = openOrRebuild(folders, owner, notices);
      const context: WorkspaceContext = { appVersion, folders, database, owner };
      const { added, removed } = matchRowsToFolders(context);
      if (added > 0) notices.push(`Found in their folders and listed again: ${added} data sets or runs.`);
      if (removed > 0)
        notices.push(`No longer listed, because their folders are gone: ${removed} data sets or runs.`);
      markDeadRuns(context);
      sweepBin(context);
      return new Workspace(context, notices);
    } catch (error) {
      database?.close();
      owner?.release();
      throw storageError(databaseError(error, join(folders.root, DATABASE)), folders.root);
    }
  }

  /** A folder for unfinished files, on the disk of the workspace: a rename moves them to their place. */
  temporary(): TemporaryFolder {
    return temporaryFolder(this.#context.owner);
  }

  /** Database, files and disk, with remedies in plain words. Reads everything: takes a while for large data. */
  check(signal: AbortSignal, progress: (value: Progress) => void = () => {}): Promise<DoctorCheck[]> {
    return checkWorkspace(this.#context, { signal, progress });
  }

  /** Bytes on the disk. Looks at every file's size: quick, but not for every frame. */
  disk(): DiskUse {
    return diskUse(this.#context.folders);
  }

  /** Lets go of everything; once is enough. A run that still runs is found interrupted by whoever looks next. */
  close(): void {
    const { database, owner } = this.#context;
    if (!database.open) return;
    database.close();
    owner.release();
  }
}

/** The database; where it is damaged, a new one, and the damaged one is kept aside. */
function openOrRebuild(folders: Folders, owner: Owner, notices: string[]): Database {
  const path = join(folders.root, DATABASE);
  try {
    return openDatabase(path, owner.folder);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const stored = storedIds(folders, 'dataset').length + storedIds(folders, 'run').length;
    if (stored === 0) {
      throw workspaceError(
        path,
        `${DATABASE} in this folder is not a database of F910 Studio, or is damaged. Choose another folder as the workspace, or move that file away.`,
        { cause: error },
      );
    }
    if (owner.others().length > 0) throw error;
    const aside = setAside(path);
    notices.push(
      `${DATABASE} was damaged. The list of data sets and runs was made again from their folders; the damaged file is kept as ${aside}.`,
    );
    return openDatabase(path, owner.folder);
  }
}

/** Renames the database with its companions, and says the new name. */
function setAside(path: string): string {
  const stamp = `damaged-${new Date().toISOString().replace(/[-:.]/g, '')}`;
  try {
    for (const tail of ['', '-wal', '-shm']) {
      if (existsSync(path + tail)) renameSync(path + tail, `${path}.${stamp}${tail}`);
    }
  } catch (error) {
    throw storageError(error, path);
  }
  return `${DATABASE}.${stamp}`;
}
