/**
 * X'X of the training cells for many genes at once: the equations of a linear model from any of these genes are a block
 * of it, so that many panels cost one pass over the cells.
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

  constructor(chosen: Int32Array, genes: number, values: Float32Array) {
    this.#position = new Int32Array(genes).fill(-1);
    chosen.forEach((gene, k) => (this.#position[gene] = k));
    this.#genes = genes;
    this.#values = values;
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

/** Bytes that the products take while they are made. */
export function crossProductBytes(chosen: number, genes: number): number {
  return 2 * 4 * chosen * genes + 3 * 4 * BLOCK_CELLS * genes;
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
  train: Int32Array,
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
  const sums: (Tensor | null)[] = starts.map(() => null);
  try {
    for (let from = 0; from < train.length; from += BLOCK_CELLS) {
      const cells = train.subarray(from, from + BLOCK_CELLS);
      const dense = reader.read(cells);
      const all = engine.tensor(dense, [cells.length, genes]);
      try {
        for (const [k, start] of starts.entries()) {
          await pause(signal, 'Scoring random panels');
          const some = chosen.subarray(start, start + CHUNK);
          const part = engine.tensor(columnsOf(dense, genes, some, cells.length), [
            cells.length,
            some.length,
          ]);
          const product = engine.matMul(part, all, 'a');
          engine.free(part);
          const sum = sums[k]!;
          sums[k] = sum === null ? product : engine.addAll([sum, product]);
        }
      } finally {
        engine.free(all);
      }
      onShare(Math.min(1, (from + BLOCK_CELLS) / train.length));
    }
    const values = new Float32Array(chosen.length * genes);
    starts.forEach((start, k) => {
      const sum = sums[k]!;
      if (sum === null) return;
      values.set(engine.read(sum), start * genes);
      engine.free(sum);
      sums[k] = null;
    });
    return new CrossProducts(chosen, genes, values);
  } finally {
    engine.free(...sums.filter(sum => sum !== null));
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
