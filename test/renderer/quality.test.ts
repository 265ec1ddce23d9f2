/** What the Quality place counts on the page, and how its fields and lines stand for parameters. */
import { describe, expect, it } from 'vitest';
import { applicable, countCells, everyNth, spreads } from '../../src/renderer/state/quality-counting.ts';
import { accountOf } from '../../src/renderer/views/quality/account.ts';
import { fieldOf, linesOf, roundThreshold } from '../../src/renderer/views/quality/metrics.ts';
import { keptColumns } from '../../src/renderer/views/quality/tables.ts';
import { binMetric, metricOption } from '../../src/shared/charts/cell-metrics.ts';
import { LIGHT } from '../../src/shared/charts/theme.ts';
import type { DatasetSummary, RunSummary } from '../../src/shared/model.ts';
import { FILTER_OFF } from '../../src/shared/quality/filters.ts';
import type { CellQuality } from '../../src/shared/quality/model.ts';

const quality: CellQuality = {
  datasetId: 'd',
  librarySize: Float64Array.of(0, 500, 1000, 4000, 9000, 20_000),
  detected: Int32Array.of(0, 300, 400, 90, 2000, 3000),
  mitochondrialShare: Float64Array.of(0, 0.1, 0.02, 0.01, 0.4, 0.05),
  mitochondrialGenes: 13,
  type: { name: 'kind', levels: ['B', 'T'], codes: Int32Array.of(0, 0, 1, 1, -1, 1) },
  experiment: null,
};
const on = { minLibrarySize: 1000, maxLibrarySize: 10_000, minGenesPerCell: 100, maxMitochondrialShare: 0.2 };

describe('counting cells', () => {
  it('gives every cell one fate, in total and by label', () => {
    const { fates, total, types, experiments } = countCells(quality, on, null);
    expect([...fates]).toEqual([0, 0, -1, 2, 3, 1]);
    expect(total).toEqual({ name: 'All cells', cells: 6, kept: 1, drawnOut: 0, lost: [2, 1, 1, 1] });
    expect(types.map(({ name, cells, kept, lost }) => [name, cells, kept, ...lost])).toEqual([
      ['B', 2, 0, 2, 0, 0, 0],
      ['T', 3, 1, 0, 1, 1, 0],
      ['no label', 1, 0, 0, 0, 0, 1],
    ]);
    expect(experiments).toHaveLength(1);
  });

  it('leaves cells that balancing did not draw to balancing', () => {
    const { fates, total } = countCells(quality, on, Int32Array.of(1, 2, 5));
    expect([...fates]).toEqual([-2, 0, -1, -2, -2, 1]);
    expect(total).toMatchObject({ kept: 1, drawnOut: 3, lost: [1, 1, 0, 0] });
  });

  it('applies no filter to logarithms, and no limit on a share that is not known', () => {
    expect(applicable(on, quality, true)).toEqual(FILTER_OFF);
    expect(applicable(on, { ...quality, mitochondrialShare: null }, false)).toEqual({
      ...on,
      maxMitochondrialShare: 1,
    });
  });

  it('counts 200,000 cells by 40 types within a frame or two', () => {
    const cells = 200_000;
    const codes = Int32Array.from({ length: cells }, (_, c) => c % 40);
    const levels = Array.from({ length: 40 }, (_, k) => `type ${k}`);
    const many: CellQuality = {
      ...quality,
      librarySize: Float64Array.from({ length: cells }, (_, c) => (c * 7919) % 20_000),
      detected: Int32Array.from({ length: cells }, (_, c) => (c * 104_729) % 4000),
      mitochondrialShare: Float64Array.from({ length: cells }, (_, c) => ((c * 31) % 1000) / 1000),
      type: { name: 'kind', levels, codes },
    };
    const binned = binMetric(many.librarySize, { name: '', axis: '', scale: 'log' });
    const once = (): number => {
      const started = performance.now();
      const { fates } = countCells(many, on, null);
      metricOption(binned, fates, [1000], LIGHT);
      return performance.now() - started;
    };
    const times = Array.from({ length: 9 }, once).sort((a, b) => a - b);
    // Some milliseconds on a quiet machine; this one may be busy.
    expect(times[4]).toBeLessThan(100);
  });
});

