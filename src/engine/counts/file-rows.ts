/**
 * A cells x genes matrix on disk: three files of little-endian binary, the arrays of compressed sparse rows.
 *   counts.ptr  float64, cells + 1   where each cell's entries start
 *   counts.idx  uint32, nonzeros     gene of each entry, ascending within a cell
 *   counts.val  float32, nonzeros
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { SummedFile } from '../workspace/atomic.ts';
import type { FileSum } from '../workspace/atomic.ts';
import { storageError, workspaceError } from '../workspace/storage-error.ts';
import { MemoryRows } from './memory-rows.ts';
import type { CellRows, RowBlock, RowSink } from './rows.ts';

export const MATRIX_FILES = ['counts.ptr', 'counts.idx', 'counts.val'] as const;
export type MatrixFile = (typeof MATRIX_FILES)[number];

export interface MatrixShape {
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
}

/** Entries between two wanted cells that are cheaper to read along than to skip (64 kB a file). */
const GAP = 1 << 14;
/** Most entries read in one go while cells are gathered (16 MB a file). */
const STRETCH = 1 << 22;
/** Most bytes of one read call; the system refuses 2 GiB and more. */
const READ = 1 << 30;
/** Share of the free memory that a matrix may take, and its limit: loading more would hold up the engine. */
const MEMORY_SHARE = 0.25;
const MEMORY_MOST = 2 ** 29;

const bytesOf = (array: Float64Array | Uint32Array | Float32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Streams cells to the three files with bounded memory. The folder must not hold them yet. */
export class FileRowSink implements RowSink {
  readonly #ptr: SummedFile;
  readonly #idx: SummedFile;
  readonly #val: SummedFile;
  #cells = 0;
  #nonzeros = 0;
  #totalCounts = 0;
  #genesSeen = 0;
  #sums: Record<MatrixFile, FileSum> | null = null;
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.#ptr = new SummedFile(join(folder, 'counts.ptr'));
    this.#idx = new SummedFile(join(folder, 'counts.idx'));
    this.#val = new SummedFile(join(folder, 'counts.val'));
    this.#ptr.append(bytesOf(new Float64Array(1)));
  }

  get cells(): number {
    return this.#cells;
  }
  get nonzeros(): number {
    return this.#nonzeros;
  }
  /** Sum of all values. */
  get totalCounts(): number {
    return this.#totalCounts;
  }
  /** One more than the largest gene index. */
  get genesSeen(): number {
    return this.#genesSeen;
  }

  /**
   * @throws AppError INTERNAL for a block that breaks the rules of RowBlock: an error of the code that made it;
   *   NO_ROOM when the disk is full
   */
  rows(block: RowBlock): void {
    this.#check(block);
    const n = block.ptr[block.rows]!;
    const ends = block.ptr.slice(1, block.rows + 1);
    for (let r = 0; r < block.rows; r++) ends[r]! += this.#nonzeros;
    this.#ptr.append(bytesOf(ends));
    this.#idx.append(bytesOf(block.idx.subarray(0, n)));
    this.#val.append(bytesOf(block.val.subarray(0, n)));
    this.#cells += block.rows;
    this.#nonzeros += n;
  }

  /** Brings the files to the disk; nothing can be added afterwards. */
  finish(): Record<MatrixFile, FileSum> {
    return (this.#sums ??= {
      'counts.ptr': this.#ptr.finish(),
      'counts.idx': this.#idx.finish(),
      'counts.val': this.#val.finish(),
    });
  }

  /** Lets go of the files, wherever they stand. */
  close(): void {
    for (const file of [this.#ptr, this.#idx, this.#val]) file.close();
  }

  #check(block: RowBlock): void {
    const { rows, ptr, idx, val } = block;
    if (ptr.length <= rows || ptr[0] !== 0) throw this.#broken(0, 'row pointers that do not fit');
    for (let r = 0; r < rows; r++) {
      const start = ptr[r]!;
      const end = ptr[r + 1]!;
      if (!(end >= start && end <= idx.length && end <= val.length && Number.isInteger(end))) {
        throw this.#broken(r, 'row pointers that do not fit');
      }
      let last = -1;
      for (let k = start; k < end; k++) {
        const gene = idx[k]!;
        const value = val[k]!;
        if (gene <= last) throw this.#broken(r, 'genes out of order');
        if (value === 0 || !Number.isFinite(value)) throw this.#broken(r, `the value ${value}`);
        this.#totalCounts += value;
        last = gene;
      }
      if (last >= this.#genesSeen) this.#genesSeen = last + 1;
    }
  }

  #broken(row: number, what: string): AppError<'INTERNAL'> {
    const message = `Cell ${this.#cells + row + 1} was handed over with ${what}. Please report this as a fault of F910 Studio.`;
    return new AppError('INTERNAL', message, { name: 'RowBlock' });
  }
}

/** Reads cells from the three files as they are asked for. */
export class FileRows implements CellRows {
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  readonly #ptr: Float64Array;
  readonly #idx: OpenFile;
  readonly #val: OpenFile;

  /** @throws AppError WORKSPACE naming the file that is missing, too short, too long or has impossible pointers */
  constructor(folder: string, shape: MatrixShape) {
    this.cells = shape.cells;
    this.genes = shape.genes;
    this.nonzeros = shape.nonzeros;
    this.#ptr = readPointers(join(folder, 'counts.ptr'), shape);
    this.#idx = new OpenFile(join(folder, 'counts.idx'), shape.nonzeros * 4);
    try {
      this.#val = new OpenFile(join(folder, 'counts.val'), shape.nonzeros * 4);
    } catch (error) {
      this.#idx.close();
      throw error;
    }
  }

