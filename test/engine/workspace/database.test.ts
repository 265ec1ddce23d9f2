import Database from 'better-sqlite3';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/engine/workspace/database.ts';
import { MIGRATIONS } from '../../../src/engine/workspace/migrations/index.ts';
import type { Migration } from '../../../src/engine/workspace/migrations/migration.ts';
import { insertDataset } from '../../../src/engine/workspace/rows.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import type { DatasetSummary } from '../../../src/shared/model.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { openWorkspace, startRun, store } from './fixtures.ts';

const open = (folder: string) => () => Workspace.open(folder, { appVersion: '1.2.3' });
const versionOf = (path: string): unknown => {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
};

describe('migrations', () => {
  const notes: Migration = {
    version: MIGRATIONS.length + 1,
    up: database => database.exec('CREATE TABLE notes (run TEXT NOT NULL, text TEXT NOT NULL) STRICT'),
  };
  const broken: Migration = {
    version: MIGRATIONS.length + 1,
    up(database) {
      database.exec('CREATE TABLE half (a TEXT) STRICT');
      database.exec('INSERT INTO absent VALUES (1)');
    },
  };

  test('are numbered without gaps', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, k) => k + 1));
  });

  test('bring an older database up, keep its rows and a copy from before', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'f910.sqlite');
    const older = openDatabase(path, folder, MIGRATIONS);
    insertDataset(older, { id: 'a-22222', created: '2026', checksum: 'x' } as DatasetSummary);
    older.close();
    expect(readdirSync(folder)).toEqual(['f910.sqlite']);

    const newer = openDatabase(path, folder, [...MIGRATIONS, notes]);
    expect(newer.prepare('SELECT id FROM datasets').pluck().all()).toEqual(['a-22222']);
    expect(newer.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(0);
    newer.close();
    expect(versionOf(path)).toBe(notes.version);
    const copy = `${path}.version-${MIGRATIONS.length}`;
    expect(versionOf(copy)).toBe(MIGRATIONS.length);
    const before = new Database(copy);
    expect(before.prepare('SELECT id FROM datasets').pluck().all()).toEqual(['a-22222']);
    before.close();
  });

  test('leave the database as it was when a step fails', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'f910.sqlite');
    openDatabase(path, folder, MIGRATIONS).close();
    expect(() => openDatabase(path, folder, [...MIGRATIONS, broken])).toThrow('no such table: absent');
    expect(versionOf(path)).toBe(MIGRATIONS.length);
    const after = openDatabase(path, folder, [...MIGRATIONS, notes]);
    expect(
      after.prepare("SELECT name FROM sqlite_schema WHERE name IN ('half', 'notes')").pluck().all(),
    ).toEqual(['notes']);
    after.close();
  });

  test('keep SQLite safe: write-ahead log, full syncs, foreign keys', () => {
    const folder = temporaryFolder();
    const database = openDatabase(join(folder, 'f910.sqlite'), folder);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    database.close();
  });
});

describe('a database that is not ours to use', () => {
  test('of a newer app is refused with what to do, and left as it is', () => {
    const folder = temporaryFolder();
    open(folder)().close();
    const path = join(folder, 'f910.sqlite');
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    expect(open(folder)).toThrow(
      /newer F910 Studio \(its database is version 99, this app knows 2\)\. Update/,
    );
    expect(versionOf(path)).toBe(99);
    expect(readdirSync(join(folder, 'staging'))).toEqual([]);
  });

  test('of another program is refused and left as it is', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'f910.sqlite');
    const database = new Database(path);
    database.exec('CREATE TABLE songs (name TEXT)');
    database.close();
    const before = readFileSync(path);
    expect(open(folder)).toThrow(
      'f910.sqlite in this folder belongs to another program. Choose another folder',
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('that is no database at all, in a folder without data, is refused and left as it is', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'f910.sqlite');
    writeFileSync(path, 'A letter to a friend. '.repeat(100));
    expect(open(folder)).toThrow(
      'f910.sqlite in this folder is not a database of F910 Studio, or is damaged.',
    );
    expect(readFileSync(path, 'utf8')).toMatch(/^A letter/);
  });
});

describe('a folder that cannot be a workspace', () => {
  test('because it is a file', () => {
    const path = join(temporaryFolder(), 'notes.txt');
    writeFileSync(path, 'x');
    expect(open(path)).toThrow('notes.txt in');
    expect(open(path)).toThrow('is a file where a folder is needed. Choose another folder');
  });

  test('because it may not be written', ({ skip }) => {
    // This file system refuses new folders even to an administrator.
    if (process.platform !== 'linux') skip('needs a folder that nobody may write');
    let caught: unknown;
    try {
      open('/sys/f910')();
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'WORKSPACE')).toBe(true);
    expect(String(caught)).toContain(
      'f910 cannot be written in /sys: this account may not change that folder.',
    );
  });
});

