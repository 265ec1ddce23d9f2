import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { splitCells, type Split } from '../../../src/engine/steps/split.ts';
import { context, denseOf, labelsOf, rowsOf } from './support.ts';

const shares = { seed: 1, testShare: 0.2, stopShare: 0.1 };

/** Cells that all differ, with one number each. */
const distinct = (n: number): number[][] => Array.from({ length: n }, (_, c) => [c + 1, 1]);

function randomCells(n: number, seed: number): number[][] {
  const random = createRandom(seed, 'cells');
  return Array.from({ length: n }, () => Array.from({ length: 6 }, () => random.nextInt(4)));
}

const parts = (split: Split) => [split.train, split.stop, split.test];

/** Every cell once, each part ascending. */
function isPartition(split: Split, cells: number): boolean {
  const all = parts(split).flatMap(part => [...part]);
  const ascending = parts(split).every(part => part.every((cell, k) => k === 0 || part[k - 1]! < cell));
  return ascending && all.length === cells && new Set(all).size === cells;
}

describe('splitCells', () => {
  it('gives the paper its numbers: 12,746 of 15,933 for training, of which a tenth stops', async () => {
    const split = await splitCells(rowsOf(distinct(15933)), null, shares, context());
    expect(split.report).toEqual({
      train: 11471,
      stop: 1275,
      test: 3187,
      seed: 1,
      strata: 1,
      duplicatedCells: 0,
    });
    expect(isPartition(split, 15933)).toBe(true);
  });

  it('does not lose a cell to the rounding of a share', async () => {
    // 90 * (1 - 0.3) is 62.99999999999999 in double precision.
    const { report } = await splitCells(rowsOf(distinct(90)), null, { ...shares, testShare: 0.3 }, context());
    expect(report).toMatchObject({ test: 27, stop: 7, train: 56 });
  });

  it('keeps shares within types, small types as one stratum, unlabelled cells as their own', async () => {
    const names = [
      ...new Array<string>(100).fill('a'),
      ...new Array<string>(50).fill('b'),
      ...['c', 'c', 'c', 'c', 'd', 'd', 'd', 'e', 'e', 'e'],
    ];
    const types = labelsOf('type', [...names, ...new Array<null>(40).fill(null)]);
    const split = await splitCells(rowsOf(distinct(200)), types, shares, context());
    const count = (part: Int32Array, from: number, to: number): number =>
      part.filter(cell => cell >= from && cell < to).length;
    expect(split.report).toMatchObject({ strata: 4, test: 40, stop: 16, train: 144 });
    for (const [from, to] of [
      [0, 100],
      [100, 150],
      [150, 160],
      [160, 200],
    ] as const) {
      expect(count(split.test, from, to)).toBe((to - from) / 5);
      expect(Math.abs(count(split.stop, from, to) - 0.08 * (to - from))).toBeLessThan(1);
    }
  });

  it('follows the seed and nothing else', async () => {
    const rows = rowsOf(distinct(300));
    const first = await splitCells(rows, null, shares, context());
    expect(await splitCells(rows, null, shares, context())).toEqual(first);
    expect((await splitCells(rows, null, { ...shares, seed: 2 }, context())).test).not.toEqual(first.test);
  });

  it('is a partition for any labels and copies, and never lets a copy cross', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = createRandom(seed, 'case');
      const cells = 30 + random.nextInt(200);
      const rows = rowsOf(randomCells(cells, seed));
      const types = labelsOf(
        'type',
        Array.from({ length: cells }, () => ['a', 'b', 'c', null][random.nextInt(4)]!),
      );
      const split = await splitCells(rows, seed % 3 === 0 ? null : types, { ...shares, seed }, context());
      expect(isPartition(split, cells)).toBe(true);
      const key = (cell: number): string => denseOf(rows, rows.gather([cell])).join();
      const sides = parts(split).map(part => new Set([...part].map(key)));
      for (const [one, other] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        expect([...sides[one]!].filter(cell => sides[other]!.has(cell))).toEqual([]);
      }
      const times = new Map<string, number>();
      for (let cell = 0; cell < cells; cell++) times.set(key(cell), (times.get(key(cell)) ?? 0) + 1);
      const copies = [...times.values()].filter(n => n > 1).reduce((a, b) => a + b, 0);
      expect(split.report.duplicatedCells).toBe(copies);
    }
  });

  it('finds a planted leak: a data set that was read twice', async () => {
    const once = distinct(100);
    const split = await splitCells(rowsOf([...once, ...once]), null, shares, context());
    const inTest = new Set(split.test);
    expect(split.report.duplicatedCells).toBe(200);
    for (let cell = 0; cell < 100; cell++) expect(inTest.has(cell)).toBe(inTest.has(cell + 100));
    expect(split.report).toMatchObject({ test: 40, stop: 16, train: 144 });
  });

  it('refuses when a part would be empty, and says how many cells are needed', async () => {
    await expect(splitCells(rowsOf(distinct(2)), null, shares, context())).rejects.toThrow(
      '2 cells cannot be split into train, stop and test cells; at least 3 are needed.',
    );
    expect((await splitCells(rowsOf(distinct(3)), null, shares, context())).report).toMatchObject({
      train: 1,
      stop: 1,
      test: 1,
    });
    const same = rowsOf(Array.from({ length: 50 }, (_, c) => [c % 2, 1]));
    await expect(splitCells(same, null, shares, context())).rejects.toThrow(
      /^Only 2 of 50 cells differ from each other/,
    );
  });
});
