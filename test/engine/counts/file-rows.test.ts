import { appendFileSync, closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { FileRows, FileRowSink, openRows } from '../../../src/engine/counts/file-rows.ts';
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';
import type { RowBlock } from '../../../src/engine/counts/rows.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { randomRows } from '../workspace/fixtures.ts';

/** Writes the rows in blocks of random sizes. */
function writeRows(rows: MemoryRows, folder: string): FileRowSink {
  const random = createRandom(2, 'blocks');
  const sink = new FileRowSink(folder);
  for (let from = 0; from < rows.cells;) {
    const to = Math.min(rows.cells, from + random.nextInt(9));
    sink.rows(rows.read(from, to));
    from = to;
  }
  sink.finish();
  return sink;
}

/** A block in plain arrays, so that views and copies compare alike. */
const plain = ({ rows, ptr, idx, val }: RowBlock) => ({ rows, ptr: [...ptr], idx: [...idx], val: [...val] });

function overwrite(path: string, bytes: NodeJS.ArrayBufferView, position: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, bytes, 0, bytes.byteLength, position);
  closeSync(descriptor);
}

describe('a matrix on disk', () => {
  test('reads back as it was written, by ranges and by lists, from disk as from memory', () => {
    const folder = temporaryFolder();
    const rows = randomRows(400, 60, 3);
    const sink = writeRows(rows, folder);
    expect(sink.cells).toBe(400);
    expect(sink.nonzeros).toBe(rows.nonzeros);
    expect(sink.totalCounts).toBe(rows.val.reduce((sum, value) => sum + value, 0));
    expect(sink.genesSeen).toBe(60);

    const onDisk = openRows(folder, rows, { memoryLimit: 0 });
    const inMemory = openRows(folder, rows, { memoryLimit: 1e9 });
    expect(onDisk).toBeInstanceOf(FileRows);
    expect(inMemory).toBeInstanceOf(MemoryRows);
    const random = createRandom(4, 'cells');
    for (let round = 0; round < 50; round++) {
      const from = random.nextInt(401);
      const to = from + random.nextInt(402 - from);
      const cells = Array.from({ length: random.nextInt(80) }, () => random.nextInt(400));
      for (const read of [onDisk, inMemory]) {
        expect(plain(read.read(from, to))).toEqual(plain(rows.read(from, to)));
        expect(plain(read.gather(cells))).toEqual(plain(rows.gather(cells)));
      }
    }
    onDisk.close();
    inMemory.close();
  });

  test('gathers cells that lie far apart, and blocks larger than the write buffer', () => {
    const folder = temporaryFolder();
    const [cells, genes] = [40, 20_000];
    const ptr = Float64Array.from({ length: cells + 1 }, (_, c) => c * genes);
    const idx = Uint32Array.from({ length: cells * genes }, (_, k) => k % genes);
    const val = Float32Array.from({ length: cells * genes }, (_, k) => 1 + (k % 1013));
    const rows = new MemoryRows(genes, ptr, idx, val);
    const sink = new FileRowSink(folder);
    sink.rows(rows.read(0, cells));
    sink.finish();
    const onDisk = openRows(folder, rows, { memoryLimit: 0 });
    const wanted = [39, 0, 0, 20, 1, 38];
    const got = onDisk.gather(wanted);
    const expected = rows.gather(wanted);
    onDisk.close();
    expect(got.ptr).toEqual(expected.ptr);
    expect(Buffer.compare(Buffer.from(got.idx.buffer), Buffer.from(expected.idx.buffer))).toBe(0);
    expect(Buffer.compare(Buffer.from(got.val.buffer), Buffer.from(expected.val.buffer))).toBe(0);
  });

  test('holds no cells and empty cells', () => {
    const none = temporaryFolder();
    new FileRowSink(none).finish();
    const empty = openRows(none, { cells: 0, genes: 5, nonzeros: 0 }, { memoryLimit: 0 });
    expect(plain(empty.read(0, 0))).toEqual({ rows: 0, ptr: [0], idx: [], val: [] });
    expect(plain(empty.gather([]))).toEqual({ rows: 0, ptr: [0], idx: [], val: [] });
    expect(() => empty.read(0, 1)).toThrow(RangeError);
    expect(() => empty.gather([0])).toThrow(RangeError);
    empty.close();
  });
});

