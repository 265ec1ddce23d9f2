/**
 * Killed at twenty random moments of import and run: the workspace opens every time, nothing half-written is listed, and
 * resuming ends with the same numbers as a run that nobody disturbed.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { Workspace } from '../../src/engine/workspace/workspace.ts';
import type { RunMetrics, RunSummary } from '../../src/shared/model.ts';
import { temporaryFolder } from '../support/sandbox.ts';
import { json, startTerminal, terminal } from '../support/terminal.ts';

const RECIPE = [
  '--preset',
  'quick',
  '--seed',
  '7',
  '--set',
  'minLibrarySize=0',
  'minCells=3',
  'hidden=64',
  'epochs=25',
  'patience=25',
];

/** All that must not depend on when the run was disturbed: everything but identities and times. */
function numbers({ dataset, models, seconds: _all, ...rest }: RunMetrics) {
  return { ...rest, checksum: dataset.checksum, models: models.map(({ seconds: _own, ...model }) => model) };
}

test('twenty kills', { timeout: 400_000 }, async () => {
  const data = join(temporaryFolder(), 'sim');
  await terminal(
    temporaryFolder(),
    'simulate',
    '--cells',
    '500',
    '--genes',
    '400',
    '--types',
    '3',
    '--out',
    data,
    '--quiet',
  );
  const labels = ['--labels', join(data, 'labels.csv')];

  const calm = temporaryFolder();
  const started = performance.now();
  const undisturbed = await terminal(calm, 'run', data, ...labels, ...RECIPE, '--json', '--quiet');
  expect(undisturbed).toMatchObject({ code: 0 });
  const whole = performance.now() - started;
  const expected = numbers(json<{ metrics: RunMetrics }>(undisturbed).metrics);

  const workspace = temporaryFolder();
  const random = createRandom(11, 'kills');
  let id: string | null = null;
  for (let kill = 0; kill < 20; kill++) {
    const args: string[] = id === null ? ['run', data, ...labels, ...RECIPE] : ['runs', 'resume', id];
    const { process: child, finished } = startTerminal(workspace, [...args, '--quiet']);
    await Promise.race([wait(random.next() * whole * (id === null ? 1 : 0.6)), finished]);
    child.kill('SIGKILL');
    await finished;

    const open = Workspace.open(workspace, { appVersion: 'test' });
    const runs: RunSummary[] = open.runs.list();
    for (const dataset of open.datasets.list()) {
      open.datasets.open(dataset.id).close();
      expect(dataset.cells).toBe(500);
    }
    expect(readdirSync(join(workspace, 'datasets')).sort()).toEqual(
      open.datasets
        .list()
        .map(d => d.id)
        .sort(),
    );
    for (const run of runs) expect(['interrupted', 'done', 'cancelled']).toContain(run.status);
    const problems = (await open.check(AbortSignal.timeout(60_000))).filter(check => !check.ok);
    expect(problems).toEqual([]);
    open.close();
    id = runs.find(run => run.status === 'interrupted')?.id ?? null;
  }

  if (id === null) {
    const last = await terminal(workspace, 'run', data, ...labels, ...RECIPE, '--json', '--quiet');
    expect(numbers(json<{ metrics: RunMetrics }>(last).metrics)).toEqual(expected);
    return;
  }
  const resumed = await terminal(workspace, 'runs', 'resume', id, '--json', '--quiet');
  expect(resumed).toMatchObject({ code: 0 });
  expect(numbers(json<{ metrics: RunMetrics }>(resumed).metrics)).toEqual(expected);
});
