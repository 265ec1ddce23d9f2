/** Puts entries that come cell by cell into blocks of bounded size. */
import type { RowSorter } from './entries.ts';
import type { RowSink } from './rows.ts';

const BLOCK_CELLS = 1024;
const BLOCK_ENTRIES = 1 << 16;

export class BlockBuilder {
  readonly #sink: RowSink;
  readonly #ptr = new Float64Array(BLOCK_CELLS + 1);
  #idx = new Uint32Array(BLOCK_ENTRIES);
  #val = new Float32Array(BLOCK_ENTRIES);
  #used = 0;
  #cells = 0;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  /**
   * An entry of the current cell; zeros are left out, also those that single precision makes of the smallest logarithms.
   * Genes have to ascend, or `sortCell` has to be called before the cell ends.
   */
  add(gene: number, value: number): void {
    if (Math.fround(value) === 0) return;
    if (this.#used === this.#idx.length) this.#grow();
    this.#idx[this.#used] = gene;
    this.#val[this.#used++] = value;
  }

  /** @returns a gene that the current cell holds twice, or null. */
  sortCell(sorter: RowSorter): number | null {
    return sorter.sort(this.#idx, this.#val, this.#ptr[this.#cells]!, this.#used);
  }

  endCell(): void {
    this.#ptr[++this.#cells] = this.#used;
    if (this.#cells === BLOCK_CELLS || this.#used >= BLOCK_ENTRIES) this.flush();
  }

  /** Hands over the cells that have ended; the sink gets arrays of its own. */
  flush(): void {
    if (this.#cells === 0) return;
    const block = {
      rows: this.#cells,
      ptr: this.#ptr.slice(0, this.#cells + 1),
      idx: this.#idx.slice(0, this.#used),
      val: this.#val.slice(0, this.#used),
    };
    this.#cells = 0;
    this.#used = 0;
    this.#sink.rows(block);
  }

  #grow(): void {
    const idx = new Uint32Array(this.#idx.length * 2);
    const val = new Float32Array(idx.length);
    idx.set(this.#idx);
    val.set(this.#val);
    this.#idx = idx;
    this.#val = val;
  }
}
