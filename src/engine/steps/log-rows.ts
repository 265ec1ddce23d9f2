/** The matrix that is modelled: kept cells x kept genes, normalised and logged while reading, or once into memory. */
import { MemoryRows } from '../counts/memory-rows.ts';
import type { CellRows, RowBlock } from '../counts/rows.ts';
import { readCells, sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import { columnMap } from './predictor.ts';
import type { Preprocessed } from './preprocess.ts';

/** What of a preprocessing decides the matrix. */
export type ModelledView = Pick<Preprocessed, 'cells' | 'genes' | 'nonzeros' | 'scale' | 'transform'>;

/** Bytes of one stored entry: a gene and a value. */
const ENTRY_BYTES = 8;

/** Bytes that the whole matrix takes in memory. */
export function logRowsBytes(preprocessed: Pick<ModelledView, 'nonzeros' | 'cells'>): number {
  return preprocessed.nonzeros * ENTRY_BYTES + (preprocessed.cells.length + 1) * 8;
}

export class LogRows implements CellRows {
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  readonly #raw: CellRows;
  readonly #from: ModelledView;
  /** Column of each imported gene, or -1. */
  readonly #column: Int32Array;

  /** @param raw the rows that `preprocess` read; they stay open and belong to whoever opened them */
  constructor(raw: CellRows, preprocessed: ModelledView) {
    this.cells = preprocessed.cells.length;
    this.genes = preprocessed.genes.length;
    this.nonzeros = preprocessed.nonzeros;
    this.#raw = raw;
    this.#from = preprocessed;
    this.#column = columnMap(preprocessed.genes, raw.genes);
  }

  /** The matrix in memory where it takes no more than `memoryLimit` bytes, else a view that computes while it reads. */
  static async create(
    raw: CellRows,
    preprocessed: ModelledView,
    { memoryLimit }: { readonly memoryLimit: number },
    context: StepContext,
  ): Promise<CellRows> {
    const view = new LogRows(raw, preprocessed);
    if (logRowsBytes(preprocessed) > memoryLimit) return view;
    const ptr = new Float64Array(view.cells + 1);
    const idx = new Uint32Array(view.nonzeros);
    const val = new Float32Array(view.nonzeros);
    const task = {
      phase: 'preprocess',
      label: 'Taking logarithms',
      of: view.cells,
      block: sparseBlock(raw),
    };
    await inBlocks(context, task, (from, to) => {
      const block = view.read(from, to);
      const start = ptr[from]!;
      idx.set(block.idx, start);
      val.set(block.val, start);
      for (let r = 1; r <= block.rows; r++) ptr[from + r] = start + block.ptr[r]!;
    });
    return new MemoryRows(view.genes, ptr, idx, val);
  }

  read(from: number, to: number): RowBlock {
    const cells = this.#from.cells;
    return this.#transform(
      from === to ? this.#raw.read(0, 0) : readCells(this.#raw, cells, from, to),
      this.#from.scale.subarray(from, to),
    );
  }

  gather(cells: ArrayLike<number>): RowBlock {
    const raw = Int32Array.from(cells, cell => this.#from.cells[cell]!);
    const scale = Float64Array.from(cells, cell => this.#from.scale[cell]!);
    return this.#transform(this.#raw.gather(raw), scale);
  }

  close(): void {
    // The raw rows are not ours.
  }

  /** Kept genes of a raw block, with the values of the run. @param scale one factor per row */
  #transform(block: RowBlock, scale: Float64Array): RowBlock {
    const { transform } = this.#from;
    const perUnit = transform.from === 'counts' ? 1 / Math.log(transform.logBase) : transform.factor;
    const entries = block.ptr[block.rows]!;
    const ptr = new Float64Array(block.rows + 1);
    const idx = new Uint32Array(entries);
    const val = new Float32Array(entries);
    let used = 0;
    for (let r = 0; r < block.rows; r++) {
      const end = block.ptr[r + 1]!;
      for (let e = block.ptr[r]!; e < end; e++) {
        const column = this.#column[block.idx[e]!]!;
        if (column < 0) continue;
        const value = block.val[e]!;
        idx[used] = column;
        val[used++] = perUnit * (transform.from === 'counts' ? Math.log1p(value * scale[r]!) : value);
      }
      ptr[r + 1] = used;
    }
    return { rows: block.rows, ptr, idx: idx.subarray(0, used), val: val.subarray(0, used) };
  }
}
