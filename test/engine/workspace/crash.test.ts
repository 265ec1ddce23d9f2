import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { openWorkspace, startRun, store } from './fixtures.ts';

const WORKSPACE = fileURLToPath(new URL('../../../src/engine/workspace/workspace.ts', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../support/workspace-writer.ts', import.meta.url));
// A killed process writes no compile cache; one that ends by itself makes it, and the others start twice as fast.
const cache = mkdtempSync(join(tmpdir(), 'f910-test-'));
const env = { ...process.env, NODE_COMPILE_CACHE: cache };
beforeAll(() => void execFileSync(process.execPath, [WORKSPACE], { env }));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const never = new AbortController().signal;

interface Writer {
  readonly pid: number;
  /** Everything it said it had finished. */
  readonly lines: string[];
  kill(): Promise<void>;
}

/** Starts a process that writes without pause, and waits until it works. */
async function startWriter(folder: string, seed: number, ...more: string[]): Promise<Writer> {
  const child = spawn(process.execPath, [SCRIPT, folder, String(seed), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const closed = once(child, 'close');
  reader.on('line', line => lines.push(line));
  await Promise.race([once(reader, 'line'), closed]);
  expect(lines[0], 'the writer has started').toBe('ready');
  return {
    pid: child.pid!,
    lines,
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Everything listed opens and verifies, nothing else is visible, and what was finished is there. */
async function expectSound(folder: string, lines: readonly string[]): Promise<void> {
  const workspace = Workspace.open(folder, { appVersion: '1.2.3' });
  try {
    const datasets = workspace.datasets.list();
    expect(readdirSync(join(folder, 'datasets')).sort()).toEqual(datasets.map(({ id }) => id).sort());
    for (const { id, cells } of datasets) {
      const open = workspace.datasets.open(id);
      expect(open.rows.read(0, cells).rows).toBe(cells);
      open.close();
    }
    const runs = workspace.runs.list();
    expect(readdirSync(join(folder, 'runs')).sort()).toEqual(runs.map(({ id }) => id).sort());
    for (const summary of runs) {
      const run = workspace.runs.folder(summary.id);
      expect(run.record.summary).toEqual(summary);
      expect(['done', 'interrupted']).toContain(summary.status);
      const state = run.readJson<{ epoch: number; text: string }>('state.json');
      if (state !== null) expect(state.text).toHaveLength(2000);
      const checkpoint = run.readBytes('checkpoint.bin');
      if (checkpoint !== null) expect(checkpoint).toHaveLength(24_000);
      expect(readdirSync(run.path).filter(name => name.startsWith('.'))).toEqual([]);
    }
    // Reads all sizes and sums.
    const checks = await workspace.check(never);
    expect(checks.filter(check => !check.ok && check.name !== 'Free disk space')).toEqual([]);

    const said = (word: string) =>
      lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length + 1));
    const deleting = new Set(said('deleting'));
    const status = new Map([
      ...datasets.map(({ id }) => [id, 'stored']),
      ...runs.map(run => [run.id, run.status]),
    ] as [string, string][]);
    for (const word of ['stored', 'done']) {
      for (const id of said(word)) if (!deleting.has(id)) expect([id, status.get(id)]).toEqual([id, word]);
    }
    for (const entry of workspace.bin.list()) workspace.bin.restore(entry.entry);
  } finally {
    workspace.close();
  }
  expect(readdirSync(join(folder, 'staging'))).toEqual([]);
}

test('processes killed at any moment leave nothing half written and lose nothing finished', async () => {
  const folder = temporaryFolder();
  const random = createRandom(1, 'kill');
  for (let round = 0; round < 10; round++) {
    const writers = await Promise.all([startWriter(folder, 2 * round), startWriter(folder, 2 * round + 1)]);
    for (const writer of writers) {
      await wait(random.nextInt(80));
      await writer.kill();
    }
    await expectSound(
      folder,
      writers.flatMap(({ lines }) => lines),
    );
  }
}, 60_000);

test('two processes write at once; killing one does not disturb the other', async () => {
  const folder = temporaryFolder();
  const [first, second] = await Promise.all([startWriter(folder, 101), startWriter(folder, 102)]);
  const workspace = openWorkspace(folder);
  await wait(150);
  await first.kill();
  const before = second.lines.length;
  for (let patience = 0; second.lines.length < before + 8 && patience < 200; patience++) await wait(25);
  expect(second.lines.length).toBeGreaterThanOrEqual(before + 8);

  // This process, a third one, works with both of theirs meanwhile.
  const mine = store(workspace);
  startRun(workspace, mine.id);
  const running = workspace.runs.list().filter(run => run.status === 'running');
  expect(running.length).toBeLessThanOrEqual(2);
  await second.kill();
  workspace.close();
  await expectSound(folder, [...first.lines, ...second.lines]);
}, 60_000);

test('a run of another live process can be neither claimed, ended nor deleted until that process is gone', async () => {
  const folder = temporaryFolder();
  const workspace = openWorkspace(folder);
  const other = await startWriter(folder, 7, 'hold');
  while (!other.lines.some(line => line.startsWith('started '))) await wait(5);
  const id = workspace.runs.list()[0]!.id;
  expect(workspace.runs.get(id).status).toBe('running');
  expect(() => workspace.runs.claim(id)).toThrow(
    `is being worked on by another F910 Studio (process ${other.pid})`,
  );
  expect(() => workspace.runs.update(id, { status: 'failed' })).toThrow(
    'is being worked on by another F910 Studio',
  );
  expect(() => workspace.runs.delete(id)).toThrow('is running. Stop it first, then delete it.');
  const { datasetId } = workspace.runs.get(id);
  expect(() => workspace.datasets.delete(datasetId)).toThrow('is in use by');

  await other.kill();
  expect(workspace.runs.get(id)).toMatchObject({ status: 'interrupted' });
  expect(workspace.runs.claim(id).record.summary).toMatchObject({ status: 'running', error: null });
}, 60_000);

test('what a killed process had under way is cleared away', async () => {
  const folder = temporaryFolder();
  const writer = await startWriter(folder, 3);
  const before = readdirSync(join(folder, 'staging'));
  expect(before.some(name => name.startsWith(`${writer.pid}-`))).toBe(true);
  await writer.kill();
  openWorkspace(folder);
  const after = readdirSync(join(folder, 'staging'));
  expect(after.filter(name => name.startsWith(`${writer.pid}-`))).toEqual([]);
  expect(after.filter(name => name.startsWith(`${process.pid}-`))).toHaveLength(2);
});
