import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { simulateToFolder } from '../../../src/engine/simulate/simulate.ts';
import type { SimulateContext } from '../../../src/engine/simulate/simulate.ts';
import { planSimulation } from '../../../src/engine/simulate/plan.ts';
import { CellSampler } from '../../../src/engine/simulate/cells.ts';
import { importExample } from '../../../src/engine/simulate/example.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import type { Progress } from '../../../src/shared/model.ts';
import { reference } from '../../support/reference.ts';
import { temporaryFolder } from '../../support/sandbox.ts';

const quiet = (): SimulateContext => ({ signal: new AbortController().signal, progress: () => {} });
const SIZE = { cells: 120, genes: 500, types: 3, seed: 5 };

describe('simulated counts in a folder', () => {
  it('writes the drawn counts as a 10x folder with labels and truth', async () => {
    const out = join(temporaryFolder(), 'deep', 'simulated');
    const seen: Progress[] = [];
    const result = await simulateToFolder(
      reference(),
      { ...SIZE, out },
      { ...quiet(), progress: value => seen.push(value) },
    );
    expect(seen.at(-1)).toMatchObject({ done: 120, of: 120 });
    expect(readdirSync(out).sort()).toEqual([
      'barcodes.tsv.gz',
      'features.tsv.gz',
      'labels.csv',
      'matrix.mtx.gz',
      'truth.json',
    ]);
    const text = (name: string): string[] =>
      gunzipSync(readFileSync(join(out, name)))
        .toString('utf8')
        .trimEnd()
        .split('\n');
    const matrix = text('matrix.mtx.gz');
    expect(matrix[0]).toBe('%%MatrixMarket matrix coordinate integer general');
    expect(matrix[2]).toBe(`500 120 ${result.nonzeros}`);
    expect(matrix).toHaveLength(3 + result.nonzeros);

    const plan = planSimulation(reference(), SIZE);
    const sampler = new CellSampler(plan);
    const block = sampler.block(0, 120);
    const expected: string[] = [];
    for (let r = 0; r < 120; r++) {
      for (let k = block.ptr[r]!; k < block.ptr[r + 1]!; k++) {
        expected.push(`${block.idx[k]! + 1} ${r + 1} ${block.val[k]!}`);
      }
    }
    expect(matrix.slice(3)).toEqual(expected);

    const features = text('features.tsv.gz').map(line => line.split('\t'));
    expect(features.map(fields => fields[0])).toEqual(plan.reference.map(gene => gene.ensembl[0]));
    expect(features[0]![2]).toBe('Gene Expression');
    const labels = readFileSync(join(out, 'labels.csv'), 'utf8').trimEnd().split('\n');
    expect(labels[0]).toBe('cell,cell_type,experiment');
    expect(labels.slice(1).map(line => line.split(',')[0])).toEqual(text('barcodes.tsv.gz'));
    expect(labels[1]!.split(',')[1]).toBe(`Type ${sampler.types[0]! + 1}`);

    const truth = JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')) as {
      programmes: { genes: string[]; sharedByAllTypes: boolean; types: string[] }[];
      cellTypes: { name: string; activity: number[] }[];
      geneTable: { symbol: string; landmark: boolean }[];
    };
    expect(truth.programmes).toHaveLength(plan.programmes.length);
    expect(truth.programmes[0]!.sharedByAllTypes).toBe(true);
    expect(truth.programmes[0]!.genes[0]).toBe(plan.reference[plan.programmes[0]!.genes[0]!]!.symbol);
    expect(truth.geneTable.filter(gene => gene.landmark)).toHaveLength(326);
    expect(truth.cellTypes.map(type => type.name)).toEqual(['Type 1', 'Type 2', 'Type 3']);
  });

  it('leaves a folder with files alone, uses an empty one, and refuses a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    await expect(simulateToFolder(reference(), { ...SIZE, out: folder }, quiet())).rejects.toThrow(
      'is not empty. Choose a new one for the simulated data.',
    );
    await expect(
      simulateToFolder(reference(), { ...SIZE, out: join(folder, 'mine.txt') }, quiet()),
    ).rejects.toThrow('it is not a folder');
    expect(readdirSync(folder)).toEqual(['mine.txt']);
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await simulateToFolder(reference(), { ...SIZE, out: empty }, quiet());
    expect(existsSync(join(empty, 'truth.json'))).toBe(true);
  });

  it('leaves nothing when cancelled', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const work = simulateToFolder(
      reference(),
      { cells: 100_000, genes: 5000, types: 3, seed: 1, out: join(folder, 'out') },
      { signal: stop.signal, progress: () => stop.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the example data set', () => {
  it('is stored once, says that it is simulated, and is the same in every workspace', async () => {
    const workspace = Workspace.open(temporaryFolder(), { appVersion: 'test' });
    const stop = new AbortController();
    const context = { signal: stop.signal, progress: () => stop.abort() };
    await expect(importExample(workspace, reference(), context)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(workspace.datasets.list()).toEqual([]);

    const example = await importExample(workspace, reference(), quiet());
    expect(example).toMatchObject({
      cells: 2000,
      genes: 3000,
      landmarks: 978,
      simulated: true,
      imported: null,
    });
    expect(example.name).toContain('simulated');
    expect(example.types).toHaveLength(6);
    expect(example.experiments.map(e => e.cells)).toEqual([1000, 1000]);
    expect((await importExample(workspace, reference(), quiet())).id).toBe(example.id);
    expect(workspace.datasets.list()).toHaveLength(1);
    workspace.close();

    const other = Workspace.open(temporaryFolder(), { appVersion: 'test' });
    expect((await importExample(other, reference(), quiet())).checksum).toBe(example.checksum);
    other.close();
  });
});
