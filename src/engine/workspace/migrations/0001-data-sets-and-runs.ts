/**
 * Lists of data sets and runs. The files in their folders are the truth; a row repeats the summary that stands in the
 * manifest or record, so that lists are quick and the database can be made again from the folders. A run keeps the
 * name and sum of its data set in its own summary and stays readable when the data set is deleted, so there is no
 * foreign key between the two.
 */
import type { Migration } from './migration.ts';

export const dataSetsAndRuns: Migration = {
  version: 1,
  up(database) {
    database.exec(`
      CREATE TABLE datasets (
        id TEXT NOT NULL PRIMARY KEY,
        summary TEXT NOT NULL CHECK (json_valid(summary)),
        created TEXT NOT NULL AS (summary ->> '$.created'),
        checksum TEXT NOT NULL AS (summary ->> '$.checksum')
      ) STRICT;
      CREATE INDEX datasets_checksum ON datasets (checksum);

      CREATE TABLE runs (
        id TEXT NOT NULL PRIMARY KEY,
        summary TEXT NOT NULL CHECK (json_valid(summary)),
        owner TEXT,
        created TEXT NOT NULL AS (summary ->> '$.created'),
        status TEXT NOT NULL AS (summary ->> '$.status')
          CHECK (status IN ('running', 'interrupted', 'cancelled', 'failed', 'done')),
        dataset_id TEXT NOT NULL AS (summary ->> '$.datasetId'),
        CHECK ((status = 'running') = (owner IS NOT NULL))
      ) STRICT;
      CREATE INDEX runs_status ON runs (status);
    `);
  },
};
