/**
 * Entries that come gene by gene or in no order at all, turned into cells by a counting sort.
 * Memory: 12 bytes an entry while collecting; while emitting 8 more, as the collected ones are let go.
 */
import { pacer } from './pacer.ts';
import type { RowSink } from './rows.ts';

const CHUNK = 1 << 17;

/** Fixed-size pieces instead of arrays that grow: nothing is copied, and pieces are freed one by one. */
interface Chunk {
  readonly cell: Uint32Array;
  readonly gene: Uint32Array;
  readonly val: Float32Array;
}

export class EntryCollector {
  #chunks: Chunk[] = [];
  #last = newChunk();
  #used = 0;
  #lastGene = 0;
  #genesAscend = true;

  get length(): number {
    return this.#chunks.length * CHUNK + this.#used;
  }

  /** Zeros are left out, also those that single precision makes of the smallest logarithms. */
  add(cell: number, gene: number, value: number): void {
    if (Math.fround(value) === 0) return;
    if (this.#used === CHUNK) {
      this.#chunks.push(this.#last);
      this.#last = newChunk();
      this.#used = 0;
    }
    if (gene < this.#lastGene) this.#genesAscend = false;
    this.#lastGene = gene;
    this.#last.cell[this.#used] = cell;
    this.#last.gene[this.#used] = gene;
    this.#last.val[this.#used++] = value;
  }

  /**
   * Hands all cells to the sink, genes ascending, and frees the entries. Can be called once.
   * @returns the first entry that occurs twice, or null. Nothing from its block of cells on is emitted.
   * @throws the reason of the signal, once aborted.
   */
  async emit(
    cells: number,
    genes: number,
    sink: RowSink,
    signal: AbortSignal,
    rowsPerBlock = 1024,
  ): Promise<{ cell: number; gene: number } | null> {
    const pace = pacer(signal);
    const total = this.length;
    const chunks = [...this.#chunks, this.#last];
    const held = (chunk: number): number => Math.min(CHUNK, total - chunk * CHUNK);
    this.#chunks = [];

    const starts = new Float64Array(cells + 1);
    for (const [c, chunk] of chunks.entries()) {
      await pace();
      const n = held(c);
      for (let k = 0; k < n; k++) starts[chunk.cell[k]! + 1]!++;
    }
    for (let c = 0; c < cells; c++) starts[c + 1]! += starts[c]!;
    const next = starts.slice(0, cells);
    const idx = new Uint32Array(total);
    const val = new Float32Array(total);
    for (let c = 0; c < chunks.length; c++) {
      await pace();
      const chunk = chunks[c]!;
      const n = held(c);
      for (let k = 0; k < n; k++) {
        const to = next[chunk.cell[k]!]!++;
        idx[to] = chunk.gene[k]!;
        val[to] = chunk.val[k]!;
      }
      chunks[c] = EMPTY;
    }
    this.#last = EMPTY;

    const sort = this.#genesAscend ? null : new RowSorter(genes);
    for (let from = 0; from < cells; from += rowsPerBlock) {
      await pace();
      const to = Math.min(cells, from + rowsPerBlock);
      const first = starts[from]!;
      const ptr = starts.slice(from, to + 1).map(p => p - first);
      const block = {
        rows: to - from,
        ptr,
        idx: idx.subarray(first, starts[to]),
        val: val.subarray(first, starts[to]),
      };
      for (let r = 0; r < block.rows; r++) {
        const gene = sort?.sort(block.idx, block.val, ptr[r]!, ptr[r + 1]!) ?? null;
        const twice = gene ?? firstRepeat(block.idx, ptr[r]!, ptr[r + 1]!);
        if (twice !== null) return { cell: from + r, gene: twice };
      }
      sink.rows(block);
    }
    return null;
  }
}

const EMPTY: Chunk = { cell: new Uint32Array(0), gene: new Uint32Array(0), val: new Float32Array(0) };

function newChunk(): Chunk {
  return { cell: new Uint32Array(CHUNK), gene: new Uint32Array(CHUNK), val: new Float32Array(CHUNK) };
}

/** Sorts the entries of one cell by gene, in place. */
export class RowSorter {
  readonly #valueOf: Float32Array;

  constructor(genes: number) {
    this.#valueOf = new Float32Array(genes);
  }

  /** @returns a gene that occurs twice in the row, or null; the row's values are undefined in the first case. */
  sort(idx: Uint32Array, val: Float32Array, from: number, to: number): number | null {
    for (let k = from; k < to; k++) this.#valueOf[idx[k]!] = val[k]!;
    idx.subarray(from, to).sort();
    const twice = firstRepeat(idx, from, to);
    if (twice === null) for (let k = from; k < to; k++) val[k] = this.#valueOf[idx[k]!]!;
    return twice;
  }
}

function firstRepeat(idx: Uint32Array, from: number, to: number): number | null {
  for (let k = from + 1; k < to; k++) if (idx[k] === idx[k - 1]) return idx[k]!;
  return null;
}
