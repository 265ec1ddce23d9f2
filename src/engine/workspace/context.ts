/** What the parts of a workspace share: its folders, its database and its owner's lock. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { renameDurably } from './atomic.ts';
import { write } from './database.ts';
import type { Database } from './database.ts';
import { isId } from './ids.ts';
import type { Kind } from './ids.ts';
import type { Owner } from './owner.ts';
import { storageError } from './storage-error.ts';

export const DATABASE = 'f910.sqlite';

/** Folders of a workspace. All on one disk, so that a rename moves. */
export interface Folders {
  readonly root: string;
  readonly datasets: string;
  readonly runs: string;
  readonly bin: string;
  readonly staging: string;
}

export interface WorkspaceContext {
  readonly appVersion: string;
  readonly folders: Folders;
  readonly database: Database;
  readonly owner: Owner;
}

export interface TemporaryFolder {
  readonly folder: string;
  remove(): void;
}

export function createFolders(root: string): Folders {
  const folders = {
    root,
    datasets: join(root, 'datasets'),
    runs: join(root, 'runs'),
    bin: join(root, 'bin'),
    staging: join(root, 'staging'),
  };
  for (const folder of Object.values(folders)) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw storageError(error, folder);
    }
  }
  return folders;
}

/** A folder for unfinished things; it goes when it is removed, or with the process. */
export function temporaryFolder(owner: Owner): TemporaryFolder {
  const folder = join(owner.folder, randomBytes(6).toString('hex'));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw storageError(error, folder);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function folderOf(folders: Folders, kind: Kind, id: string): string {
  return join(kind === 'dataset' ? folders.datasets : folders.runs, id);
}

/** Ids of the folders of data sets or runs. */
export function storedIds(folders: Folders, kind: Kind): string[] {
  return readdirSync(kind === 'dataset' ? folders.datasets : folders.runs, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && isId(entry.name))
    .map(entry => entry.name);
}

/**
 * Moves a folder together with a change of its row: both happen or neither. A kill in between leaves the folder moved
 * and the row as it was, which the next opening repairs.
 * @param change changes the row, in a transaction, and says where the folder goes
 */
export function moveWithRow(context: WorkspaceContext, from: string, change: () => string): void {
  let to: string | null = null;
  try {
    write(context.database, () => {
      const place = change();
      renameDurably(from, place);
      to = place;
    });
  } catch (error) {
    if (to !== null) renameDurably(to, from);
    throw error;
  }
}
