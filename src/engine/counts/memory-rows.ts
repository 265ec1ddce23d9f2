/** A cells x genes matrix in memory: compressed sparse rows in typed arrays that grow while cells arrive. */
import type { CellRows, RowBlock, RowSink } from './rows.ts';

export class MemoryRows implements CellRows {
  readonly cells: number;
  readonly genes: number;
  readonly ptr: Float64Array;
  readonly idx: Uint32Array;
  readonly val: Float32Array;

  constructor(genes: number, ptr: Float64Array, idx: Uint32Array, val: Float32Array) {
    this.cells = ptr.length - 1;
    this.genes = genes;
    this.ptr = ptr;
    this.idx = idx;
    this.val = val;
  }

  get nonzeros(): number {
    return this.ptr[this.cells]!;
  }

  read(from: number, to: number): RowBlock {
    const start = this.ptr[from]!;
    const end = this.ptr[to]!;
    const ptr = this.ptr.slice(from, to + 1);
    if (start !== 0) for (let r = 0; r < ptr.length; r++) ptr[r]! -= start;
    return { rows: to - from, ptr, idx: this.idx.subarray(start, end), val: this.val.subarray(start, end) };
  }

  gather(cells: ArrayLike<number>): RowBlock {
    const ptr = new Float64Array(cells.length + 1);
    for (let r = 0; r < cells.length; r++) {
      ptr[r + 1] = ptr[r]! + this.ptr[cells[r]! + 1]! - this.ptr[cells[r]!]!;
    }
    const idx = new Uint32Array(ptr[cells.length]!);
    const val = new Float32Array(ptr[cells.length]!);
    for (let r = 0; r < cells.length; r++) {
      const from = this.ptr[cells[r]!]!;
      const to = this.ptr[cells[r]! + 1]!;
      idx.set(this.idx.subarray(from, to), ptr[r]);
      val.set(this.val.subarray(from, to), ptr[r]);
    }
    return { rows: cells.length, ptr, idx, val };
  }

  close(): void {
    // Nothing is held beyond memory.
  }
}

/** Collects the blocks of a reader. */
export class MemorySink implements RowSink {
  #ends: number[] = [];
  #idx = new Uint32Array(1 << 16);
  #val = new Float32Array(1 << 16);
  #used = 0;

  rows(block: RowBlock): void {
    const n = block.ptr[block.rows]!;
    if (this.#used + n > this.#idx.length) {
      const size = Math.max(this.#used + n, Math.ceil(this.#idx.length * 1.5));
      const idx = new Uint32Array(size);
      const val = new Float32Array(size);
      idx.set(this.#idx.subarray(0, this.#used));
      val.set(this.#val.subarray(0, this.#used));
      this.#idx = idx;
      this.#val = val;
    }
    this.#idx.set(block.idx.subarray(0, n), this.#used);
    this.#val.set(block.val.subarray(0, n), this.#used);
    for (let r = 1; r <= block.rows; r++) this.#ends.push(this.#used + block.ptr[r]!);
    this.#used += n;
  }

  /** The matrix; the sink must not be used afterwards. */
  finish(genes: number): MemoryRows {
    const ptr = new Float64Array(this.#ends.length + 1);
    ptr.set(this.#ends, 1);
    return new MemoryRows(genes, ptr, this.#idx.subarray(0, this.#used), this.#val.subarray(0, this.#used));
  }
}
