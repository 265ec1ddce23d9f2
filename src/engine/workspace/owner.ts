/**
 * Who is at work in a workspace. The app and the terminal may share one; each holds a lock of the operating system
 * for as long as it lives, so a process that was killed is told from one that works, without guessing from process
 * numbers, which are used again. The lock is SQLite's exclusive lock on an empty file: the same on every system.
 */
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, workspaceError } from './storage-error.ts';

const LOCK = '.lock';

export class Owner {
  /** Process number and a random part: one name for each open workspace, never used again. */
  readonly name: string;
  /** This owner's own folder for unfinished things; goes when the owner goes. */
  readonly folder: string;
  readonly #staging: string;
  readonly #lock: Database.Database;

  /** @param staging folder of the workspace for unfinished things; must exist */
  constructor(staging: string) {
    this.#staging = staging;
    let name = '';
    let lock: Database.Database | null = null;
    for (let attempt = 0; lock === null && attempt < 100; attempt++) {
      name = `${process.pid}-${randomBytes(6).toString('hex')}`;
      lock = tryLock(join(staging, name + LOCK), false);
      // Another process that swept at this very moment has taken the new lock for a dead one: take a new name.
      if (lock !== null && !existsSync(join(staging, name + LOCK))) {
        lock.close();
        lock = null;
      }
    }
    if (lock === null) {
      throw workspaceError(
        staging,
        'Files in the workspace cannot be locked on this disk. Choose a folder on a disk of this computer.',
      );
    }
    this.name = name;
    this.folder = join(staging, name);
    this.#lock = lock;
    mkdirSync(this.folder);
  }

  /** Whether the owner of that name still runs, in this process or another. */
  isAlive(name: string): boolean {
    if (name === this.name) return true;
    const lock = tryLock(join(this.#staging, name + LOCK), true);
    lock?.close();
    return lock === null && existsSync(join(this.#staging, name + LOCK));
  }

  /** Owners alive beside this one. */
  others(): string[] {
    return lockNames(this.#staging).filter(name => name !== this.name && this.isAlive(name));
  }

  /** Removes what dead owners left behind. */
  sweep(): void {
    for (const name of lockNames(this.#staging)) {
      if (name === this.name) continue;
      const path = join(this.#staging, name + LOCK);
      const lock = tryLock(path, true);
      if (lock === null) continue;
      rmSync(join(this.#staging, name), { recursive: true, force: true });
      // Windows does not remove open files; elsewhere the lock is held until its name is gone.
      if (process.platform === 'win32') lock.close();
      rmSync(path, { force: true });
      lock.close();
    }
  }

  release(): void {
    rmSync(this.folder, { recursive: true, force: true });
    if (process.platform === 'win32') this.#lock.close();
    rmSync(join(this.#staging, this.name + LOCK), { force: true });
    this.#lock.close();
  }
}

function lockNames(staging: string): string[] {
  return readdirSync(staging)
    .filter(name => name.endsWith(LOCK))
    .map(name => name.slice(0, -LOCK.length));
}

/** The lock on that file, or null where another holds it or, with `mustExist`, there is no such file. */
function tryLock(path: string, mustExist: boolean): Database.Database | null {
  let lock: Database.Database | null = null;
  try {
    lock = new Database(path, { timeout: 0, fileMustExist: mustExist });
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const code = codeOf(error);
    if (code.startsWith('SQLITE_BUSY') || (mustExist && code === 'SQLITE_CANTOPEN')) return null;
    throw error;
  }
}
