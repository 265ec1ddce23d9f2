import { describe, expect, it } from 'vitest';
import {
  CELL_FILTERS,
  FILTER_OFF,
  firstFailures,
  lossesOf,
  type CellMetrics,
} from '../../src/shared/quality/filters.ts';
import { tooFewCells } from '../../src/shared/quality/refusal.ts';
import { outlierThresholds, suggestThresholds } from '../../src/shared/quality/suggest.ts';

const metrics: CellMetrics = {
  librarySize: [100, 1000, 5000, 90_000, 2000, 2000],
  detected: [50, 400, 900, 4000, 100, 600],
  mitochondrialShare: [0.5, 0.05, 0.1, 0.02, 0.6, 0.3],
};
const on = {
  minLibrarySize: 1000,
  maxLibrarySize: 50_000,
  minGenesPerCell: 200,
  maxMitochondrialShare: 0.25,
};

describe('filters of cells', () => {
  it('count a cell at the first filter that it fails', () => {
    const failures = firstFailures(metrics, on);
    expect([...failures].map(failure => CELL_FILTERS[failure] ?? 'stays')).toEqual([
      'minLibrarySize',
      'stays',
      'stays',
      'maxLibrarySize',
      'minGenesPerCell',
      'maxMitochondrialShare',
    ]);
    expect(lossesOf(failures, on).map(({ lost }) => lost)).toEqual([1, 1, 1, 1]);
  });

  it('keep a cell at the threshold itself', () => {
    const at = {
      minLibrarySize: 100,
      maxLibrarySize: 90_000,
      minGenesPerCell: 50,
      maxMitochondrialShare: 0.6,
    };
    expect([...firstFailures(metrics, at)]).toEqual([-1, -1, -1, -1, -1, -1]);
  });

  it('remove nothing and report nothing when they are off', () => {
    const failures = firstFailures(metrics, FILTER_OFF);
    expect(failures.every(failure => failure === -1)).toBe(true);
    expect(lossesOf(failures, FILTER_OFF)).toEqual([]);
  });

  it('look at chosen cells only', () => {
    expect([...firstFailures(metrics, on, Int32Array.of(2, 3))]).toEqual([-1, 1]);
  });
});

describe('too few cells', () => {
  const many = (n: number, size: (k: number) => number, share: (k: number) => number): CellMetrics => ({
    librarySize: Array.from({ length: n }, (_, k) => size(k)),
    detected: new Array<number>(n).fill(500),
    mitochondrialShare: Array.from({ length: n }, (_, k) => share(k)),
  });
  const name = (filter: string): string => `“${filter}”`;

  it('is not said while enough are left', () => {
    const cells = many(
      30,
      () => 2000,
      () => 0.1,
    );
    expect(tooFewCells(cells, { ...FILTER_OFF, minLibrarySize: 1000 }, null, name)).toBeNull();
  });

  it('names the filter, how much it takes, and a value that leaves enough', () => {
    const cells = many(
      100,
      () => 2000,
      k => 0.1 + k / 1000,
    );
    expect(tooFewCells(cells, { ...FILTER_OFF, maxMitochondrialShare: 0.05 }, null, name)).toBe(
      'Only 0 of 100 cells are left by the filters (“maxMitochondrialShare” alone removes 100); at least 20 are needed. Raise “maxMitochondrialShare”, for example to 0.2 (100 cells would stay).',
    );
  });

  it('asks for several changes where one is not enough', () => {
    const cells = many(
      100,
      () => 300,
      () => 0.4,
    );
    const sentence = tooFewCells(
      cells,
      { ...FILTER_OFF, minLibrarySize: 1000, maxMitochondrialShare: 0.1 },
      null,
      name,
    );
    expect(sentence).toMatch(
      /Lower “minLibrarySize”, for example to 200, and raise “maxMitochondrialShare”, for example to 0\.5 \(100 cells would stay\)\.$/,
    );
  });
});

describe('suggested thresholds', () => {
  it('are three scaled median absolute deviations, on the log scale for counts and genes', () => {
    const librarySize = [1, 2, 4, 8, 16].map(n => n * 100);
    const { minLibrarySize, maxMitochondrialShare } = outlierThresholds({
      librarySize,
      detected: librarySize,
      mitochondrialShare: [0.01, 0.02, 0.03, 0.04, 0.05],
    });
    // Median 400; absolute deviations of the logs are 0, ln 2 twice, ln 4 twice: their median is ln 2.
    expect(minLibrarySize).toBeCloseTo(400 * Math.exp(-3 * 1.4826 * Math.LN2), 9);
    expect(maxMitochondrialShare).toBeCloseTo(0.03 + 3 * 1.4826 * 0.01, 12);
  });

  it('are tidied to values that remove no more', () => {
    const librarySize = [9000, 10_000, 11_000, 12_000, 13_000];
    const exact = outlierThresholds({ librarySize, detected: librarySize, mitochondrialShare: null });
    const { minLibrarySize, maxMitochondrialShare } = suggestThresholds({
      librarySize,
      detected: librarySize,
      mitochondrialShare: null,
    });
    expect(minLibrarySize! % 100).toBe(0);
    expect(exact.minLibrarySize! - minLibrarySize!).toBeGreaterThanOrEqual(0);
    expect(exact.minLibrarySize! - minLibrarySize!).toBeLessThan(100);
    expect(maxMitochondrialShare).toBeUndefined();
  });

  it('are left out where most cells are alike', () => {
    const cells = { librarySize: [5, 5, 5], detected: [3, 3, 3], mitochondrialShare: [0, 0, 0.5] };
    expect(suggestThresholds(cells)).toEqual({});
  });

  it('are none for no cells', () => {
    expect(suggestThresholds({ librarySize: [], detected: [], mitochondrialShare: null })).toEqual({});
  });
});
