import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { openWorkspace, startRun, store } from './fixtures.ts';

test('what is deleted can be restored as it was', async () => {
  const workspace = openWorkspace(temporaryFolder());
  const dataset = store(workspace);
  const run = startRun(workspace, dataset.id);
  run.writeJson('metrics.json', { ev: 0.5 });
  const summary = workspace.runs.update(run.id, { status: 'done' });
  workspace.runs.delete(run.id);
  workspace.datasets.delete(dataset.id);
  expect(workspace.runs.list()).toEqual([]);
  expect(() => workspace.runs.get(run.id)).toThrow('There is no run');
  expect(() => workspace.datasets.open(dataset.id)).toThrow('There is no data set');

  const entries = workspace.bin.list();
  expect(entries.map(({ kind, name }) => [kind, name])).toEqual([
    ['dataset', 'Blood'],
    ['run', 'Run 1'],
  ]);
  for (const { entry } of entries) workspace.bin.restore(entry);
  expect(workspace.bin.list()).toEqual([]);
  expect(workspace.datasets.list()).toEqual([dataset]);
  expect(workspace.runs.list()).toEqual([summary]);
  expect(workspace.runs.folder(run.id).readJson('metrics.json')).toEqual({ ev: 0.5 });
  expect(await workspace.datasets.verify(dataset.id, new AbortController().signal)).toEqual([]);
});

test('emptying removes what was deleted long enough ago, and nothing else', () => {
  const folder = temporaryFolder();
  const workspace = openWorkspace(folder);
  const [first, second] = [store(workspace), store(workspace)];
  workspace.datasets.delete(first.id);
  workspace.datasets.delete(second.id);
  const old = workspace.bin.list().find(({ id }) => id === first.id)!.entry;
  const tenDaysAgo = new Date(Date.now() - 10 * 86_400_000).toISOString().replace(/[-:.]/g, '');
  renameSync(join(folder, 'bin', old), join(folder, 'bin', `${tenDaysAgo}-dataset-${first.id}`));
  mkdirSync(join(folder, 'bin', 'of the user'));
  expect(workspace.bin.empty(11)).toBe(0);
  expect(workspace.bin.empty(9)).toBe(1);
  expect(workspace.bin.list().map(({ id }) => id)).toEqual([second.id]);
  expect(workspace.bin.empty(0)).toBe(1);
  expect(readdirSync(join(folder, 'bin'))).toEqual(['of the user']);
});

test('restoring refuses hostile names, damaged content and a place that is taken', () => {
  const folder = temporaryFolder();
  const workspace = openWorkspace(folder);
  const { id } = store(workspace);
  for (const name of ['../datasets', '', id, '20260101T000000000Z-dataset-../../x']) {
    expect(() => workspace.bin.restore(name)).toThrow('in the bin.');
  }
  workspace.datasets.delete(id);
  const { entry } = workspace.bin.list()[0]!;
  mkdirSync(join(folder, 'datasets', id));
  expect(() => workspace.bin.restore(entry)).toThrow(`${id} is in the workspace already.`);
  rmSync(join(folder, 'datasets', id), { recursive: true });
  writeFileSync(join(folder, 'bin', entry, 'content', 'manifest.json'), '{}');
  expect(() => workspace.bin.restore(entry)).toThrow('manifest.json is damaged');
  expect(existsSync(join(folder, 'bin', entry, 'content', 'counts.val'))).toBe(true);
  expect(workspace.datasets.list()).toEqual([]);

  writeFileSync(join(folder, 'bin', entry, 'note.json'), '{}');
  expect(workspace.bin.list()).toEqual([]);
  expect(() => workspace.bin.restore(entry)).toThrow('note.json is damaged');
});

test('a move to the bin that a crash cut off is put right', () => {
  const folder = temporaryFolder();
  const first = Workspace.open(folder, { appVersion: '1.2.3' });
  const { id } = store(first);
  const kept = store(first);
  first.close();
  // Between the rename and the end of the transaction: the folder has gone, the row has not.
  mkdirSync(join(folder, 'bin', '20260101T000000000Z-dataset-x'));
  renameSync(join(folder, 'datasets', id), join(folder, 'bin', '20260101T000000000Z-dataset-x', 'content'));
  mkdirSync(join(folder, 'bin', '20260101T000000000Z-dataset-y'));
  const workspace = openWorkspace(folder);
  expect(workspace.datasets.list()).toEqual([kept]);
  expect(readdirSync(join(folder, 'bin'))).toEqual(['20260101T000000000Z-dataset-x']);
  expect(workspace.notices).toEqual([
    'No longer listed, because their folders are gone: 1 data sets or runs.',
  ]);
});
