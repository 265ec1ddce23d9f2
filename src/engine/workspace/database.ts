/** The workspace's SQLite database: opened safely, brought to the present version, written in short transactions. */
import BetterSqlite3 from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pause, renameDurably } from './atomic.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { databaseError, workspaceError } from './storage-error.ts';

export type { Database } from 'better-sqlite3';

/** 'F910' in the header of the file: tells our databases from those of other programs. */
const APPLICATION_ID = 0x46393130;
/** Milliseconds to wait for another process's transaction. */
const BUSY_TIMEOUT = 10_000;

/**
 * Opens or creates the database and migrates it.
 * @param temporaryFolder for unfinished copies, on the same disk
 * @throws AppError WORKSPACE for a database of a newer app or of another program; SQLite's own error for damage
 *   (see `isDamage`), which the caller repairs
 */
export function openDatabase(
  path: string,
  temporaryFolder: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Database {
  const database = new BetterSqlite3(path, { timeout: BUSY_TIMEOUT });
  try {
    refuseForeign(database, path);
    useWriteAheadLog(database);
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    const problems = database.pragma('quick_check(1)', { simple: true });
    if (problems !== 'ok') throw new BetterSqlite3.SqliteError(String(problems), 'SQLITE_CORRUPT');
    migrate(database, temporaryFolder, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** One short write transaction: all of it happens or nothing, and no other process writes meanwhile. */
export function write<T>(database: Database, work: () => T): T {
  try {
    return database.transaction(work).immediate();
  } catch (error) {
    throw databaseError(error, database.name);
  }
}

/** One look at the database, with SQLite's failures in plain words. */
export function read<T>(database: Database, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw databaseError(error, database.name);
  }
}

function refuseForeign(database: Database, path: string): void {
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (tables === 0 || database.pragma('application_id', { simple: true }) === APPLICATION_ID) return;
  throw workspaceError(
    path,
    `${basename(path)} in this folder belongs to another program. Choose another folder as the workspace.`,
  );
}

/** SQLite does not wait for other processes in this one switch, so two that start together may have to try again. */
function useWriteAheadLog(database: Database): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || attempt === 200) throw error;
      pause(25);
    }
  }
}

function migrate(database: Database, temporaryFolder: string, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const version = versionOf(database);
  if (version > newest) {
    throw workspaceError(
      database.name,
      `This workspace was used with a newer F910 Studio (its database is version ${version}, this app knows ${newest}). Update F910 Studio, or choose another workspace.`,
    );
  }
  if (version === newest) return;
  if (version > 0) backup(database, temporaryFolder, version);
  for (const migration of migrations) {
    const step = database.transaction(() => {
      // Another process may have taken this step since.
      if (versionOf(database) >= migration.version) return;
      migration.up(database);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${migration.version}`);
    });
    step.immediate();
  }
}

function versionOf(database: Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

/** A copy from before a migration, kept beside the database; the first of a version is kept. */
function backup(database: Database, temporaryFolder: string, version: number): void {
  const path = `${database.name}.version-${version}`;
  if (existsSync(path)) return;
  const copy = join(temporaryFolder, basename(path));
  database.prepare('VACUUM INTO ?').run(copy);
  renameDurably(copy, path);
}