  read(from: number, to: number): RowBlock {
    if (!(from >= 0 && from <= to && to <= this.cells)) {
      throw new RangeError(`cells ${from} to ${to} of ${this.cells}`);
    }
    const start = this.#ptr[from]!;
    const ptr = this.#ptr.slice(from, to + 1);
    for (let r = 0; r < ptr.length; r++) ptr[r]! -= start;
    return { rows: to - from, ptr, ...this.#entries(start, this.#ptr[to]!) };
  }

  gather(cells: ArrayLike<number>): RowBlock {
    const rows = cells.length;
    const ptr = new Float64Array(rows + 1);
    // Cell and position in one number, so that a numeric sort brings the cells into the order of the file.
    const order = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      const cell = cells[r]!;
      if (!(cell >= 0 && cell < this.cells)) throw new RangeError(`cell ${cell} of ${this.cells}`);
      ptr[r + 1] = ptr[r]! + this.#ptr[cell + 1]! - this.#ptr[cell]!;
      order[r] = cell * rows + r;
    }
    order.sort();
    const idx = new Uint32Array(ptr[rows]!);
    const val = new Float32Array(ptr[rows]!);
    for (let first = 0; first < rows;) {
      const start = this.#ptr[Math.floor(order[first]! / rows)]!;
      let end = this.#ptr[Math.floor(order[first]! / rows) + 1]!;
      let next = first + 1;
      for (; next < rows; next++) {
        const cell = Math.floor(order[next]! / rows);
        if (this.#ptr[cell]! - end > GAP || this.#ptr[cell + 1]! - start > STRETCH) break;
        end = this.#ptr[cell + 1]!;
      }
      const stretch = this.#entries(start, end);
      for (; first < next; first++) {
        const cell = Math.floor(order[first]! / rows);
        const to = ptr[order[first]! - cell * rows]!;
        const a = this.#ptr[cell]! - start;
        const b = this.#ptr[cell + 1]! - start;
        idx.set(stretch.idx.subarray(a, b), to);
        val.set(stretch.val.subarray(a, b), to);
      }
    }
    return { rows, ptr, idx, val };
  }

  close(): void {
    this.#idx.close();
    this.#val.close();
  }

  /** Entries from start to end, each looked at: a gene that does not exist would write beside a dense matrix. */
  #entries(start: number, end: number): { idx: Uint32Array; val: Float32Array } {
    const idx = new Uint32Array(end - start);
    const val = new Float32Array(end - start);
    this.#idx.read(bytesOf(idx), start * 4);
    this.#val.read(bytesOf(val), start * 4);
    for (let k = 0; k < idx.length; k++) {
      if (idx[k]! >= this.genes) throw damaged(this.#idx.path, 'counts.idx names a gene that does not exist');
      if (!Number.isFinite(val[k]!))
        throw damaged(this.#val.path, 'counts.val holds a value that is no number');
    }
    return { idx, val };
  }
}

/**
 * The matrix in a folder: in memory where it fits, else read from disk as needed.
 * @param memoryLimit bytes that the matrix may take; by default a share of what is free
 * @throws AppError WORKSPACE, see FileRows
 */
export function openRows(
  folder: string,
  shape: MatrixShape,
  { memoryLimit = defaultMemoryLimit() }: { memoryLimit?: number } = {},
): CellRows {
  const rows = new FileRows(folder, shape);
  if (shape.nonzeros * 8 + (shape.cells + 1) * 8 > memoryLimit) return rows;
  try {
    const { ptr, idx, val } = rows.read(0, shape.cells);
    return new MemoryRows(shape.genes, ptr, idx, val);
  } finally {
    rows.close();
  }
}

function defaultMemoryLimit(): number {
  return Math.min(MEMORY_MOST, process.availableMemory() * MEMORY_SHARE);
}

function damaged(path: string, what: string): AppError<'WORKSPACE'> {
  return workspaceError(
    path,
    `${what}: the stored counts are damaged. Import the data again from their files.`,
  );
}

/** A file of known size, read at any place. */
class OpenFile {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string, bytes: number) {
    this.path = path;
    const name = path.slice(-'counts.xyz'.length);
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        throw storageError(error, path);
      throw damaged(path, `${name} is missing`);
    }
    const size = fstatSync(this.#descriptor).size;
    if (size === bytes) return;
    this.close();
    throw damaged(path, `${name} is ${Math.abs(bytes - size)} bytes too ${size < bytes ? 'short' : 'long'}`);
  }

  read(into: Uint8Array, position: number): void {
    for (let at = 0; at < into.length;) {
      let n: number;
      try {
        n = readSync(this.#descriptor, into, at, Math.min(READ, into.length - at), position + at);
      } catch (error) {
        throw storageError(error, this.path);
      }
      if (n === 0) throw damaged(this.path, 'a file of counts ended early');
      at += n;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function readPointers(path: string, shape: MatrixShape): Float64Array {
  const file = new OpenFile(path, (shape.cells + 1) * 8);
  const ptr = new Float64Array(shape.cells + 1);
  try {
    file.read(bytesOf(ptr), 0);
  } finally {
    file.close();
  }
  for (let c = 0; c < shape.cells; c++) {
    if (!(Number.isInteger(ptr[c + 1]!) && ptr[c + 1]! >= ptr[c]!)) {
      throw damaged(path, `counts.ptr is wrong at cell ${c + 1}`);
    }
  }
  if (ptr[0] !== 0 || ptr[shape.cells] !== shape.nonzeros)
    throw damaged(path, 'counts.ptr does not fit the counts');
  return ptr;
}
