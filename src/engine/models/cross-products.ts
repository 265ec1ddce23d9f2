/**
 * X'X of some cells for many genes at once. The equations of a linear model from any of these genes are a block of it,
 * and so is its error on the cells, so that many panels cost one pass over the cells.
 */
import type { CellRows } from '../counts/rows.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { BLOCK_CELLS, CentredReader } from './centred.ts';
import { pause } from './pause.ts';

/** Genes per product: bounds what is added up at once. */
const CHUNK = 1024;

export class CrossProducts {
  readonly #position: Int32Array;
  readonly #genes: number;
  /** chosen x genes, row-major, of values around the training means */
  readonly #values: Float32Array;
  /** Per gene: sum of the squares of the same values. */
  readonly squares: Float64Array;

  constructor(chosen: Int32Array, genes: number, values: Float32Array, squares: Float64Array) {
    this.squares = squares;
    this.#position = new Int32Array(genes).fill(-1);
    chosen.forEach((gene, k) => (this.#position[gene] = k));
    this.#genes = genes;
    this.#values = values;
  }

  /** rows x all genes, row-major. @param rows some of the chosen genes */
  rows(rows: Int32Array): Float32Array {
    const out = new Float32Array(rows.length * this.#genes);
    rows.forEach((row, k) => {
      const start = this.#position[row]! * this.#genes;
      out.set(this.#values.subarray(start, start + this.#genes), k * this.#genes);
    });
    return out;
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
  return (sets + 1) * 4 * chosen * genes + 3 * 4 * BLOCK_CELLS * genes;
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
  const reader = new CentredReader(
    rows,
    Int32Array.from({ length: genes }, (_, gene) => gene),
    means,
  );
  const starts = Array.from({ length: Math.ceil(chosen.length / CHUNK) }, (_, k) => k * CHUNK);
  const squares = new Float64Array(genes);
  const sums: (Tensor | null)[] = starts.map(() => null);
  try {
    for (let from = 0; from < cells.length; from += BLOCK_CELLS) {
      const some = cells.subarray(from, from + BLOCK_CELLS);
      const dense = reader.read(some);
      const all = engine.tensor(dense, [some.length, genes]);
      try {
        addSquares(dense, genes, squares);
        for (const [k, start] of starts.entries()) {
          await pause(signal, 'Scoring random panels');
          const part = chosen.subarray(start, start + CHUNK);
          const left = engine.tensor(columnsOf(dense, genes, part, some.length), [some.length, part.length]);
          const product = engine.matMul(left, all, 'a');
          engine.free(left);
          const sum = sums[k]!;
          sums[k] = sum === null ? product : engine.addAll([sum, product]);
          onShare(Math.min(1, (from + (BLOCK_CELLS * (k + 1)) / starts.length) / cells.length));
        }
      } finally {
        engine.free(all);
      }
    }
    const values = new Float32Array(chosen.length * genes);
    starts.forEach((start, k) => {
      const sum = sums[k]!;
      if (sum === null) return;
      values.set(engine.read(sum), start * genes);
      engine.free(sum);
      sums[k] = null;
    });
    return new CrossProducts(chosen, genes, values, squares);
  } finally {
    engine.free(...sums.filter(sum => sum !== null));
  }
}

function addSquares(dense: Float32Array, width: number, squares: Float64Array): void {
  for (let at = 0; at < dense.length; at += width) {
    for (let column = 0; column < width; column++) squares[column]! += dense[at + column]! ** 2;
  }
}

/** Some columns of a dense block. */
function columnsOf(dense: Float32Array, width: number, columns: Int32Array, rows: number): Float32Array {
  const out = new Float32Array(rows * columns.length);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const column of columns) out[at++] = dense[row * width + column]!;
  }
  return out;
}
