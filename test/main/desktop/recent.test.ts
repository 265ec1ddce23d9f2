/** What was opened last comes first, once, and what is gone goes. */
import { describe, expect, it } from 'vitest';
import {
  NOTHING_RECENT,
  OFFERED,
  recentItems,
  withDataset,
  withFiles,
  withoutLostDatasets,
} from '../../../src/main/desktop/recent.ts';

const a = { id: 'data-a', name: 'A' };
const b = { id: 'data-b', name: 'B' };

describe('recent things', () => {
  it('has the last data set first, and each once under its present name', () => {
    const both = withDataset(withDataset(NOTHING_RECENT, a), b);
    expect(both.datasets).toEqual([b, a]);
    expect(withDataset(both, { ...a, name: 'A again' }).datasets).toEqual([{ ...a, name: 'A again' }, b]);
    expect(withDataset(both, b)).toBe(both);
  });

  it('drops data sets that were deleted', () => {
    const both = withDataset(withDataset(NOTHING_RECENT, a), b);
    expect(withoutLostDatasets(both, [a.id]).datasets).toEqual([a]);
    expect(withoutLostDatasets(both, [b.id, a.id])).toBe(both);
  });

  it('keeps files in the order they were given, and so many of each', () => {
    const first = withFiles(NOTHING_RECENT, ['/1', '/2', '/1']);
    expect(withFiles(first, ['/3', '/2']).files).toEqual(['/3', '/2', '/1']);
    const many = Array.from({ length: 30 }, (_, k) => `/${k}`);
    expect(withFiles(first, many).files).toEqual(many.slice(0, OFFERED));
    let full = NOTHING_RECENT;
    for (const path of many) full = withDataset(full, { id: path, name: path });
    expect(full.datasets).toHaveLength(OFFERED);
    expect(recentItems.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });
});
