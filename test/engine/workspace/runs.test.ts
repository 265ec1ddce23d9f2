import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { openWorkspace, startRun, store } from './fixtures.ts';

const never = new AbortController().signal;

describe('a run', () => {
  test('starts as running, holds what is needed to repeat it, and ends', () => {
    const workspace = openWorkspace(temporaryFolder());
    const dataset = store(workspace);
    const run = startRun(workspace, dataset.id);
    expect(run.id).toMatch(/^run-1-[a-z0-9]{5}$/);
    expect(run.record).toMatchObject({
      schema: 1,
      appVersion: '1.2.3',
      sources: dataset.sources,
      imported: dataset.imported,
      params: { seed: 7, hidden: [128] },
      paramsVersion: 1,
      files: {},
      summary: {
        id: run.id,
        name: 'Run 1',
        status: 'running',
        datasetId: dataset.id,
        datasetName: 'Blood',
        datasetChecksum: dataset.checksum,
        preset: 'quick',
        seed: 7,
        finished: null,
      },
    });
    run.writeJson('metrics.json', { models: [] });
    const ended = workspace.runs.update(run.id, {
      status: 'done',
      verdict: 'Good.',
      panelName: 'F910',
      panelSize: 910,
      seconds: 12,
      finished: '2026-01-01T00:00:00.000Z',
    });
    expect(ended).toMatchObject({ status: 'done', verdict: 'Good.', panelSize: 910, name: 'Run 1' });
    expect(workspace.runs.list()).toEqual([ended]);
    expect(run.record.summary).toEqual(ended);
    expect(Object.keys(run.record.files)).toEqual(['metrics.json']);
    expect(() => workspace.runs.claim(run.id)).toThrow('Run 1 is finished, so there is nothing to resume.');
    expect(() => workspace.runs.update(run.id, { status: 'running' })).toThrow('by claiming it');
  });

  test('is numbered on, also past deleted ones, and can have a name', () => {
    const workspace = openWorkspace(temporaryFolder());
    const { id } = store(workspace);
    const names = [startRun(workspace, id), startRun(workspace, id, ' Köln '), startRun(workspace, id, '  ')];
    expect(names.map(run => run.record.summary.name)).toEqual(['Run 1', 'Köln', 'Run 3']);
    for (const run of names) {
      workspace.runs.update(run.id, { status: 'cancelled' });
      workspace.runs.delete(run.id);
    }
    expect(startRun(workspace, id).record.summary.name).toBe('Run 4');
  });

  test('needs a data set', () => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    expect(() => startRun(workspace, 'gone')).toThrow('There is no data set "gone" in this workspace.');
    expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  });

  test('stays readable when its data set is deleted; a data set in use is not deleted', () => {
    const workspace = openWorkspace(temporaryFolder());
    const dataset = store(workspace);
    const run = startRun(workspace, dataset.id);
    expect(() => workspace.datasets.delete(dataset.id)).toThrow(
      '"Blood" is in use by Run 1, which is running. Wait for it or stop it, then delete the data set.',
    );
    expect(() => workspace.runs.delete(run.id)).toThrow('Run 1 is running. Stop it first, then delete it.');
    workspace.runs.update(run.id, { status: 'failed', error: 'No memory.' });
    workspace.datasets.delete(dataset.id);
    expect(workspace.runs.get(run.id)).toMatchObject({
      datasetName: 'Blood',
      datasetChecksum: dataset.checksum,
    });
    expect(workspace.bin.list()).toMatchObject([{ kind: 'dataset', id: dataset.id, name: 'Blood' }]);
  });

  test('is interrupted when its workspace closes, and taken up again from where it stood', () => {
    const folder = temporaryFolder();
    const first = Workspace.open(folder, { appVersion: '1.2.3' });
    const run = startRun(first, store(first).id);
    run.writeBytes('checkpoint.bin', [new Uint8Array([1, 2]), new Uint8Array([3])]);
    first.close();
    first.close();
    const second = openWorkspace(folder);
    expect(second.runs.get(run.id).status).toBe('interrupted');
    const again = second.runs.claim(run.id);
    expect([...again.readBytes('checkpoint.bin')!]).toEqual([1, 2, 3]);
    expect(again.record.summary.status).toBe('running');
    expect(second.runs.claim(run.id).id).toBe(run.id);
  });

  test('belongs to one of two workspaces open in one process', () => {
    const folder = temporaryFolder();
    const one = openWorkspace(folder);
    const two = openWorkspace(folder);
    const run = startRun(one, store(one).id);
    expect(two.runs.get(run.id).status).toBe('running');
    expect(() => two.runs.claim(run.id)).toThrow('is being worked on by another F910 Studio');
    expect(two.runs.update(run.id, { name: 'Renamed' }).status).toBe('running');
    one.close();
    expect(two.runs.claim(run.id).record.summary.name).toBe('Renamed');
  });

  test('whose record tells of an end that the database missed has ended', () => {
    const folder = temporaryFolder();
    const first = Workspace.open(folder, { appVersion: '1.2.3' });
    const run = startRun(first, store(first).id);
    const saved = readFileSync(join(run.path, 'record.json'));
    first.runs.update(run.id, { status: 'done', verdict: 'Good.' });
    const ended = readFileSync(join(run.path, 'record.json'));
    writeFileSync(join(run.path, 'record.json'), saved);
    rmSync(join(folder, 'f910.sqlite'));
    rmSync(join(folder, 'f910.sqlite-wal'), { force: true });
    rmSync(join(folder, 'f910.sqlite-shm'), { force: true });
    const rebuilt = openWorkspace(folder);
    expect(rebuilt.runs.get(run.id).status).toBe('interrupted');
    writeFileSync(join(run.path, 'record.json'), ended);
    rebuilt.close();
    rmSync(join(folder, 'f910.sqlite'));
    expect(openWorkspace(folder).runs.get(run.id)).toMatchObject({ status: 'done', verdict: 'Good.' });
  });
});

