/** The procedures of the Quality place, on made-up counts and on real ones, against scran.js and the preprocessing. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as scran from 'scran.js';
import { describe, expect, it } from 'vitest';
import { perCellQc } from '../../../src/engine/embed/embed.ts';
import { cellMatrix, Scope } from '../../../src/engine/embed/scran-objects.ts';
import { shareRows } from '../../../src/engine/embed/shared-matrix.ts';
import { importFiles } from '../../../src/engine/import/import.ts';
import { qualityHandlers } from '../../../src/engine/quality/handlers.ts';
import { preprocess } from '../../../src/engine/steps/preprocess.ts';
import type { Workspace } from '../../../src/engine/workspace/workspace.ts';
import { parseParams } from '../../../src/shared/params.ts';
import type { CellQuality, GeneFilterPreview } from '../../../src/shared/quality/model.ts';
import { isMitochondrial } from '../../../src/shared/quality/filters.ts';
import { outlierThresholds } from '../../../src/shared/quality/suggest.ts';
import { testData, withData } from '../../support/data.ts';
import { testEnvironment } from '../../support/environment.ts';
import { reference } from '../../support/reference.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { context } from '../steps/support.ts';
import { metaFor, openWorkspace, randomRows, store } from '../workspace/fixtures.ts';

/** Of scran.js; one entry for the one block of cells. */
interface Filters {
  sum(): Float64Array;
  detected(): Float64Array;
  subsetProportion(subset: number): Float64Array;
}

const CELLS = 210;
const GENES = 60;
const rows = randomRows(CELLS, GENES, 5);
const genes = { ...metaFor(rows).genes };
const withMitochondria = {
  genes: { ...genes, symbol: genes.name.map((name, g) => (g % 10 === 3 ? `MT-${name}` : name)) },
};

/** The 13 protein-coding genes of the mitochondrial genome. */
const MITOCHONDRIAL = new Set(
  '198888 198763 198804 198712 228253 198899 198938 198840 212907 198886 198786 198695 198727'
    .split(' ')
    .map(number => `ENSG00000${number}`),
);

function prepared(changes: Parameters<typeof store>[2] = withMitochondria) {
  const workspace = openWorkspace(temporaryFolder());
  const { id } = store(workspace, rows, changes);
  return { workspace, id, folder: workspace.datasets.folder(id), ...ways(workspace, id) };
}

function ways(workspace: Workspace, id: string) {
  const handlers = qualityHandlers(workspace);
  return {
    cells: async (with_ = context()): Promise<CellQuality> => handlers['quality.cells']({ id }, with_),
    genes: async (params: Record<string, unknown>, with_ = context()): Promise<GeneFilterPreview> =>
      handlers['quality.genes']({ id, preset: 'paper', params }, with_),
    balanced: async (maxCellsPerType: number) =>
      handlers['quality.balanced']({ id, seed: 1, maxCellsPerType }, context()),
  };
}

