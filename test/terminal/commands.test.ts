/** The terminal's commands, flags, JSON fields and exit codes, each in a process of its own. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DatasetSummary, InspectReport, RunMetrics, RunSummary } from '../../src/shared/model.ts';
import { testData, withData } from '../support/data.ts';
import { temporaryFolder } from '../support/sandbox.ts';
import { json, startTerminal, terminal } from '../support/terminal.ts';

interface RunResult {
  readonly run: RunSummary;
  readonly metrics: RunMetrics;
  readonly out: string | null;
}
interface Refusal {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly facts: Record<string, unknown>;
  };
}

/** Small enough for a test, all steps of the recipe. */
const SMALL = ['--json', '--quiet', '--set', 'minLibrarySize=0', 'hidden=16', 'epochs=4'];

describe('usage', () => {
  test('an unknown command, a missing argument and an unknown flag leave with 2', async () => {
    const folder = temporaryFolder();
    const all = await Promise.all([
      terminal(folder, 'nonsense'),
      terminal(folder, 'inspect'),
      terminal(folder, 'import', 'x', '--nonsense'),
    ]);
    expect(all.map(f => f.code)).toEqual([2, 2, 2]);
    for (const { err, out } of all) {
      expect(err).not.toBe('');
      expect(out).toBe('');
    }
  });

  test('run --help lists every parameter with its default and meaning', async () => {
    const { code, out } = await terminal(temporaryFolder(), 'run', '--help');
    expect(code).toBe(0);
    for (const key of ['seed', 'minLibrarySize', 'lambda', 'panelEnds', 'hidden'])
      expect(out).toMatch(new RegExp(`^ +${key} `, 'm'));
    expect(out).toContain('Strength of the group lasso');
  });

  test('an unknown parameter is refused before anything is read', async () => {
    const finished = await terminal(temporaryFolder(), 'run', 'nowhere.h5ad', '--set', 'lamda=1', '--json');
    expect(finished.code).toBe(2);
    expect(json<Refusal>(finished).error).toMatchObject({ code: 'BAD_INPUT', facts: { path: 'lamda' } });
    expect(finished.err.trim().split('\n')).toHaveLength(1);
  });

  test('a path that is not there is said in one sentence', async () => {
    const finished = await terminal(
      temporaryFolder(),
      'inspect',
      join(temporaryFolder(), 'missing.csv'),
      '--json',
    );
    expect(finished.code).toBe(2);
    expect(finished.err).toMatch(/missing\.csv/);
    expect(finished.err.trim().split('\n')).toHaveLength(1);
    expect(json<Refusal>(finished).error.message).toBe(finished.err.trim());
  });
});