describe('the files of a run', () => {
  function open(): { workspace: Workspace; run: ReturnType<typeof startRun> } {
    const workspace = openWorkspace(temporaryFolder());
    return { workspace, run: startRun(workspace, store(workspace).id) };
  }

  test('are written whole, read back and removed', () => {
    const { run } = open();
    expect(run.has('curves.json')).toBe(false);
    expect(run.readJson('curves.json')).toBeNull();
    expect(run.readBytes('curves.json')).toBeNull();
    run.writeJson('curves.json', [{ text: 'ä\n', none: null }]);
    run.writeJson('curves.json', [{ text: 'new' }]);
    expect(run.readJson('curves.json')).toEqual([{ text: 'new' }]);
    run.writeBytes('models/dnn-panel/weights.bin', [new Uint8Array(3_000_000).fill(5), new Uint8Array([6])]);
    expect(run.readBytes('models/dnn-panel/weights.bin')).toHaveLength(3_000_001);
    run.remove('curves.json');
    run.remove('curves.json');
    expect(run.has('curves.json')).toBe(false);
    expect(readdirSync(run.path).sort()).toEqual(['models', 'record.json']);
  });

  test.each([
    '../x',
    '/etc/passwd',
    'a/../b',
    '',
    '.hidden',
    'a//b',
    'a\\b',
    'record.json',
    'log.jsonl',
    'a/b/c/d',
    'x\u0000',
  ])('the name %j is refused', name => {
    const { run } = open();
    for (const use of [
      () => run.has(name),
      () => run.readBytes(name),
      () => run.readJson(name),
      () => run.writeJson(name, 1),
      () => run.writeBytes(name, new Uint8Array(1)),
      () => run.remove(name),
    ]) {
      expect(use).toThrow('cannot be the name of a file of a run');
    }
  });

  test('keep their sums once the run has ended, also those written later', async () => {
    const { workspace, run } = open();
    run.writeJson('metrics.json', { ev: 0.5 });
    workspace.runs.update(run.id, { status: 'done' });
    run.writeBytes('embedding.bin', new Uint8Array(9));
    run.writeJson('metrics.json', { ev: 0.6 });
    expect(Object.keys(run.record.files).sort()).toEqual(['embedding.bin', 'metrics.json']);
    expect((await workspace.check(never)).every(({ ok }) => ok)).toBe(true);
    run.remove('embedding.bin');
    expect(Object.keys(run.record.files)).toEqual(['metrics.json']);

    writeFileSync(join(run.path, 'metrics.json'), JSON.stringify({ ev: 0.9 }));
    const problems = (await workspace.check(never)).filter(({ ok }) => !ok);
    expect(problems).toMatchObject([
      {
        name: `Run 1 (${run.id})`,
        remedy: 'Start the run again with the same parameters, then delete this one.',
      },
    ]);
    expect(problems[0]!.detail).toMatch(
      /^metrics\.json (is \d+ bytes too short|has changed since it was written)\.$/,
    );
  });

  test('that hold no JSON are said to be damaged', () => {
    const { run } = open();
    writeFileSync(join(run.path, 'metrics.json'), '{"a":');
    expect(() => run.readJson('metrics.json')).toThrow(`metrics.json of run ${run.id} is damaged.`);
    appendFileSync(join(run.path, 'record.json'), ' x');
    expect(() => run.record).toThrow('record.json is damaged: its content does not fit its sum.');
    rmSync(join(run.path, 'record.json'));
    expect(() => run.record).toThrow('record.json is missing.');
  });

  test('have a log that goes on after a torn line and starts anew when it is long', () => {
    const { workspace, run } = open();
    const path = join(run.path, 'log.jsonl');
    const lines = () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(line => line !== '');
    run.log({ phase: 'split', text: 'two\nlines' });
    expect(JSON.parse(lines()[0]!)).toMatchObject({ phase: 'split', text: 'two\nlines' });
    appendFileSync(path, '{"time":"torn');
    workspace.runs.folder(run.id).log({ phase: 'train' });
    expect(lines()).toHaveLength(3);
    expect(JSON.parse(lines()[2]!)).toMatchObject({ phase: 'train' });
    appendFileSync(path, `${'x'.repeat(5 << 20)}\n`);
    run.log({ phase: 'score' });
    expect(lines()).toHaveLength(1);
    expect(statSync(join(run.path, 'log.1.jsonl')).size).toBeGreaterThan(5 << 20);
    expect(existsSync(path)).toBe(true);
  });
});
