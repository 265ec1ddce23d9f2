/** Preprocessing with the filters of cells that are off by default, against counts made by hand. */
import { describe, expect, it } from 'vitest';
import { preprocess, type PreprocessParams } from '../../../src/engine/steps/preprocess.ts';
import { PRESETS } from '../../../src/shared/params.ts';
import { context, geneTable, rowsOf } from './support.ts';

// 25 good cells of 30 genes with 40 counts; then one too deep, one with few genes, one of mitochondria, one shallow.
const GENES = 31;
const good = (): number[] => [...new Array<number>(30).fill(40), 0];
const cells = [
  ...Array.from({ length: 25 }, good),
  [...new Array<number>(30).fill(4000), 0],
  [2000, ...new Array<number>(30).fill(0)],
  [...new Array<number>(30).fill(40), 1200],
  [...new Array<number>(30).fill(1), 0],
];
const names = [...Array.from({ length: GENES - 1 }, (_, g) => `G${g}`), 'MT-ND1'];
const labels = { type: null, experiment: null };

const run = (changes: Partial<PreprocessParams>, alreadyLog: number | null = null, genes = names) =>
  preprocess(
    rowsOf(cells),
    geneTable(genes),
    labels,
    { ...PRESETS.paper, ...changes },
    alreadyLog,
    context(),
  );

describe('filters of cells', () => {
  it.each([
    ['maxLibrarySize', 100_000, 25],
    ['minGenesPerCell', 2, 26],
    ['maxMitochondrialShare', 0.4999, 27],
  ] as const)('%s removes the cell that fails it and no other', async (filter, threshold, removed) => {
    const done = await run({ [filter]: threshold });
    expect([...done.cells]).toEqual([...cells.keys()].filter(cell => cell !== removed && cell !== 28));
    expect(done.report.cellFilters).toEqual([
      { filter: 'minLibrarySize', threshold: 1000, lost: 1 },
      { filter, threshold, lost: 1 },
    ]);
  });

  it('keep a cell whose mitochondrial share is the limit itself', async () => {
    const done = await run({ maxMitochondrialShare: 0.5 });
    expect(done.cells).toContain(27);
  });

  it('change nothing when they are off', async () => {
    const done = await run({});
    expect(done.cells.length).toBe(28);
    expect(done.report.cellFilters).toEqual([{ filter: 'minLibrarySize', threshold: 1000, lost: 1 }]);
  });

  it('refuse a limit on a share that the data cannot give', async () => {
    const unnamed = names.map((_, gene) => `G${gene}`);
    await expect(run({ maxMitochondrialShare: 0.1 }, null, unnamed)).rejects.toThrow(
      /^The data name no mitochondrial genes .* Set `maxMitochondrialShare` to 1, which means no limit\.$/,
    );
  });

  it('name the filter that removes nearly all cells', async () => {
    await expect(run({ maxLibrarySize: 500 })).rejects.toThrow(
      /^Only 0 of 29 cells are left by the filters \(`maxLibrarySize` alone removes 28, `minLibrarySize` alone removes 1\); at least 20 are needed\. Raise `maxLibrarySize`, for example to 2000 \(26 cells would stay\)\.$/,
    );
  });

  it('do not apply to logarithms, and say so', async () => {
    const done = await run({ maxLibrarySize: 500, minGenesPerCell: 20 }, 10);
    expect(done.report.cellFilters).toEqual([]);
    expect(done.report.notes).toContain(
      'Filters of cells need counts and were not applied: maxLibrarySize, minGenesPerCell.',
    );
  });
});
