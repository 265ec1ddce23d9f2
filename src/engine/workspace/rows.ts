/** The rows of data sets and runs in the database. All SQL of the present version stands here. */
import type { DatasetSummary, RunSummary } from '../../shared/model.ts';
import type { Database } from './database.ts';

export interface RunRow {
  readonly summary: RunSummary;
  /** Name of the owner that works on it, or null. */
  readonly owner: string | null;
}

const parse = <T>(summary: unknown): T => JSON.parse(summary as string) as T;

export function datasetIds(database: Database): string[] {
  return database.prepare('SELECT id FROM datasets').pluck().all() as string[];
}

export function allDatasets(database: Database): DatasetSummary[] {
  const rows = database.prepare('SELECT summary FROM datasets ORDER BY created DESC, id').pluck().all();
  return rows.map(parse<DatasetSummary>);
}

export function findDataset(database: Database, id: string): DatasetSummary | null {
  const row = database.prepare('SELECT summary FROM datasets WHERE id = ?').pluck().get(id);
  return row === undefined ? null : parse<DatasetSummary>(row);
}

/** The newest data set of that content. */
export function findDatasetByChecksum(database: Database, checksum: string): DatasetSummary | null {
  const row = database
    .prepare('SELECT summary FROM datasets WHERE checksum = ? ORDER BY created DESC, id LIMIT 1')
    .pluck()
    .get(checksum);
  return row === undefined ? null : parse<DatasetSummary>(row);
}

export function insertDataset(database: Database, summary: DatasetSummary): void {
  database
    .prepare('INSERT INTO datasets (id, summary) VALUES (?, ?)')
    .run(summary.id, JSON.stringify(summary));
}

export function updateDatasetRow(database: Database, summary: DatasetSummary): void {
  database.prepare('UPDATE datasets SET summary = ? WHERE id = ?').run(JSON.stringify(summary), summary.id);
}

export function removeDatasetRow(database: Database, id: string): void {
  database.prepare('DELETE FROM datasets WHERE id = ?').run(id);
}

export function runIds(database: Database): string[] {
  return database.prepare('SELECT id FROM runs').pluck().all() as string[];
}

export function allRuns(database: Database): RunSummary[] {
  const rows = database.prepare('SELECT summary FROM runs ORDER BY created DESC, id').pluck().all();
  return rows.map(parse<RunSummary>);
}

export function runningRuns(database: Database): RunRow[] {
  const rows = database.prepare("SELECT summary, owner FROM runs WHERE status = 'running'").all();
  return (rows as { summary: string; owner: string }[]).map(row => ({ ...row, summary: parse(row.summary) }));
}

export function findRun(database: Database, id: string): RunRow | null {
  const row = database.prepare('SELECT summary, owner FROM runs WHERE id = ?').get(id);
  if (row === undefined) return null;
  const { summary, owner } = row as { summary: string; owner: string | null };
  return { summary: parse(summary), owner };
}

/** Inserts or replaces. `owner` belongs to a run that is running, and to no other. */
export function putRun(database: Database, { summary, owner }: RunRow): void {
  database
    .prepare(
      'INSERT INTO runs (id, summary, owner) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET summary = excluded.summary, owner = excluded.owner',
    )
    .run(summary.id, JSON.stringify(summary), owner);
}

export function removeRunRow(database: Database, id: string): void {
  database.prepare('DELETE FROM runs WHERE id = ?').run(id);
}
