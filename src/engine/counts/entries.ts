/** Entries that come gene by gene or in no order at all, turned into cells by a counting sort. */
import type { RowSink } from './rows.ts';

export class EntryCollector {
  #cell = new Uint32Array(1 << 16);
  #gene = new Uint32Array(1 << 16);
  #val = new Float32Array(1 << 16);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  /** Zero values are left out. */
  add(cell: number, gene: number, value: number): void {
    if (value === 0) return;
    if (this.#used === this.#cell.length) this.#grow();
    this.#cell[this.#used] = cell;
    this.#gene[this.#used] = gene;
    this.#val[this.#used] = value;
    this.#used++;
  }

  /**
   * Hands all cells to the sink, genes ascending, and frees the entries.
   * @returns the first entry that occurs twice, or null. The second value of a repeated entry is not emitted.
   */
  emit(
    cells: number,
    genes: number,
    sink: RowSink,
    rowsPerBlock = 1024,
  ): { cell: number; gene: number } | null {
    const n = this.#used;
    // Two stable passes, by gene and then by cell, leave genes ascending within every cell.
    const byGene = order(this.#gene, n, genes);
    const starts = new Float64Array(cells + 1);
    for (let k = 0; k < n; k++) starts[this.#cell[k]! + 1]!++;
    for (let c = 0; c < cells; c++) starts[c + 1]! += starts[c]!;
    const next = starts.slice(0, cells);
    const idx = new Uint32Array(n);
    const val = new Float32Array(n);
    for (let k = 0; k < n; k++) {
      const from = byGene[k]!;
      const to = next[this.#cell[from]!]!++;
      idx[to] = this.#gene[from]!;
      val[to] = this.#val[from]!;
    }
    this.#cell = this.#gene = new Uint32Array(0);
    this.#val = new Float32Array(0);
    this.#used = 0;
    let twice: { cell: number; gene: number } | null = null;
    for (let c = 0; c < cells && twice === null; c++) {
      for (let k = starts[c]! + 1; k < starts[c + 1]!; k++) {
        if (idx[k] === idx[k - 1]) {
          twice = { cell: c, gene: idx[k]! };
          break;
        }
      }
    }
    if (twice !== null) return twice;
    for (let from = 0; from < cells; from += rowsPerBlock) {
      const to = Math.min(cells, from + rowsPerBlock);
      const first = starts[from]!;
      const ptr = starts.slice(from, to + 1).map(p => p - first);
      sink.rows({
        rows: to - from,
        ptr,
        idx: idx.subarray(first, starts[to]),
        val: val.subarray(first, starts[to]),
      });
    }
    return null;
  }

  #grow(): void {
    const size = Math.ceil(this.#cell.length * 1.5);
    const copy = <T extends Uint32Array | Float32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#cell = copy(new Uint32Array(size), this.#cell);
    this.#gene = copy(new Uint32Array(size), this.#gene);
    this.#val = copy(new Float32Array(size), this.#val);
  }
}

/** Positions 0..n-1 in stable order of their keys. */
function order(keys: Uint32Array, n: number, range: number): Uint32Array {
  const next = new Uint32Array(range + 1);
  for (let k = 0; k < n; k++) next[keys[k]! + 1]!++;
  for (let g = 0; g < range; g++) next[g + 1]! += next[g]!;
  const out = new Uint32Array(n);
  for (let k = 0; k < n; k++) out[next[keys[k]!]!++] = k;
  return out;
}
