import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import { LogRows } from '../../../src/engine/steps/log-rows.ts';
import { preprocess, type PreprocessParams } from '../../../src/engine/steps/preprocess.ts';
import { PRESETS } from '../../../src/shared/params.ts';
import { testData, withData } from '../../support/data.ts';
import { context, denseOf, genesNamed, labelsOf, readCountTable, rowsOf } from './support.ts';

const paper: PreprocessParams = PRESETS.paper;
const noLabels = { type: null, experiment: null };
const everything = { memoryLimit: Infinity };
const nothing = { memoryLimit: 0 };

/** Counts around `depth` per cell over all genes. */
function madeUp(cells: number, genes: number, depth: number, seed = 1): number[][] {
  const random = createRandom(seed, 'counts');
  const weights = Array.from({ length: genes }, () => Math.exp(random.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  return Array.from({ length: cells }, () =>
    weights.map(w => Math.max(0, Math.round((depth * w) / total + random.normal() * 2))),
  );
}

withData('sc_dropseq against scprep formulas in NumPy', () => {
  const reference = JSON.parse(
    readFileSync(new URL('../../reference/sc_dropseq/preprocess.json', import.meta.url), 'utf8'),
  ) as {
    params: Pick<PreprocessParams, 'minLibrarySize' | 'minReads' | 'minCells' | 'targetSum'>;
    cells: number;
    genes: number;
    nonzeros: number;
    removedCells: number[];
    cellsPerType: Record<string, number>;
    sumOfGenePositions: number;
    firstGenes: number[];
    scale: number[];
    librarySize: number[];
    detected: number[];
    values: { cells: number[]; genes: number[]; log10: number[][] };
    sum: Record<'10' | '2' | 'e', number>;
    sumOfSquares10: number;
  };
  let table: ReturnType<typeof readCountTable>;
  beforeAll(() => {
    table = readCountTable(
      testData('sc_mixology/sc_dropseq.count.csv.gz'),
      testData('sc_mixology/sc_dropseq.metadata.csv.gz'),
      'cell_line_demuxlet',
    );
  });
  const params = { ...paper, ...reference.params };
  const run = (logBase: PreprocessParams['logBase']) => {
    const labels = { type: table.labels, experiment: null };
    return preprocess(table.rows, table.genes, labels, { ...params, logBase }, null, context());
  };
  const total = (matrix: MemoryRows, power = 1): number =>
    matrix.val.reduce((sum, value) => sum + value ** power, 0);

  it('keeps the same cells and genes', async () => {
    const done = await run(10);
    const kept = new Set(done.cells);
    expect(reference.removedCells.filter(cell => kept.has(cell))).toEqual([]);
    expect(done.cells.length).toBe(reference.cells);
    expect(done.genes.length).toBe(reference.genes);
    expect([...done.genes.subarray(0, 10)]).toEqual(reference.firstGenes);
    expect(done.genes.reduce((a, b) => a + b, 0)).toBe(reference.sumOfGenePositions);
    expect(done.nonzeros).toBe(reference.nonzeros);
    const after = Object.fromEntries(done.report.perType.map(({ type, after: n }) => [type, n]));
    expect(after).toEqual(reference.cellsPerType);
    const at = reference.values.cells;
    expect(at.map(cell => done.librarySize[cell])).toEqual(reference.librarySize);
    expect(at.map(cell => done.detected[cell])).toEqual(reference.detected);
    at.forEach((cell, k) => expect(done.scale[cell]! / reference.scale[k]!).toBeCloseTo(1, 14));
  });

  it('gives the same logarithms in every base', async () => {
    for (const base of [10, 2, 'e'] as const) {
      const done = await run(base);
      const log = (await LogRows.create(table.rows, done, everything, context())) as MemoryRows;
      // Single precision is good to 6e-8; errors of a million values average out.
      expect(total(log) / reference.sum[base]).toBeCloseTo(1, 8);
      if (base !== 10) continue;
      expect(total(log, 2) / reference.sumOfSquares10).toBeCloseTo(1, 8);
      const dense = denseOf(log, log.gather(reference.values.cells));
      dense.forEach((row, r) =>
        reference.values.genes.forEach((gene, k) =>
          expect(row[gene]).toBeCloseTo(reference.values.log10[r]![k]!, 6),
        ),
      );
    }
  });

  it('reads the same from memory, from a view, by range and by list', async () => {
    const done = await run(10);
    const stored = await LogRows.create(table.rows, done, everything, context());
    const view = await LogRows.create(table.rows, done, nothing, context());
    expect(stored).toBeInstanceOf(MemoryRows);
    expect(view).toBeInstanceOf(LogRows);
    expect(view.nonzeros).toBe(stored.nonzeros);
    expect(view.read(200, 221)).toEqual(stored.read(200, 221));
    expect(view.gather([220, 3, 3, 210])).toEqual(stored.gather([220, 3, 3, 210]));
    expect(view.read(5, 5)).toEqual(stored.read(5, 5));
  });
});

describe('preprocess', () => {
  const small = { ...paper, minLibrarySize: 1000 };

  it('keeps a cell with exactly the smallest library size and a gene with exactly the fewest reads and cells', async () => {
    // 30 genes of 50 counts; gene 30 has 3 reads in 5 cells, gene 31 in 4 cells, gene 32 has 2 reads everywhere.
    const cells = Array.from({ length: 25 }, (_, c) => [
      ...new Array<number>(30).fill(50),
      c < 5 ? 3 : 0,
      c < 4 ? 3 : 0,
      2,
    ]);
    cells.push([1000 - 29 - 2, ...new Array<number>(29).fill(1), 0, 0, 2]); // exactly 1,000
    cells.push([999 - 29 - 2, ...new Array<number>(29).fill(1), 0, 0, 2]);
    const done = await preprocess(rowsOf(cells), genesNamed(33, [30, 31]), noLabels, small, null, context());
    expect([...done.cells]).toEqual(Array.from({ length: 26 }, (_, c) => c));
    expect([...done.genes]).toEqual(Array.from({ length: 31 }, (_, g) => g));
    expect(done.report).toMatchObject({
      cellsIn: 27,
      cellsKept: 26,
      genesKept: 31,
      landmarksIn: 2,
      landmarksKept: 1,
    });
    // Normalised over the kept genes: the 2 reads of gene 32 do not count.
    expect(done.scale[25]).toBe(10000 / 998);
    expect(done.librarySize[25]).toBe(1000);
  });

  it('makes every cell add up to the target over the kept genes', async () => {
    const rows = rowsOf(madeUp(40, 60, 2000));
    const done = await preprocess(
      rows,
      genesNamed(60),
      noLabels,
      { ...small, targetSum: 5000 },
      null,
      context(),
    );
    for (const row of denseOf(await LogRows.create(rows, done, everything, context()))) {
      expect(row.reduce((sum, v) => sum + 10 ** v - 1, 0) / 5000).toBeCloseTo(1, 5);
    }
  });

  it('removes cells that have nothing left in the kept genes, and says so', async () => {
    const cells = madeUp(30, 40, 2000).map(row => [...row, 0, 0]);
    cells.push([...new Array<number>(40).fill(0), 5000, 0]); // its only gene is in one cell
    const done = await preprocess(rowsOf(cells), genesNamed(42), noLabels, small, null, context());
    expect(done.cells).not.toContain(30);
    expect(done.report.notes).toEqual([
      '1 cell had no counts in the kept genes and could not be normalised: removed.',
    ]);
    expect([...done.scale].every(Number.isFinite)).toBe(true);
  });

  it('draws at most so many cells of each type, by the seed, and leaves smaller types whole', async () => {
    const rows = rowsOf(madeUp(90, 50, 3000));
    const type = labelsOf(
      'type',
      Array.from({ length: 90 }, (_, c) => (c < 50 ? 'a' : c < 80 ? 'b' : c < 86 ? 'c' : null)),
    );
    const draw = async (seed: number) =>
      preprocess(
        rows,
        genesNamed(50),
        { type, experiment: null },
        { ...small, seed, maxCellsPerType: 20 },
        null,
        context(),
      );
    const done = await draw(1);
    expect(done.report.perType).toEqual([
      { type: 'a', before: 50, after: 20 },
      { type: 'b', before: 30, after: 20 },
      { type: 'c', before: 6, after: 6 },
      { type: 'no label', before: 4, after: 4 },
    ]);
    expect(done.report.cellsBalanced).toBe(50);
    expect([...done.cells]).toEqual([...done.cells].sort((a, b) => a - b));
    expect((await draw(1)).cells).toEqual(done.cells);
    expect((await draw(2)).cells).not.toEqual(done.cells);
  });

  it('takes logarithms as they are and converts their base', async () => {
    const rows = rowsOf(madeUp(40, 60, 2000));
    const counted = await preprocess(
      rows,
      genesNamed(60),
      noLabels,
      { ...small, logBase: 2 },
      null,
      context(),
    );
    const log2 = await LogRows.create(rows, counted, everything, context());
    const done = await preprocess(
      log2,
      genesNamed(log2.genes),
      noLabels,
      { ...small, logBase: 10 },
      2,
      context(),
    );
    expect(done.cells.length).toBe(counted.cells.length);
    expect(done.report.notes).toHaveLength(2);
    expect(done.report.notes[1]).toBe('The logarithms were converted from base 2 to base 10.');
    // What stands behind the logarithms adds up to the target.
    for (const size of done.librarySize) expect(size / 10000).toBeCloseTo(1, 4);
    const log10 = denseOf(await LogRows.create(log2, done, everything, context()));
    denseOf(log2).forEach((row, r) =>
      row.forEach((value, g) => expect(log10[r]![g]).toBeCloseTo(value * Math.log10(2), 6)),
    );
  });

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'no refusal',
      (error: unknown) => (error as Error).message,
    );

  it('refuses shallow cells with a library size that would keep most', async () => {
    const rows = rowsOf([...madeUp(2, 50, 5000), ...madeUp(200, 50, 300)]);
    expect(await refusal(preprocess(rows, genesNamed(50), noLabels, small, null, context()))).toMatch(
      /^Only 2 of 202 cells have at least 1,000 counts; at least 20 are needed\. Lower `minLibrarySize`, for example to 200 \(202 cells would stay\)\.$/,
    );
  });

  it('refuses data with few cells or genes, with what to change', async () => {
    const shallow = { ...small, minLibrarySize: 0 };
    expect(
      await refusal(
        preprocess(rowsOf(madeUp(12, 50, 5000)), genesNamed(50), noLabels, small, null, context()),
      ),
    ).toBe('The data have 12 cells; at least 20 are needed. Add more cells, or pool several files.');
    const ones = rowsOf(Array.from({ length: 30 }, () => new Array<number>(40).fill(1)));
    expect(await refusal(preprocess(ones, genesNamed(40), noLabels, shallow, null, context()))).toBe(
      'Only 0 of 40 genes have at least 3 reads in at least 5 of the 30 cells; at least 20 are needed. Lower `minReads`, for example to 1 (40 genes would stay).',
    );
    const rare = rowsOf(
      Array.from({ length: 30 }, (_, c) => Array.from({ length: 40 }, (_, g) => (g % 30 === c ? 5 : 0))),
    );
    expect(await refusal(preprocess(rare, genesNamed(40), noLabels, shallow, null, context()))).toBe(
      'Only 0 of 40 genes have at least 3 reads in at least 5 of the 30 cells; at least 20 are needed. Lower `minReads` to 1 and `minCells`, for example to 1 (40 genes would stay).',
    );
    expect(
      await refusal(
        preprocess(rowsOf(madeUp(30, 10, 3000)), genesNamed(10), noLabels, shallow, null, context()),
      ),
    ).toMatch(/These data hold too few genes; use a table with all genes\.$/);
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    const work = preprocess(
      rowsOf(madeUp(40, 60, 2000)),
      genesNamed(60),
      noLabels,
      small,
      null,
      context(stop.signal),
    );
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
