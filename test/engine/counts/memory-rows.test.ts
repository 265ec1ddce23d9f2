/** The matrix in memory: what goes in by blocks comes out by ranges and lists. */
import { expect, test } from 'vitest';
import { MemorySink, type MemoryRows } from '../../../src/engine/counts/memory-rows.ts';

/** Cells with 2, 0, 1 and 3 entries, in two blocks. */
function small(): MemoryRows {
  const sink = new MemorySink();
  sink.rows({
    rows: 2,
    ptr: Float64Array.of(0, 2, 2),
    idx: Uint32Array.of(0, 3),
    val: Float32Array.of(1, 2),
  });
  sink.rows({
    rows: 2,
    ptr: Float64Array.of(0, 1, 4),
    idx: Uint32Array.of(2, 0, 1, 3, 99),
    val: Float32Array.of(3, 4, 5, 6, 99),
  });
  return sink.finish(4);
}

test('the whole is what was put in', () => {
  const rows = small();
  expect([rows.cells, rows.genes, rows.nonzeros]).toEqual([4, 4, 6]);
  expect([...rows.ptr]).toEqual([0, 2, 2, 3, 6]);
  expect([...rows.idx]).toEqual([0, 3, 2, 0, 1, 3]);
});

test('a range starts at zero', () => {
  const block = small().read(1, 4);
  expect([block.rows, [...block.ptr], [...block.idx], [...block.val]]).toEqual([
    3,
    [0, 0, 1, 4],
    [2, 0, 1, 3],
    [3, 4, 5, 6],
  ]);
  expect(small().read(2, 2).rows).toBe(0);
});

test('a list keeps its order and repeats', () => {
  const block = small().gather([3, 0, 1, 3]);
  expect([...block.ptr]).toEqual([0, 3, 5, 5, 8]);
  expect([...block.idx]).toEqual([0, 1, 3, 0, 3, 0, 1, 3]);
  expect([...block.val]).toEqual([4, 5, 6, 1, 2, 4, 5, 6]);
});

test('memory grows with the blocks', () => {
  const sink = new MemorySink();
  for (let cell = 0; cell < 300; cell++) {
    sink.rows({
      rows: 1,
      ptr: Float64Array.of(0, 1000),
      idx: Uint32Array.from({ length: 1000 }, (_, g) => g),
      val: new Float32Array(1000).fill(cell),
    });
  }
  const rows = sink.finish(1000);
  expect(rows.nonzeros).toBe(300_000);
  expect(rows.read(299, 300).val[999]).toBe(299);
});
