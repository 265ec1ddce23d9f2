/** All steps of the database, oldest first. */
import { dataSetsAndRuns } from './0001-data-sets-and-runs.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [dataSetsAndRuns];
