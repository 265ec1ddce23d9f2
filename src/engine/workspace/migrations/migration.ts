/** One step of the database from a version to the next. A step that has been released is never changed. */
import type { Database } from 'better-sqlite3';

export interface Migration {
  /** user_version after this step; steps are numbered 1, 2, 3 and so on. */
  readonly version: number;
  up(database: Database): void;
}