withData('real files', () => {
  test('inspect reports without storing', async () => {
    const workspace = temporaryFolder();
    const finished = await terminal(
      workspace,
      'inspect',
      testData('pbmc283/filtered_feature_bc_matrix.h5'),
      '--json',
      '--quiet',
    );
    expect(finished).toMatchObject({ code: 0, err: '' });
    expect(json<InspectReport>(finished)).toMatchObject({
      cells: 283,
      genes: 914,
      nonzeros: 82904,
      totalCounts: 352187,
      geneIds: 'ensembl',
      landmarks: 68,
      layer: null,
      warnings: expect.any(Array) as string[],
    });
    expect(json<{ data?: unknown }>(await terminal(workspace, 'runs', 'list', '--json'))).toEqual({
      runs: [],
    });
  });

  test('a broken file leaves with 2 and nothing behind', async () => {
    const workspace = temporaryFolder();
    const finished = await terminal(workspace, 'import', testData('bad/negative_counts.csv'), '--json');
    expect(finished.code).toBe(2);
    expect(json<Refusal>(finished).error.message).toContain('negative_counts.csv holds 2 negative values');
    expect(readdirSync(join(workspace, 'datasets'))).toEqual([]);
  });

  test('import, run, export, repeat from run.json, diff, delete', async () => {
    const workspace = temporaryFolder();
    const out = join(temporaryFolder(), 'out');
    const h5ad = testData('pbmc3k/small_data_raw_counts.h5ad');
    const imported = json<DatasetSummary>(
      await terminal(workspace, 'import', h5ad, '--label-column', 'celltype', '--json', '--quiet'),
    );
    expect(imported).toMatchObject({
      cells: 2700,
      genes: 2000,
      nonzeros: 214939,
      roles: { type: 'celltype' },
    });

    const first = await terminal(
      workspace,
      'run',
      '--dataset',
      imported.id,
      '--preset',
      'quick',
      '--seed',
      '3',
      '--out',
      out,
      ...SMALL,
    );
    expect(first.err).toBe('');
    const { run, metrics } = json<RunResult>(first);
    expect(run).toMatchObject({ status: 'done', seed: 3, preset: 'quick' });
    expect(metrics.models.map(m => m.id)).toEqual([
      'mean',
      'linear-l1000',
      'dnn-l1000',
      'select',
      'linear-f910',
      'dnn-f910',
    ]);
    expect(metrics.preprocess).toMatchObject({ genesKept: 341, landmarksKept: 26 });
    expect(JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'))).toEqual(metrics);

    const again = json<RunResult>(
      await terminal(workspace, 'run', join(out, 'run.json'), '--json', '--quiet'),
    );
    expect(again.metrics.models.map(m => m.mse)).toEqual(metrics.models.map(m => m.mse));
    const diff = json<{ sameData: boolean; params: unknown[]; panel: { jaccard: number } }>(
      await terminal(workspace, 'runs', 'diff', run.id, again.run.id, '--json'),
    );
    expect(diff).toMatchObject({ sameData: true, params: [], panel: { jaccard: 1 } });

    const deleted = await terminal(workspace, 'runs', 'delete', again.run.id, '--json');
    expect(deleted.code).toBe(0);
    expect(
      json<{ runs: RunSummary[] }>(await terminal(workspace, 'runs', 'list', '--json')).runs.map(r => r.id),
    ).toEqual([run.id]);
    expect((await terminal(workspace, 'runs', 'show', again.run.id)).code).toBe(2);
  });

  test('without a cell filter that fits, the run is refused with a value that would', async () => {
    const finished = await terminal(
      temporaryFolder(),
      'run',
      testData('pbmc3k/small_data_raw_counts.h5ad'),
      '--json',
      '--quiet',
    );
    expect(finished.code).toBe(2);
    expect(finished.err).toContain('minLibrarySize');
  });

  test('Ctrl-C leaves with 130 and a run that can be resumed', async () => {
    const workspace = temporaryFolder();
    const h5ad = testData('pbmc3k/small_data_raw_counts.h5ad');
    const going = startTerminal(workspace, [
      'run',
      h5ad,
      '--set',
      'minLibrarySize=0',
      'embeddings=false',
      'epochs=500',
      'patience=500',
    ]);
    await new Promise<void>(resolve => {
      going.process.stderr!.on('data', (data: Buffer) => {
        if (data.toString().includes('Network')) resolve();
      });
    });
    going.process.kill('SIGINT');
    const stopped = await going.finished;
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('runs resume');
    const { runs } = json<{ runs: RunSummary[] }>(await terminal(workspace, 'runs', 'list', '--json'));
    expect(runs).toMatchObject([{ status: 'cancelled' }]);
  });
});

test('simulate writes a data set that inspect recognises', async () => {
  const out = join(temporaryFolder(), 'sim');
  const args = [
    '--cells',
    '60',
    '--genes',
    '200',
    '--types',
    '3',
    '--seed',
    '5',
    '--out',
    out,
    '--json',
    '--quiet',
  ];
  const workspace = temporaryFolder();
  expect((await terminal(workspace, 'simulate', ...args)).code).toBe(0);
  for (const name of ['labels.csv', 'truth.json']) expect(existsSync(join(out, name))).toBe(true);
  const report = json<InspectReport>(await terminal(workspace, 'inspect', out, '--json', '--quiet'));
  expect(report).toMatchObject({ cells: 60, genes: 200, geneIds: 'ensembl' });
});

test('without the native engine WebAssembly does the whole recipe, and every place says so', async () => {
  const [workspace, data] = [temporaryFolder(), join(temporaryFolder(), 'sim')];
  const wasm = (...args: string[]) => startTerminal(workspace, args, { F910_ENGINE: 'wasm' }).finished;
  await wasm('simulate', '--cells', '150', '--genes', '300', '--types', '2', '--out', data, '--quiet');
  const run = json<RunResult>(await wasm('run', data, '--preset', 'quick', ...SMALL, 'embeddings=false'));
  expect(run.metrics.engine.name).toBe('wasm');
  expect(run.metrics.models.map(m => m.id)).toContain('dnn-f910');
  const doctor = await wasm('doctor', '--json');
  expect(json<{ engine: unknown }>(doctor).engine).toMatchObject({ native: false, name: 'wasm' });
});

test('a workspace that cannot be used is told with what to do', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'not a folder');
  const finished = await terminal(file, 'runs', 'list', '--json');
  expect(finished.code).toBe(1);
  expect(json<Refusal>(finished).error.code).toBe('WORKSPACE');
});

