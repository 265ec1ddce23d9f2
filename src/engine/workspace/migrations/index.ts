/** All steps of the database, oldest first. */
import { dataSetsAndRuns } from './0001-data-sets-and-runs.ts';
import { pausedRuns } from './0002-paused-runs.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [dataSetsAndRuns, pausedRuns];