describe('drawing', () => {
  it('spreads a sample over all cells', () => {
    expect([...everyNth(10, 4)]).toEqual([0, 2, 5, 7]);
    expect([...everyNth(3, 4)]).toEqual([0, 1, 2]);
  });

  it('takes quantiles of every group that has cells', () => {
    expect(spreads(quality.librarySize, quality.type!)).toEqual([
      { name: 'B', quantiles: [0, 0, 500, 500, 500] },
      { name: 'T', quantiles: [1000, 4000, 4000, 20_000, 20_000] },
      { name: 'no label', quantiles: [9000, 9000, 9000, 9000, 9000] },
    ]);
  });

  it('puts every cell into a bin, and names those that a logarithm cannot show', () => {
    const binned = binMetric(quality.librarySize, { name: 'Size', axis: '', scale: 'log' });
    expect(binned.hidden).toBe(1);
    expect([binned.low, binned.high]).toEqual([Math.log10(500), Math.log10(20_000)]);
    const { fates } = countCells(quality, on, null);
    const { series, title } = metricOption(binned, fates, [1000], LIGHT) as {
      series: { data: number[][] }[];
      title: { subtext: string };
    };
    const [kept, removed] = series.map(({ data }) => data.reduce((n, row) => n + row[3]! - row[2]!, 0));
    expect([kept, removed]).toEqual([1, 4]);
    expect(title.subtext).toContain('1 without counts not shown');
  });
});

describe('fields', () => {
  it('stand at their end where there is no limit, and mean none there', () => {
    const size = fieldOf('maxLibrarySize', 0, quality);
    expect([size.value, size.max, size.toParam(20_000), size.toParam(15_000)]).toEqual([
      20_000, 20_000, 0, 15_000,
    ]);
    const share = fieldOf('maxMitochondrialShare', 1, quality);
    expect([share.value, share.max, share.toParam(share.max), share.toParam(12.5)]).toEqual([
      41, 41, 1, 0.125,
    ]);
    expect(fieldOf('maxMitochondrialShare', 0.07, quality).value).toBe(7);
  });

  it('reach as far as a value that is larger than all cells', () => {
    expect(fieldOf('minLibrarySize', 1e6, quality).max).toBe(1e6);
    expect(fieldOf('minGenesPerCell', 0, { ...quality, detected: new Int32Array(6) }).max).toBe(1);
  });

  it('draw lines for filters that are on', () => {
    expect(linesOf('librarySize', { ...FILTER_OFF, minLibrarySize: 1000 })).toEqual([1000]);
    expect(linesOf('mitochondrialShare', FILTER_OFF)).toEqual([]);
  });

  it('round what the mouse finds', () => {
    expect(roundThreshold('minLibrarySize', 1234.5)).toBe(1200);
    expect(roundThreshold('minLibrarySize', 47.3)).toBe(47);
    expect(roundThreshold('maxMitochondrialShare', 0.123456)).toBe(0.123);
  });
});

describe('the table', () => {
  it('has a column for balancing and for every filter that is on', () => {
    const columns = keptColumns('Type', { ...FILTER_OFF, maxLibrarySize: 10 }, true);
    expect(columns.map(({ label }) => label)).toEqual([
      'Type',
      'Imported',
      'Kept',
      'Kept, %',
      'Not drawn',
      'Too deep',
    ]);
  });
});

describe('the account of what is computed anew', () => {
  const dataset = { id: 'd' } as DatasetSummary;
  const run = (changes: Partial<RunSummary>): RunSummary =>
    ({ datasetId: 'd', status: 'done', seconds: 240, ...changes }) as RunSummary;

  it('says that finished runs stay, what the next one does, and how long it takes', () => {
    expect(accountOf(dataset, [], null)).toBe(
      'Nothing is computed while you choose. The next run starts from these filters: normalisation, maps, every model and the panel are computed anew.',
    );
    expect(accountOf(dataset, [run({}), run({}), run({ datasetId: 'e' })], 240)).toMatch(
      /the 2 finished runs of these data stay as they are\..* That takes about 4 min\.$/,
    );
    expect(accountOf(dataset, [run({ status: 'running', seconds: null })], null)).toContain(
      'The run that is going keeps the filters it was started with.',
    );
  });
});
