/** The health of a workspace, for `doctor`: database, files against their sums, leftovers, disk. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, cancelled } from '../../shared/errors.ts';
import type { DoctorCheck } from '../../shared/contract.ts';
import type { StepContext } from '../steps/context.ts';
import { binEntries } from './bin.ts';
import { bytesIn } from './disk.ts';
import { DATABASE, folderOf, storedIds } from './context.ts';
import type { WorkspaceContext } from './context.ts';
import type { Database } from './database.ts';
import { readRecord } from './record.ts';
import { allDatasets, allRuns } from './rows.ts';
import { databaseError, freeBytes, isDamage } from './storage-error.ts';
import { fileProblem, verifyDataset } from './verify.ts';

/** Free bytes below which a run may fail: weights and checkpoints of one run with room to spare. */
const LITTLE_ROOM = 2 ** 30;

/** @throws AppError CANCELLED */
export async function checkWorkspace(
  context: WorkspaceContext,
  { signal, progress }: StepContext,
): Promise<DoctorCheck[]> {
  const database = checkDatabase(context);
  // What a damaged database lists is not to be trusted; opening again makes it anew from the folders.
  if (!database.ok) return [database, checkDisk(context)];
  const of = allDatasets(context.database).length + allRuns(context.database).length;
  let done = 0;
  const look = (label: string): void => progress({ phase: 'check', label, done: done++, of });
  return [
    database,
    ...(await checkDatasets(context, signal, look)),
    ...(await checkRuns(context, signal, look)),
    checkLeftovers(context),
    checkDisk(context),
  ];
}

function checkDatabase({ database }: WorkspaceContext): DoctorCheck {
  const name = 'Workspace database';
  const problem = integrityProblem(database);
  if (problem === null) return { name, ok: true, detail: `${DATABASE} is sound.` };
  return {
    name,
    ok: false,
    detail: `${DATABASE} is damaged: ${problem}.`,
    remedy:
      'Close F910 Studio everywhere and open it again: it keeps the damaged file and lists data sets and runs from their folders.',
  };
}

function integrityProblem(database: Database): string | null {
  try {
    const rows = database.pragma('integrity_check(5)') as { integrity_check: string }[];
    const text = rows.map(row => row.integrity_check).join('; ');
    return text === 'ok' ? null : text;
  } catch (error) {
    if (isDamage(error) && error instanceof Error) return error.message;
    throw databaseError(error, database.name);
  }
}

async function checkDatasets(
  { database, folders }: WorkspaceContext,
  signal: AbortSignal,
  look: (label: string) => void,
): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  const datasets = allDatasets(database);
  for (const summary of datasets) {
    look(`Checking the data set “${summary.name}”`);
    const problems = await verifyDataset(folderOf(folders, 'dataset', summary.id), summary, signal);
    if (problems.length === 0) continue;
    checks.push({
      name: `Data set "${summary.name}"`,
      ok: false,
      detail: `${problems.join('; ')}.`,
      remedy: 'Import the data again from their files, then delete this data set.',
    });
  }
  if (checks.length > 0) return checks;
  return [
    { name: 'Data sets', ok: true, detail: `${datasets.length} stored, all files as they were written.` },
  ];
}

async function checkRuns(
  { database, folders }: WorkspaceContext,
  signal: AbortSignal,
  look: (label: string) => void,
): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  const runs = allRuns(database);
  for (const { id, name } of runs) {
    if (signal.aborted) throw cancelled('The check');
    look(`Checking ${name}`);
    const problems: string[] = [];
    const folder = folderOf(folders, 'run', id);
    try {
      for (const [file, sum] of Object.entries(readRecord(folder).files)) {
        const problem = await fileProblem(folder, file, sum, signal);
        if (problem !== null) problems.push(problem);
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error;
      problems.push(error.message);
    }
    if (problems.length === 0) continue;
    checks.push({
      name: `${name} (${id})`,
      ok: false,
      detail: `${problems.join('; ')}.`,
      remedy: 'Start the run again with the same parameters, then delete this one.',
    });
  }
  if (checks.length > 0) return checks;
  return [{ name: 'Runs', ok: true, detail: `${runs.length} kept, all files as they were written.` }];
}

function checkLeftovers({ folders, database }: WorkspaceContext): DoctorCheck {
  const name = 'Leftovers';
  const listed = new Set([...allDatasets(database), ...allRuns(database)].map(({ id }) => id));
  const unlisted = [
    ...storedIds(folders, 'dataset').map(id => ({ id, path: folderOf(folders, 'dataset', id) })),
    ...storedIds(folders, 'run').map(id => ({ id, path: folderOf(folders, 'run', id) })),
  ].filter(({ id, path }) => !listed.has(id) && existsSync(path));
  if (unlisted.length > 0) {
    return {
      name,
      ok: false,
      detail: `Folders that cannot be listed because their description is missing or damaged: ${unlisted.map(({ path }) => path).join(', ')}.`,
      remedy: 'Import the data again or repeat the run; these folders can then be moved away.',
    };
  }
  const binned = binEntries(folders.bin);
  const bytes = binned.reduce((sum, entry) => sum + bytesIn(join(folders.bin, entry)), 0);
  const full = `The bin holds ${binned.length} entries, ${megabytes(bytes)}.`;
  const aside = readdirSync(folders.root).filter(file =>
    /^f910\.sqlite\.(damaged|version)-[^-]+$/.test(file),
  );
  const kept = aside.length === 0 ? '' : ` Older databases kept aside: ${aside.join(', ')}.`;
  const detail = `${binned.length === 0 ? 'The bin is empty.' : full}${kept}`;
  return { name, ok: true, detail };
}

function checkDisk({ folders }: WorkspaceContext): DoctorCheck {
  const name = 'Free disk space';
  const free = freeBytes(folders.root);
  if (free === null) return { name, ok: true, detail: 'The system does not tell how much is free.' };
  const detail = `${megabytes(free)} free for the workspace in ${folders.root}.`;
  if (free >= LITTLE_ROOM) return { name, ok: true, detail };
  return { name, ok: false, detail, remedy: 'Empty the bin or free some space on that disk.' };
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