describe('quality of cells', () => {
  it('is what the counts say, cell by cell', async () => {
    const { cells } = prepared();
    const quality = await cells();
    expect(quality.mitochondrialGenes).toBe(6);
    for (let c = 0; c < CELLS; c++) {
      const { idx, val } = rows.read(c, c + 1);
      const sum = val.reduce((a, b) => a + b, 0);
      const mitochondrial = val.reduce((a, v, e) => a + (idx[e]! % 10 === 3 ? v : 0), 0);
      expect(quality.librarySize[c]).toBe(sum);
      expect(quality.detected[c]).toBe(idx.length);
      expect(quality.mitochondrialShare![c]).toBe(sum === 0 ? 0 : mitochondrial / sum);
    }
    expect(quality.type?.name).toBe('kind');
    expect(quality.experiment?.name).toBe('day');
  });

  it('agrees with scran.js', async () => {
    const { cells } = prepared();
    const quality = await cells();
    const environment = testEnvironment(temporaryFolder());
    const quiet = { signal: new AbortController().signal, progress: () => {} };
    const scran = await perCellQc(rows, withMitochondria.genes.symbol, environment, quiet);
    expect([...quality.detected]).toEqual([...scran.detected]);
    expect([...quality.librarySize]).toEqual([...scran.librarySize]);
    quality.mitochondrialShare!.forEach((share, c) => {
      if (quality.librarySize[c]! > 0) expect(share).toBeCloseTo(scran.mitochondrialShare![c]!, 12);
    });
  });

  it('is computed once and kept beside the data set', async () => {
    const { cells, folder, workspace, id } = prepared();
    const first = context();
    const made = await cells(first);
    expect(first.seen.length).toBeGreaterThan(0);
    const second = context();
    expect(await cells(second)).toEqual(made);
    expect(second.seen).toEqual([]);
    // The data set is as sound as before.
    expect(await workspace.datasets.verify(id, second.signal)).toEqual([]);

    const bytes = readFileSync(join(folder, 'quality.bin'));
    bytes[5]! ^= 1;
    writeFileSync(join(folder, 'quality.bin'), bytes);
    const third = context();
    expect(await cells(third)).toEqual(made);
    expect(third.seen.length).toBeGreaterThan(0);
    writeFileSync(join(folder, 'quality.json'), '{"sha256":"","content":{}}');
    expect(await cells()).toEqual(made);
  });

  it('has no mitochondrial share where no gene is named so', async () => {
    const { cells, folder } = prepared({});
    expect((await cells()).mitochondrialShare).toBeNull();
    expect((await cells()).mitochondrialShare).toBeNull();
    expect(statSync(join(folder, 'quality.bin')).size).toBe(12 * CELLS);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { cells, folder } = prepared();
    const stop = new AbortController();
    stop.abort();
    await expect(cells(context(stop.signal))).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(existsSync(join(folder, 'quality.json'))).toBe(false);
  });
});

describe('suggested thresholds', () => {
  it('are those of scran.js', async () => {
    await scran.initialize({ numberOfThreads: 1 });
    const { suggestRnaQcFilters } = scran as unknown as { suggestRnaQcFilters(metrics: unknown): Filters };
    const quiet = { signal: new AbortController().signal, progress: () => {} };
    const symbol = genes.name.map((name, g) => (g % 3 === 0 ? `MT-${name}` : name));
    const flags = Uint8Array.from(symbol, symbol => Number(isMitochondrial(symbol)));
    // Empty cells, of which scran.js takes no logarithm, are left out of both.
    const filled = Int32Array.from([...Array(CELLS).keys()].filter(c => rows.read(c, c + 1).idx.length > 0));
    using scope = new Scope();
    const matrix = scope.keep(cellMatrix(await shareRows(rows, filled, 1, quiet)));
    const metrics = scope.keep(scran.perCellRnaQcMetrics(matrix, [flags]));
    const theirs = suggestRnaQcFilters(metrics);
    const quality = await prepared({ genes: { ...genes, symbol } }).cells();
    const ours = outlierThresholds({
      librarySize: Float64Array.from(filled, c => quality.librarySize[c]!),
      detected: Int32Array.from(filled, c => quality.detected[c]!),
      mitochondrialShare: Float64Array.from(filled, c => quality.mitochondrialShare![c]!),
    });
    expect(ours.minLibrarySize! / theirs.sum()[0]!).toBeCloseTo(1, 9);
    expect(ours.minGenesPerCell! / theirs.detected()[0]!).toBeCloseTo(1, 9);
    expect(ours.maxMitochondrialShare! / theirs.subsetProportion(0)[0]!).toBeCloseTo(1, 9);
  });
});