describe('a block that breaks the rules is refused', () => {
  const block = (ptr: number[], idx: number[], val: number[]): RowBlock => ({
    rows: ptr.length - 1,
    ptr: Float64Array.from(ptr),
    idx: Uint32Array.from(idx),
    val: Float32Array.from(val),
  });
  test.each<[string, RowBlock, number?]>([
    ['genes out of order', block([0, 2], [3, 1], [1, 1])],
    ['genes out of order', block([0, 2], [3, 3], [1, 1])],
    ['the value 0', block([0, 1], [3], [0])],
    ['the value NaN', block([0, 1], [3], [NaN])],
    ['the value Infinity', block([0, 1], [3], [Infinity])],
    ['row pointers that do not fit', block([0, 3], [3], [1])],
    ['row pointers that do not fit', block([1, 1], [3], [1])],
    ['row pointers that do not fit', block([0, 2, 1], [3, 4], [1, 1]), 3],
    ['row pointers that do not fit', { ...block([0, 1], [3], [1]), rows: 2 }],
    ['row pointers that do not fit', block([0, 2], [3, 4], [1])],
  ])('%s', (cause, wrong, cell = 2) => {
    const sink = new FileRowSink(temporaryFolder());
    sink.rows(block([0, 1], [0], [1]));
    expect(() => sink.rows(wrong)).toThrow(`Cell ${cell} was handed over with ${cause}`);
    sink.close();
  });
});

describe('damaged files are named', () => {
  function stored(): { folder: string; rows: MemoryRows } {
    const folder = temporaryFolder();
    const rows = randomRows(50, 30, 5);
    writeRows(rows, folder);
    return { folder, rows };
  }
  const sentence = (cause: string) =>
    `${cause}: the stored counts are damaged. Import the data again from their files.`;

  test.each(['counts.ptr', 'counts.idx', 'counts.val'])('%s too short, too long or missing', name => {
    const { folder, rows } = stored();
    const path = join(folder, name);
    appendFileSync(path, 'abc');
    expect(() => openRows(folder, rows)).toThrow(sentence(`${name} is 3 bytes too long`));
    truncateSync(path, statSync(path).size - 13);
    expect(() => openRows(folder, rows)).toThrow(sentence(`${name} is 10 bytes too short`));
    rmSync(path);
    expect(() => openRows(folder, rows)).toThrow(sentence(`${name} is missing`));
  });

  test.each([
    ['counts.ptr is wrong at cell 11', 10, 1e9],
    ['counts.ptr is wrong at cell 10', 10, -1],
    ['counts.ptr is wrong at cell 10', 10, NaN],
    ['counts.ptr is wrong at cell 10', 10, 0.5],
    ['counts.ptr does not fit the counts', 0, -1],
    ['counts.ptr does not fit the counts', 50, 2 ** 40],
  ])('pointers: %s', (cause, position, value) => {
    const { folder, rows } = stored();
    overwrite(join(folder, 'counts.ptr'), Float64Array.of(value), position * 8);
    expect(() => openRows(folder, rows)).toThrow(sentence(cause));
  });

  test('genes that do not exist and values that are no numbers, wherever they are read', () => {
    const { folder, rows } = stored();
    overwrite(join(folder, 'counts.idx'), Uint32Array.of(30), 4);
    expect(() => openRows(folder, rows, { memoryLimit: 1e9 })).toThrow(
      sentence('counts.idx names a gene that does not exist'),
    );
    const onDisk = openRows(folder, rows, { memoryLimit: 0 });
    expect(() => onDisk.read(0, 50)).toThrow(sentence('counts.idx names a gene that does not exist'));
    onDisk.close();

    overwrite(join(folder, 'counts.idx'), rows.idx.slice(1, 2), 4);
    overwrite(join(folder, 'counts.val'), Float32Array.of(NaN), 4);
    expect(() => openRows(folder, rows, { memoryLimit: 1e9 })).toThrow(
      sentence('counts.val holds a value that is no number'),
    );
  });

  test('a file that shrinks while it is open', () => {
    const { folder, rows } = stored();
    const onDisk = openRows(folder, rows, { memoryLimit: 0 });
    truncateSync(join(folder, 'counts.val'), 8);
    expect(() => onDisk.read(0, 50)).toThrow(sentence('a file of counts ended early'));
    onDisk.close();
  });
});