describe('lists of genes', () => {
  test('each entry is named for what it is, from standard input as well as from a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'list.txt'), 'TP53\n1-Mar\nMLL\n');
    const finished = await terminal(folder, 'genes', join(folder, 'list.txt'), '--json');
    expect(finished.code).toBe(0);
    const { entries } = json<{ entries: { status: string }[] }>(finished);
    expect(entries.map(({ status }) => status)).toEqual(['found', 'date', 'renamed']);
  });

  test('enrichment needs a background, and gives a table of all tested sets', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'list.txt'), 'TP53 BRCA1 BRCA2');
    writeFileSync(join(folder, 'all.txt'), 'TP53 BRCA1 BRCA2 EGFR MYC GAPDH');
    writeFileSync(join(folder, 'own.gmt'), 'mine\tx\tTP53\tBRCA1\nrest\ty\tEGFR\tMYC\tBRCA2\n');
    const list = join(folder, 'list.txt');
    const without = await terminal(folder, 'enrich', list, '--json');
    expect(without.code).toBe(2);
    expect(json<Refusal>(without).error.message).toContain('--run, --dataset or --background');
    const sets = [
      '--gmt',
      join(folder, 'own.gmt'),
      '--smallest',
      '1',
      '--csv',
      '--out',
      join(folder, 'out.csv'),
    ];
    const finished = await terminal(
      folder,
      'enrich',
      '--genes',
      list,
      '--background',
      join(folder, 'all.txt'),
      ...sets,
    );
    expect(finished.code).toBe(0);
    expect(readFileSync(join(folder, 'out.csv'), 'utf8').replaceAll('\r\n', '\n')).toBe(finished.out);
    const [header, ...rows] = finished.out.trim().split('\n');
    expect(header).toMatch(/^list,id,name,namespace,overlap,/);
    expect(rows.map(row => row.split(',').slice(0, 5))).toEqual([
      ['list.txt', 'mine', 'x', 'sets', '2'],
      ['list.txt', 'rest', 'y', 'sets', '1'],
    ]);
  });

  test('landmarks say how they were found and which the filter loses', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'counts');
    await terminal(
      folder,
      'simulate',
      '--cells',
      '60',
      '--genes',
      '200',
      '--types',
      '2',
      '--out',
      out,
      '--quiet',
    );
    const { id } = json<DatasetSummary>(await terminal(folder, 'import', out, '--json', '--quiet'));
    const finished = await terminal(
      folder,
      'landmarks',
      id,
      '--json',
      '--quiet',
      '--set',
      'minLibrarySize=0',
      'minCells=30',
    );
    expect(finished.code).toBe(0);
    const report = json<{
      present: string[];
      found: { by: string }[];
      filter: { landmarksKept: number; lostLandmarks: unknown[] };
    }>(finished);
    expect(report.found).toHaveLength(report.present.length);
    expect(report.found.every(({ by }) => by === 'ensembl')).toBe(true);
    expect(report.filter.landmarksKept + report.filter.lostLandmarks.length).toBe(report.present.length);
  });
});
