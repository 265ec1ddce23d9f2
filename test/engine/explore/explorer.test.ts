import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import { Explorer } from '../../../src/engine/explore/explorer.ts';
import { Workspace } from '../../../src/engine/workspace/workspace.ts';
import {
  exploreInputs,
  MAP_DEFAULTS,
  type MapsProgress,
  type MapsRequest,
} from '../../../src/shared/explore.ts';
import { testEnvironment } from '../../support/environment.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { metaFor } from '../workspace/fixtures.ts';

const CELLS = 240;
const GENES = 80;

/** Counts of three types; the last two genes are mitochondrial. */
function counts(): MemoryRows {
  const random = createRandom(3, 'explore');
  const ptr = new Float64Array(CELLS + 1);
  const idx: number[] = [];
  const val: number[] = [];
  for (let c = 0; c < CELLS; c++) {
    for (let g = 0; g < GENES; g++) {
      const count = random.nextInt(g % 3 === c % 3 ? 60 : 6);
      if (count === 0) continue;
      idx.push(g);
      val.push(count);
    }
    ptr[c + 1] = idx.length;
  }
  return new MemoryRows(GENES, ptr, Uint32Array.from(idx), Float32Array.from(val));
}

function setUp() {
  const folder = temporaryFolder();
  const workspace = Workspace.open(folder, { appVersion: '0.0.0-test' });
  onTestFinished(() => workspace.close());
  const rows = counts();
  const writer = workspace.datasets.create();
  writer.rows(rows.read(0, CELLS));
  const meta = metaFor(rows);
  const symbol = meta.genes.symbol.map((name, g) => (g >= GENES - 2 ? `MT-${name}` : name));
  const summary = writer.finish({
    ...meta,
    genes: { ...meta.genes, symbol },
    roles: { ...meta.roles, type: null },
  });
  const request: MapsRequest = {
    datasetId: summary.id,
    preset: 'paper',
    params: { minLibrarySize: 100 },
    settings: MAP_DEFAULTS,
  };
  const explorer = new Explorer(workspace, testEnvironment(folder));
  return { folder, workspace, rows, summary, request, explorer };
}

const quiet = () => ({ signal: new AbortController().signal, progress: () => undefined });

