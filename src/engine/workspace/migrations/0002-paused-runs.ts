/**
 * Runs may be paused, and their summaries hold a note, the explained variance and which run they repeat. SQLite cannot
 * change a CHECK in place, so the table is made again.
 */
import type { Migration } from './migration.ts';

export const pausedRuns: Migration = {
  version: 2,
  up(database) {
    database.exec(`
      CREATE TABLE runs_next (
        id TEXT NOT NULL PRIMARY KEY,
        summary TEXT NOT NULL CHECK (json_valid(summary)),
        owner TEXT,
        created TEXT NOT NULL AS (summary ->> '$.created'),
        status TEXT NOT NULL AS (summary ->> '$.status')
          CHECK (status IN ('running', 'paused', 'interrupted', 'cancelled', 'failed', 'done')),
        dataset_id TEXT NOT NULL AS (summary ->> '$.datasetId'),
        CHECK ((status = 'running') = (owner IS NOT NULL))
      ) STRICT;
      INSERT INTO runs_next (id, summary, owner)
        SELECT id, json_insert(summary, '$.explainedVariance', NULL, '$.note', '', '$.repeats', NULL), owner
        FROM runs;
      DROP TABLE runs;
      ALTER TABLE runs_next RENAME TO runs;
      CREATE INDEX runs_status ON runs (status);
    `);
  },
};
