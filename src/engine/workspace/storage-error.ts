/** What the operating system and SQLite say, in sentences with a next step. */
import { statfsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** Free bytes for this user on the disk that holds `path`; null where the system does not tell. */
export function freeBytes(path: string): number | null {
  try {
    const disk = statfsSync(path);
    return disk.bavail * disk.bsize;
  } catch {
    return null;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Damage found in the workspace. `problem` is a whole sentence, with what to do about it. */
export function workspaceError(path: string, problem: string, options?: ErrorOptions): AppError<'WORKSPACE'> {
  return new AppError('WORKSPACE', problem, { path, problem }, options);
}

function diskFull(path: string, needed: number, cause: unknown): AppError<'NO_ROOM'> {
  const folder = dirname(path);
  return new AppError(
    'NO_ROOM',
    `The disk is full: ${basename(path)} could not be written to ${folder}. Free some space on that disk and try again.`,
    { needed, available: freeBytes(folder) ?? 0, of: 'disk' },
    { cause },
  );
}

/**
 * The AppError for a failure of the file system at `path`; an AppError is handed back as it is.
 * @param needed bytes that were being written
 */
export function storageError(error: unknown, path: string, needed = 0): AppError {
  if (error instanceof AppError) return error as AppError;
  const code = codeOf(error);
  const name = basename(path);
  const folder = dirname(path);
  const reason = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(path, needed, error);
    case 'EFBIG':
      return workspaceError(
        path,
        `${name} is larger than the disk or this account allows for one file. Use another disk for the workspace.`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return workspaceError(
        path,
        `${name} cannot be written in ${folder}: this account may not change that folder. Choose another folder or ask for the right to write there.`,
        { cause: error },
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return workspaceError(
        path,
        `${name} in ${folder} is a file where a folder is needed. Choose another folder, or move that file away.`,
        { cause: error },
      );
    case 'ENOENT':
      return workspaceError(path, `${name} is missing from ${folder}.`, { cause: error });
    case 'EBUSY':
      return workspaceError(path, `${name} is in use by another program. Close the program and try again.`, {
        cause: error,
      });
    case '':
      return new AppError('INTERNAL', reason, { name: 'storage' }, { cause: error });
    default:
      return workspaceError(path, `${name} in ${folder} could not be read or written (${reason}).`, {
        cause: error,
      });
  }
}

/** The AppError for a failure of SQLite on the database at `path`. Errors of other kinds are handed back. */
export function databaseError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof AppError || !code.startsWith('SQLITE_')) return error;
  const fullDisk = code.startsWith('SQLITE_IOERR') && (freeBytes(dirname(path)) ?? Infinity) < 1 << 20;
  if (code === 'SQLITE_FULL' || fullDisk) return diskFull(path, 0, error);
  if (code.startsWith('SQLITE_BUSY')) {
    return workspaceError(
      path,
      'Another F910 Studio is writing to this workspace and does not let go. Wait a moment and try again; close the other one if it does not answer.',
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_PERM') {
    return workspaceError(
      path,
      `${basename(path)} cannot be opened for writing in ${dirname(path)}. Check that this account may change that folder, or choose another workspace.`,
      { cause: error },
    );
  }
  if (isDamage(error)) {
    return workspaceError(
      path,
      `${basename(path)} is damaged. Close F910 Studio everywhere and open it again: it then rebuilds the list of data sets and runs from their folders.`,
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : code;
  return workspaceError(path, `${basename(path)} could not be read or written (${reason}).`, {
    cause: error,
  });
}

/** Whether SQLite says that the file itself is not a sound database. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}
