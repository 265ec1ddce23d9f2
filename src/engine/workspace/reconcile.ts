/**
 * What opening a workspace puts right: rows follow the folders, and runs whose process is gone are interrupted. The
 * folders are the truth, so a database that was lost is made again from them by the same steps.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { RunSummary } from '../../shared/model.ts';
import { binEntries } from './bin.ts';
import { folderOf, storedIds } from './context.ts';
import type { WorkspaceContext } from './context.ts';
import { read, write } from './database.ts';
import { readManifest } from './manifest.ts';
import { readRecord, writeRecord } from './record.ts';
import {
  datasetIds,
  insertDataset,
  putRun,
  removeDatasetRow,
  removeRunRow,
  runIds,
  runningRuns,
} from './rows.ts';
import { RunFolder } from './run-folder.ts';

/** Adds rows for folders without one, and removes rows without a folder. @returns how many of each */
export function matchRowsToFolders(context: WorkspaceContext): { added: number; removed: number } {
  const { database, folders } = context;
  return write(database, () => {
    let added = 0;
    const datasets = new Set(datasetIds(database));
    for (const id of storedIds(folders, 'dataset')) {
      if (datasets.delete(id)) continue;
      const manifest = orNull(() => readManifest(folderOf(folders, 'dataset', id)));
      if (manifest?.summary.id !== id) continue;
      insertDataset(database, manifest.summary);
      added++;
    }
    const runs = new Set(runIds(database));
    for (const id of storedIds(folders, 'run')) {
      if (runs.delete(id)) continue;
      const path = folderOf(folders, 'run', id);
      const record = orNull(() => readRecord(path));
      if (record?.summary.id !== id) continue;
      putRun(database, { summary: endOf(context, record.summary), owner: null });
      added++;
    }
    for (const id of datasets) removeDatasetRow(database, id);
    for (const id of runs) removeRunRow(database, id);
    return { added, removed: datasets.size + runs.size };
  });
}

/** Marks runs whose owner no longer lives as interrupted. */
export function markDeadRuns(context: WorkspaceContext): void {
  const { database, owner } = context;
  const dead = read(database, () => runningRuns(database)).filter(run => !owner.isAlive(run.owner!));
  if (dead.length === 0) return;
  write(database, () => {
    // Looked at again inside the transaction: another process may have claimed one of them since.
    for (const run of runningRuns(database)) {
      if (!owner.isAlive(run.owner!)) putRun(database, { summary: endOf(context, run.summary), owner: null });
    }
  });
}

/**
 * The summary of a run nobody works on: what its record says where the record tells of an end, else interrupted.
 * A kill between record and row leaves the record ahead.
 */
export function endOf(context: WorkspaceContext, summary: RunSummary): RunSummary {
  const path = folderOf(context.folders, 'run', summary.id);
  const interrupted: RunSummary = {
    ...summary,
    status: 'interrupted',
    error:
      'F910 Studio was closed or stopped while this run was working. Resume it to go on from its last checkpoint.',
  };
  const record = orNull(() => readRecord(path));
  if (record === null) return interrupted;
  if (record.summary.status !== 'running') return record.summary;
  const files = new RunFolder(summary.id, path, context.owner.folder).sums();
  writeRecord(path, { ...record, summary: interrupted, files }, context.owner.folder);
  return interrupted;
}

/** Removes entries of the bin that a kill has left without content. */
export function sweepBin(context: WorkspaceContext): void {
  const { bin } = context.folders;
  write(context.database, () => {
    for (const entry of binEntries(bin)) {
      if (!existsSync(join(bin, entry, 'content')))
        rmSync(join(bin, entry), { recursive: true, force: true });
    }
  });
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