describe('preview of the gene filter', () => {
  it.each([
    ['as the preset has it', { minLibrarySize: 0 }],
    [
      'with every filter of cells',
      { minLibrarySize: 50, maxLibrarySize: 1200, minGenesPerCell: 3, maxMitochondrialShare: 0.4 },
    ],
    ['with balanced types', { minLibrarySize: 20, maxCellsPerType: 40, minReads: 10, minCells: 12 }],
    ['strict enough to empty cells', { minLibrarySize: 0, minReads: 45, minCells: 4 }],
  ])('says what preprocessing does, %s', async (_, changes) => {
    const { genes: preview, workspace, id } = prepared();
    const shown = await preview(changes);
    const dataset = workspace.datasets.open(id);
    try {
      const [type] = dataset.columns;
      const params = parseParams('paper', changes);
      const labels = { type: type!, experiment: null };
      const { report } = await preprocess(dataset.rows, dataset.genes, labels, params, null, context());
      expect(shown).toMatchObject({
        cellsBalanced: report.cellsBalanced,
        cellsFiltered: report.cellsBalanced - report.cellFilters!.reduce((sum, f) => sum + f.lost, 0),
        cellsKept: report.cellsKept,
        genesIn: report.genesIn,
        genesKept: report.genesKept,
        landmarksIn: report.landmarksIn,
        landmarksKept: report.landmarksKept,
      });
      expect(shown.lostLandmarks.length).toBe(report.landmarksIn - report.landmarksKept);
    } finally {
      dataset.close();
    }
  });

  it('offers gentler settings that keep more landmarks, and they do', async () => {
    const { genes: preview } = prepared();
    const strict = { minLibrarySize: 0, minReads: 30, minCells: 30 };
    const { options, genesKept, landmarksKept, lostLandmarks } = await preview(strict);
    expect(options[0]).toEqual({ minReads: 30, minCells: 30, genes: genesKept, landmarks: landmarksKept });
    expect(options.length).toBeGreaterThan(1);
    const gentle = options.at(-1)!;
    expect(gentle.landmarks).toBeGreaterThan(landmarksKept);
    const then = await preview({ ...strict, minReads: gentle.minReads, minCells: gentle.minCells });
    expect(then).toMatchObject({ genesKept: gentle.genes, landmarksKept: gentle.landmarks });
    for (const lost of lostLandmarks) expect(lost.anyIn).toBeGreaterThanOrEqual(lost.seenIn);
  });

  it('refuses a mitochondrial limit where no gene is mitochondrial, and stops when asked to', async () => {
    const { genes: preview } = prepared({});
    await expect(preview({ maxMitochondrialShare: 0.2 })).rejects.toThrow(/no mitochondrial genes/);
    const stop = new AbortController();
    stop.abort();
    await expect(preview({}, context(stop.signal))).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('filters no cell of logarithms', async () => {
    const { genes: preview } = prepared({ ...withMitochondria, alreadyLog: 10 });
    expect(await preview({ minLibrarySize: 1e9 })).toMatchObject({ cellsFiltered: CELLS });
  });
});

describe('balanced cells', () => {
  it('are none in particular where nothing is drawn, and else the cells of the run', async () => {
    const { balanced } = prepared();
    expect(await balanced(0)).toEqual({ cells: null });
    const { cells } = await balanced(10);
    expect(cells!.length).toBe(30);
  });
});

withData('quality of real cells', () => {
  it('agrees with the counts of a table of Ensembl ids', async () => {
    const workspace = openWorkspace(temporaryFolder());
    const environment = testEnvironment(temporaryFolder());
    const counts = testData('sc_mixology/sc_dropseq.count.csv.gz');
    const input = { files: [{ path: counts, options: {} }] };
    const { id, totalCounts } = await importFiles(workspace, reference(), input, environment, context());
    const quality = await ways(workspace, id).cells();
    const [, ...table] = gunzipSync(readFileSync(counts)).toString().trimEnd().split('\n');
    const mitochondrial = table.filter(line => MITOCHONDRIAL.has(line.slice(1, 16)));
    expect(mitochondrial.length).toBe(MITOCHONDRIAL.size);
    expect(quality.mitochondrialGenes).toBe(MITOCHONDRIAL.size);
    const perCell = mitochondrial
      .map(line => line.split(',').slice(1).map(Number))
      .reduce((sum, line) => sum.map((n, c) => n + line[c]!));
    expect(quality.librarySize.reduce((a, b) => a + b, 0)).toBe(totalCounts);
    perCell.forEach((n, c) => expect(quality.mitochondrialShare![c]).toBe(n / quality.librarySize[c]!));
  });
});