describe('maps of a data set', () => {
  it('come in parts while they settle, and are there at once the next time', async () => {
    const { folder, workspace, request, explorer, summary, rows } = setUp();
    expect(explorer.look(request)).toMatchObject({ maps: null, run: null, cells: CELLS });
    const seen: MapsProgress[] = [];
    const maps = await explorer.compute(request, { ...quiet(), progress: p => seen.push(p) });
    const part = (key: keyof MapsProgress): MapsProgress | undefined => seen.find(p => p[key] !== undefined);
    expect(part('shown')!.shown!.cells).toEqual(maps.shown.cells);
    // Parts arrive on the way; the last of each is what is kept.
    for (let k = 0; k < 2 * CELLS; k++) {
      expect(part('pca')!.pca!.points[k]).toBeCloseTo(maps.pca.points[k]!, 5);
    }
    expect(part('clusters')!.clusters).toEqual(maps.clusters);
    expect(seen.findLast(p => p.tsne)!.tsne).toEqual(maps.tsne);
    expect(seen.findLast(p => p.umap)!.umap).toEqual(maps.umap);
    expect(maps.tsne).toMatchObject({ done: 1000, of: 1000 });
    expect(maps.shown.total).toBe(CELLS);
    const { ptr, idx, val } = rows.gather([maps.shown.cells[5]!]);
    const sum = (from: number): number =>
      val.slice(0, ptr[1]).reduce((total, v, e) => total + (idx[e]! >= from ? v : 0), 0);
    expect(maps.shown.librarySize[5]).toBe(sum(0));
    expect(maps.shown.mitochondrial[5]).toBeCloseTo(sum(GENES - 2) / sum(0), 6);

    expect(explorer.look(request).maps).toEqual(maps);
    // Another engine on the same workspace finds them on disk; other settings are other maps.
    const other = new Explorer(workspace, testEnvironment(folder));
    expect(other.look(request).maps).toEqual(maps);
    expect(other.look({ ...request, settings: { ...MAP_DEFAULTS, seed: 5 } }).maps).toEqual(maps);
    expect(other.look({ ...request, params: { minLibrarySize: 101 } }).maps).toBeNull();
    expect(other.look({ ...request, settings: { ...MAP_DEFAULTS, perplexity: 20 } }).maps).toBeNull();
    expect(await workspace.datasets.verify(summary.id, quiet().signal)).toEqual([]);
  });

  it('are kept where they are when one is stopped, and go on to their end when asked again', async () => {
    const { request, explorer } = setUp();
    const progress = (p: MapsProgress): void => {
      if (p.tsne !== undefined) explorer.stop(request.datasetId, 'tsne');
    };
    const maps = await explorer.compute(request, { ...quiet(), progress });
    expect(maps.tsne.done).toBeGreaterThan(0);
    expect(maps.tsne.done).toBeLessThan(maps.tsne.of);
    expect(maps.tsne.points.length).toBe(2 * maps.shown.cells.length);
    expect(maps.umap.done).toBe(maps.umap.of);
    expect(explorer.look(request).maps).toEqual(maps);
    const whole = await explorer.compute(request, quiet());
    expect(whole.tsne.done).toBe(whole.tsne.of);
    expect(whole.umap).toEqual(maps.umap);
  });

  it('are nothing when they are cancelled, and the next computation is whole', async () => {
    const { request, explorer } = setUp();
    const stop = new AbortController();
    const cancelled = explorer.compute(request, {
      signal: stop.signal,
      progress: p => p.pca && stop.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(explorer.look(request).maps).toBeNull();
  });

  it('say in a sentence why there are none', async () => {
    const { request, explorer } = setUp();
    const strict = { ...request, params: { minLibrarySize: 1e9 } };
    await expect(explorer.compute(strict, quiet())).rejects.toMatchObject({ code: 'NOT_POSSIBLE' });
  });
});

describe('values of a gene', () => {
  it('are normalised and logged as the recipe would, with and without maps', async () => {
    const { request, explorer, rows } = setUp();
    const cells = Int32Array.from([1, 7, 200]);
    const before = await explorer.gene({ ...request, cells, gene: 'GENE7' }, quiet());
    expect(before.scale).toBe('log10 of counts per 10,000 + 1');
    const { idx, val, ptr } = rows.gather([7]);
    const total = val.slice(0, ptr[1]).reduce((a, b) => a + b, 0);
    const count = val[idx.indexOf(7)] ?? 0;
    expect(before.values[1]).toBeCloseTo(Math.log10((10_000 * count) / total + 1), 5);
    await explorer.compute(request, quiet());
    expect(await explorer.gene({ ...request, cells, gene: 'GENE7' }, quiet())).toEqual(before);
    await expect(explorer.gene({ ...request, cells, gene: 'NOPE' }, quiet())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('labels of one’s own', () => {
  it('stand beside the data set, which stays as it was', async () => {
    const { workspace, explorer, summary } = setUp();
    const codes = new Int32Array(CELLS).fill(-1);
    codes[3] = 0;
    const put = { datasetId: summary.id, name: 'mine', column: { levels: ['odd'], codes } };
    expect(explorer.putLabels(put)).toEqual([{ name: 'mine', levels: ['odd'], codes }]);
    expect(explorer.dataset(summary.id).own).toEqual([{ name: 'mine', levels: ['odd'], codes }]);
    expect(explorer.dataset(summary.id).columns.map(c => c.name)).toEqual(['kind', 'day']);
    expect(await workspace.datasets.verify(summary.id, quiet().signal)).toEqual([]);
    expect(() => explorer.putLabels({ ...put, name: 'kind' })).toThrow(/came with a column "kind"/);
    expect(() => explorer.putLabels({ ...put, column: { levels: [], codes } })).toThrow(/does not list/);
    expect(explorer.putLabels({ ...put, column: null })).toEqual([]);
  });

  it('and the maps come back from the bin with their data set, and a deleted one leaves no shell', () => {
    const { folder, workspace, explorer, summary } = setUp();
    const codes = new Int32Array(CELLS);
    explorer.putLabels({ datasetId: summary.id, name: 'mine', column: { levels: ['all'], codes } });
    workspace.datasets.delete(summary.id);
    expect(() => explorer.putLabels({ datasetId: summary.id, name: 'mine', column: null })).toThrow(
      /no data set/,
    );
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
    workspace.bin.restore(workspace.bin.list()[0]!.entry);
    expect(explorer.dataset(summary.id).own[0]!.levels).toEqual(['all']);
  });
});

describe('a subset', () => {
  it('is a data set of its own that says what it was made from', async () => {
    const { workspace, explorer, summary, rows } = setUp();
    const codes = Int32Array.from({ length: CELLS }, (_, c) => (c < 10 ? 1 : 0));
    explorer.putLabels({ datasetId: summary.id, name: 'mine', column: { levels: ['rest', 'few'], codes } });
    const input = exploreInputs.subset.parse({
      datasetId: summary.id,
      name: ' Few ',
      cells: Int32Array.from([9, 4, 4, 0]),
    });
    const made = await explorer.subset(input, quiet());
    expect(made).toMatchObject({
      name: 'Few',
      cells: 3,
      genes: GENES,
      madeFrom: { id: summary.id, checksum: summary.checksum, cells: CELLS },
    });
    expect(made.warnings[0]).toBe('Made from "Blood": 3 cells of its 240, selected in Explore.');
    expect(workspace.datasets.get(made.id)).toEqual(made);
    const stored = workspace.datasets.open(made.id);
    onTestFinished(() => stored.close());
    expect(stored.cellNames).toEqual(['cell 0', 'cell 4', 'cell 9']);
    expect(stored.rows.read(0, 3)).toEqual(rows.gather([0, 4, 9]));
    const mine = stored.columns.find(column => column.name === 'mine')!;
    expect(mine).toEqual({ name: 'mine', levels: ['few'], codes: new Int32Array(3) });
  });

  it('of nothing or of cells that are not there is refused, and a cancelled one leaves nothing', async () => {
    const { workspace, explorer, summary } = setUp();
    const of = (cells: number[]) => ({ datasetId: summary.id, name: 'x', cells: Int32Array.from(cells) });
    await expect(explorer.subset(of([]), quiet())).rejects.toThrow(/No cell is selected/);
    await expect(explorer.subset(of([CELLS]), quiet())).rejects.toThrow(/not in the data set/);
    await expect(
      explorer.subset(of([1, 2]), { ...quiet(), signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(workspace.datasets.list().length).toBe(1);
  });
});
