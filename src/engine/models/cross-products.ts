/**
 * X'X of some cells for many genes at once. The equations of a linear model from any of these genes are a block of it,
 * and so is its error on the cells, so that many panels cost one pass over the cells.
 */
import type { CellRows } from '../counts/rows.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { range } from '../steps/cells.ts';
import { DenseBatches } from './batches.ts';
import { BLOCK_CELLS } from './centred.ts';
import { pause } from './pause.ts';

/** Genes per product: bounds the time between two pauses. */
const CHUNK = 512;
/** Rows of the blocks in which the whole matrix is handed to the engine. */
const BLOCK_ROWS = 1024;

export class CrossProducts {
  readonly #position: Int32Array;
  readonly #genes: number;
  /** chosen x genes, row-major, of values around the training means */
  readonly #values: Float32Array;
  /** Per gene: sum of the squares of the same values. */
  readonly squares: Float64Array;
  /** Cells whose values are kept as well, which is where they are few; else null. */
  readonly cells: number | null;
  /** genes x cells */
  readonly #dense: Float32Array | null;

  constructor(
    chosen: Int32Array,
    genes: number,
    values: Float32Array,
    squares: Float64Array,
    dense: Float32Array | null,
  ) {
    this.squares = squares;
    this.#dense = dense;
    this.cells = dense && dense.length / genes;
    this.#position = new Int32Array(genes).fill(-1);
    chosen.forEach((gene, k) => (this.#position[gene] = k));
    this.#genes = genes;
    this.#values = values;
  }

  /** Products of a chosen gene with every gene: a view, not to be changed. */
  row(gene: number): Float32Array {
    const start = this.#position[gene]! * this.#genes;
    return this.#values.subarray(start, start + this.#genes);
  }

  /** The whole matrix in blocks of rows, where every gene was chosen; to be freed by the caller. */
  tensors(engine: TensorEngine): Tensor[] {
    const genes = this.#genes;
    if (this.#values.length !== genes * genes) throw new RangeError('Not every gene was chosen');
    return Array.from({ length: Math.ceil(genes / BLOCK_ROWS) }, (_, k) => {
      const from = k * BLOCK_ROWS;
      const rows = Math.min(BLOCK_ROWS, genes - from);
      return engine.tensor(this.#values.subarray(from * genes, (from + rows) * genes), [rows, genes]);
    });
  }

  /** Values of some genes in the cells, around the training means: genes x cells, row-major. Where `cells` is not null. */
  valuesOf(genes: Int32Array): Float32Array {
    if (this.#dense === null) throw new RangeError('The cells were not kept');
    return rowsOf(this.#dense, this.cells!, genes);
  }

  /** rows x columns, row-major. @param rows some of the chosen genes; @param columns any genes */
  block(rows: Int32Array, columns: Int32Array): Float32Array {
    const out = new Float32Array(rows.length * columns.length);
    let at = 0;
    for (const row of rows) {
      const start = this.#position[row]! * this.#genes;
      for (const column of columns) out[at++] = this.#values[start + column]!;
    }
    return out;
  }
}

/** Bytes that products of so many sets of cells take while the last is made. */
export function crossProductBytes(chosen: number, genes: number, sets: number): number {
  return (sets + 1) * 4 * rowsFor(chosen, genes) * genes + (3 + sets) * 4 * BLOCK_CELLS * genes;
}

/** From half of the genes on, all of them cost no more than the chosen: half of a symmetric product is enough. */
function rowsFor(chosen: number, genes: number): number {
  return 2 * chosen > genes ? genes : chosen;
}

/**
 * @param chosen genes, ascending
 * @param means of all genes over the training cells
 * @param onShare gets the share of the work done
 * @throws AppError CANCELLED
 */
export async function crossProducts(
  engine: TensorEngine,
  rows: CellRows,
  cells: Int32Array,
  chosen: Int32Array,
  means: Float64Array,
  { signal, onShare }: { readonly signal: AbortSignal; readonly onShare: (share: number) => void },
): Promise<CrossProducts> {
  const { genes } = rows;
  const symmetric = rowsFor(chosen.length, genes) === genes;
  const all = { columns: range(genes), means: Float32Array.from(means) };
  const left = symmetric ? all.columns : chosen;
  const batches = new DenseBatches(all, all, genes, BLOCK_CELLS);
  const starts = Array.from({ length: Math.ceil(left.length / CHUNK) }, (_, k) => k * CHUNK);
  const squares = new Float64Array(genes);
  const sums: (Tensor | null)[] = starts.map(() => null);
  /** First column of the products of a chunk. */
  const columnsFrom = (start: number): number => (symmetric ? start : 0);
  let kept: Float32Array | null = null;
  try {
    for (let from = 0; from < cells.length; from += BLOCK_CELLS) {
      const block = rows.gather(cells.subarray(from, from + BLOCK_CELLS));
      const count = block.rows;
      const dense = batches.fill(block).inputs;
      addSquares(dense, count, squares);
      // Cells of one block take less room than the products; equations of so few cells are sooner solved than those of genes.
      if (count === cells.length) kept = dense.slice();
      for (const [k, start] of starts.entries()) {
        await pause(signal, 'Scoring random panels');
        const part = left.subarray(start, start + CHUNK);
        const first = columnsFrom(start);
        const some = engine.tensor(rowsOf(dense, count, part), [part.length, count]);
        const others = engine.tensor(dense.subarray(first * count), [genes - first, count]);
        const product = engine.matMul(some, others, 'b');
        engine.free(some, others);
        const sum = sums[k]!;
        sums[k] = sum === null ? product : engine.addAll([sum, product]);
        onShare(Math.min(1, (from + (BLOCK_CELLS * (k + 1)) / starts.length) / cells.length));
      }
    }
    const values = new Float32Array(left.length * genes);
    starts.forEach((start, k) => {
      const sum = sums[k]!;
      if (sum === null) return;
      const first = columnsFrom(start);
      const width = genes - first;
      const product = engine.read(sum);
      for (let row = 0; row * width < product.length; row++) {
        values.set(product.subarray(row * width, (row + 1) * width), (start + row) * genes + first);
      }
      engine.free(sum);
      sums[k] = null;
    });
    if (symmetric) mirror(values, genes);
    return new CrossProducts(left, genes, values, squares, kept);
  } finally {
    engine.free(...sums.filter(sum => sum !== null));
  }
}

/** @param dense genes x cells */
function addSquares(dense: Float32Array, cells: number, squares: Float64Array): void {
  for (let gene = 0; gene < squares.length; gene++) {
    let sum = 0;
    for (let at = gene * cells; at < (gene + 1) * cells; at++) sum += dense[at]! ** 2;
    squares[gene]! += sum;
  }
}

/** Some rows of a dense block of genes x cells. */
function rowsOf(dense: Float32Array, cells: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * cells);
  rows.forEach((row, k) => out.set(dense.subarray(row * cells, (row + 1) * cells), k * cells));
  return out;
}

/** Cells of the memory that are copied together: both the rows and the columns of a tile stay in the cache. */
const TILE = 64;

/** Copies what is right of the diagonal to below it. */
function mirror(values: Float32Array, size: number): void {
  for (let top = 0; top < size; top += TILE) {
    for (let side = 0; side <= top; side += TILE) {
      const bottom = Math.min(size, top + TILE);
      for (let row = top; row < bottom; row++) {
        const end = Math.min(row, side + TILE);
        for (let column = side; column < end; column++) {
          values[row * size + column] = values[column * size + row]!;
        }
      }
    }
  }
}
