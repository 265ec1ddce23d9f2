/** Entries in any order become cells in order; blocks stay bounded. */
import { describe, expect, test } from 'vitest';
import { BlockBuilder } from '../../../src/engine/counts/block-builder.ts';
import { EntryCollector, RowSorter } from '../../../src/engine/counts/entries.ts';
import { MemorySink } from '../../../src/engine/counts/memory-rows.ts';
import type { RowBlock } from '../../../src/engine/counts/rows.ts';

const signal = new AbortController().signal;

/** A dense table of pseudo-random small counts, about a tenth of them not zero. */
function dense(cells: number, genes: number): Float32Array {
  const values = new Float32Array(cells * genes);
  for (let k = 0, state = 7; k < values.length; k++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    if (state % 10 === 0) values[k] = 1 + ((state >> 8) % 50);
  }
  return values;
}

function toDense(sink: MemorySink, cells: number, genes: number): Float32Array {
  const rows = sink.finish(genes);
  expect(rows.cells).toBe(cells);
  const values = new Float32Array(cells * genes);
  let faults = 0;
  for (let c = 0; c < cells; c++) {
    for (let k = rows.ptr[c]!; k < rows.ptr[c + 1]!; k++) {
      if (k > rows.ptr[c]! && rows.idx[k]! <= rows.idx[k - 1]!) faults++;
      values[c * genes + rows.idx[k]!] = rows.val[k]!;
    }
  }
  expect(faults, 'genes out of order').toBe(0);
  return values;
}

describe('collected entries', () => {
  test.each([
    ['gene by gene', (a: number, b: number) => a - b],
    ['gene by gene, backwards', (a: number, b: number) => b - a],
  ])('%s come out as cells, over many pieces and blocks', async (_, order) => {
    const [cells, genes] = [2500, 700];
    const values = dense(cells, genes);
    const collector = new EntryCollector();
    const geneOrder = Array.from({ length: genes }, (_, g) => g).sort(order);
    for (const g of geneOrder) for (let c = 0; c < cells; c++) collector.add(c, g, values[c * genes + g]!);
    expect(collector.length).toBe(values.reduce((n, v) => n + (v === 0 ? 0 : 1), 0));
    const sink = new MemorySink();
    expect(await collector.emit(cells, genes, sink, signal)).toBeNull();
    expect(toDense(sink, cells, genes)).toEqual(values);
  });

  test('that repeat are named', async () => {
    for (const genes of [
      [1, 2, 1],
      [1, 1, 2],
      [2, 1, 1],
    ]) {
      const collector = new EntryCollector();
      for (const gene of genes) collector.add(3, gene, 5);
      expect(await collector.emit(5, 4, new MemorySink(), signal)).toEqual({ cell: 3, gene: 1 });
    }
  });

  test('may be none', async () => {
    const sink = new MemorySink();
    expect(await new EntryCollector().emit(3, 2, sink, signal)).toBeNull();
    expect(sink.finish(2).nonzeros).toBe(0);
    expect(sink.finish(2).cells).toBe(3);
  });

  test('stop where asked to', async () => {
    const collector = new EntryCollector();
    collector.add(0, 0, 1);
    const emitting = collector.emit(1, 1, new MemorySink(), AbortSignal.abort(new Error('stop')));
    await expect(emitting).rejects.toThrow('stop');
  });
});

describe('blocks', () => {
  test('are bounded, own their arrays, and keep cells whole', () => {
    const blocks: RowBlock[] = [];
    const builder = new BlockBuilder({ rows: block => blocks.push(block) });
    const sizes = [0, 200_000, 3, ...new Array<number>(3000).fill(1), 70_000, 0];
    for (const size of sizes) {
      for (let g = 0; g < size; g++) builder.add(g, size);
      builder.endCell();
    }
    builder.flush();
    builder.flush();
    const read = blocks.flatMap(block =>
      Array.from({ length: block.rows }, (_, r) => block.ptr[r + 1]! - block.ptr[r]!),
    );
    expect(read).toEqual(sizes);
    for (const block of blocks) {
      expect(block.rows).toBeLessThanOrEqual(1024);
      expect(block.idx.length).toBe(block.ptr[block.rows]);
      expect(block.idx.buffer.byteLength).toBe(block.idx.byteLength);
    }
  });

  test('sort a cell where its genes came out of order', () => {
    const sink = new MemorySink();
    const builder = new BlockBuilder(sink);
    const sorter = new RowSorter(10);
    builder.add(3, 30);
    builder.endCell();
    for (const gene of [7, 2, 9]) builder.add(gene, gene * 10);
    expect(builder.sortCell(sorter)).toBeNull();
    builder.endCell();
    for (const gene of [4, 1, 4]) builder.add(gene, 1);
    expect(builder.sortCell(sorter)).toBe(4);
    builder.flush();
    const rows = sink.finish(10);
    expect([...rows.idx.subarray(0, 4)]).toEqual([3, 2, 7, 9]);
    expect([...rows.val.subarray(0, 4)]).toEqual([30, 20, 70, 90]);
  });
});
