import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeAtomic, writeJson } from '../../../src/engine/workspace/atomic.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { AppError, isAppError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { metaFor, openWorkspace, randomRows, startRun, store } from './fixtures.ts';

describe('a file written whole or not at all', () => {
  test('replaces the old one and leaves nothing beside it', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'ä b.json');
    writeJson(path, { a: 1 });
    expect(writeAtomic(path, 'text')).toEqual({
      bytes: 4,
      sha256: '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1',
    });
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(readdirSync(folder)).toEqual(['ä b.json']);
  });

  test('keeps the old one when its content fails half way', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'weights.bin');
    writeAtomic(path, 'old');
    function* failing(): Iterable<Uint8Array> {
      yield new Uint8Array(3_000_000);
      throw new AppError('CANCELLED', 'Training was cancelled.', { what: 'Training' });
    }
    expect(() => writeAtomic(path, failing())).toThrow('Training was cancelled.');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['weights.bin']);
  });

  test('says which folder is missing', () => {
    expect(() => writeAtomic(join(temporaryFolder(), 'none', 'a.txt'), 'x')).toThrow('is missing from');
  });
});

/** A disk of 4 MB, or null where this account may not mount one. */
function smallDisk(): string | null {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** Fills the disk to the last byte. @returns what makes room again */
function fill(disk: string): () => void {
  const path = join(disk, 'filler');
  for (let size = statfsSync(disk).bavail * statfsSync(disk).bsize; size > 0; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, new Uint8Array(size), { flag: 'a' });
    } catch {
      // Full already; the smaller pieces that follow take what is left.
    }
  }
  return () => rmSync(path);
}

describe('a full disk', () => {
  const full = (work: () => unknown): void => {
    let caught: unknown;
    try {
      work();
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'NO_ROOM'), String(caught)).toBe(true);
    expect(String(caught)).toMatch(
      /The disk is full: .+ could not be written to .+\. Free some space on that disk/,
    );
  };

  test('stops an import and a run with a sentence, and the workspace is as before', async ({ skip }) => {
    const disk = smallDisk();
    if (disk === null) return skip('needs the right to mount a small disk');
    const folder = join(disk, 'workspace');
    const workspace = Workspace.open(folder, { appVersion: '1.2.3' });
    onTestFinished(() => workspace.close());
    const dataset = store(workspace);
    const run = startRun(workspace, dataset.id);
    run.writeJson('state.json', { epoch: 1 });

    const large = randomRows(3000, 1200, 4);
    full(() => store(workspace, large));
    const makeRoom = fill(disk);
    full(() => store(workspace, randomRows(300, 100, 5)));
    full(() => run.writeBytes('checkpoint.bin', new Uint8Array(100_000)));
    full(() => run.writeJson('state.json', { epoch: 2, text: 'x'.repeat(50_000) }));
    full(() => startRun(workspace, dataset.id));
    expect(workspace.datasets.list()).toEqual([dataset]);
    expect(run.readJson('state.json')).toEqual({ epoch: 1 });
    expect(readdirSync(join(folder, 'datasets'))).toEqual([dataset.id]);
    expect(readdirSync(join(folder, 'runs'))).toEqual([run.id]);
    const checks = await workspace.check(new AbortController().signal);
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['Free disk space']);

    makeRoom();
    expect(workspace.runs.update(run.id, { status: 'failed', error: 'The disk is full.' }).status).toBe(
      'failed',
    );
    expect(store(workspace, randomRows(20, 10, 6)).cells).toBe(20);
  });
});

test('temporary folders are on the disk of the workspace and go with it', () => {
  const folder = temporaryFolder();
  const workspace = openWorkspace(folder);
  const one = workspace.temporary();
  const two = workspace.temporary();
  expect(one.folder.startsWith(join(folder, 'staging'))).toBe(true);
  writeFileSync(join(one.folder, 'a'), 'x');
  one.remove();
  one.remove();
  writeFileSync(join(two.folder, 'b'), 'x');
  const writer = workspace.datasets.create();
  writer.rows(randomRows(2, 2, 1).read(0, 2));
  expect(metaFor(randomRows(2, 2, 1)).cellNames).toHaveLength(writer.cells);
  writer.discard();
  workspace.close();
  expect(readdirSync(join(folder, 'staging'))).toEqual([]);
});