describe('a lost or damaged database is made again from the folders', () => {
  function filled(): { folder: string; path: string; before: unknown } {
    const folder = temporaryFolder();
    const workspace = open(folder)();
    const first = store(workspace);
    store(workspace, undefined, { name: 'Second' });
    const done = startRun(workspace, first.id);
    workspace.runs.update(done.id, { status: 'done', verdict: 'Good.', seconds: 3 });
    startRun(workspace, first.id);
    workspace.close();
    const again = open(folder)();
    const before = { datasets: again.datasets.list(), runs: again.runs.list() };
    again.close();
    return { folder, path: join(folder, 'f910.sqlite'), before };
  }
  const listed = (workspace: Workspace) => ({
    datasets: workspace.datasets.list(),
    runs: workspace.runs.list(),
  });

  test('lost', () => {
    const { folder, path, before } = filled();
    rmSync(path);
    const workspace = openWorkspace(folder);
    expect(listed(workspace)).toEqual(before);
    expect(workspace.notices).toEqual(['Found in their folders and listed again: 4 data sets or runs.']);
  });

  test.each([
    ['its header', (bytes: Buffer) => void bytes.fill(7, 0, 100)],
    ['its pages', (bytes: Buffer) => void bytes.fill(7, 4096)],
    ['one page', (bytes: Buffer) => void bytes.fill(0, 4096, 8192)],
  ])('damaged in %s; the damaged file is kept', async (_where, damage) => {
    const { folder, path, before } = filled();
    const bytes = readFileSync(path);
    damage(bytes);
    writeFileSync(path, bytes);
    const workspace = openWorkspace(folder);
    expect(listed(workspace)).toEqual(before);
    const kept = readdirSync(folder).find(name => name.startsWith('f910.sqlite.damaged-'))!;
    expect(readFileSync(join(folder, kept)).equals(bytes)).toBe(true);
    expect(workspace.notices[0]).toContain(`the damaged file is kept as ${kept}`);
    const checks = await workspace.check(new AbortController().signal);
    expect(checks.every(({ ok }) => ok)).toBe(true);
    expect(checks.find(({ name }) => name === 'Leftovers')?.detail).toContain(
      `Older databases kept aside: ${kept}.`,
    );
  });

  test('cut short by a crash at its birth: empty', () => {
    const { folder, path, before } = filled();
    writeFileSync(path, '');
    expect(listed(openWorkspace(folder))).toEqual(before);
  });

  test('damaged while another has it open: nothing is touched, and the sentence says what to do', () => {
    const { folder, path } = filled();
    const other = open(folder)();
    const bytes = Buffer.from(readFileSync(path)).fill(7, 0, 100);
    writeFileSync(path, bytes);
    expect(open(folder)).toThrow('f910.sqlite is damaged. Close F910 Studio everywhere and open it again');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    other.close();
  });

  test('folders whose description is damaged are not listed, not deleted, and told of', async () => {
    const { folder, path } = filled();
    rmSync(path);
    const id = readdirSync(join(folder, 'datasets'))[0]!;
    writeFileSync(join(folder, 'datasets', id, 'manifest.json'), '{"half":');
    mkdirSync(join(folder, 'runs', 'empty-run'));
    const workspace = openWorkspace(folder);
    expect(workspace.datasets.list()).toHaveLength(1);
    expect(workspace.runs.list()).toHaveLength(2);
    const checks = await workspace.check(new AbortController().signal);
    const leftovers = checks.find(({ name }) => name === 'Leftovers')!;
    expect(leftovers.ok).toBe(false);
    expect(leftovers.detail).toContain(id);
    expect(leftovers.detail).toContain('empty-run');
  });
});

test('a database written by the first version of the app opens', () => {
  // Rows as version 1 wrote them; this test stays as it is for ever.
  const folder = temporaryFolder();
  const database = new Database(join(folder, 'f910.sqlite'));
  database.pragma('application_id = 1178153264');
  MIGRATIONS[0]!.up(database);
  database.pragma('user_version = 1');
  database
    .prepare('INSERT INTO runs (id, summary, owner) VALUES (?, ?, ?)')
    .run(
      'run-1-22222',
      JSON.stringify({ id: 'run-1-22222', created: '2026', status: 'running', datasetId: 'x' }),
      '1-a',
    );
  database.close();
  mkdirSync(join(folder, 'runs', 'run-1-22222'), { recursive: true });
  expect(openWorkspace(folder).runs.list()).toMatchObject([
    { id: 'run-1-22222', status: 'interrupted', note: '', repeats: null, explainedVariance: null },
  ]);
});

test('a database of version 1 takes paused runs after its migration, and refuses unknown states', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'f910.sqlite');
  openDatabase(path, folder, MIGRATIONS.slice(0, 1)).close();
  const database = openDatabase(path, folder, MIGRATIONS.slice(0, 2));
  const put = (id: string, status: string) =>
    database
      .prepare('INSERT INTO runs (id, summary) VALUES (?, ?)')
      .run(id, JSON.stringify({ id, created: '2026', status, datasetId: 'x' }));
  put('run-1-22222', 'paused');
  expect(() => put('run-2-22222', 'resting')).toThrow('CHECK constraint failed');
  database.close();
});
