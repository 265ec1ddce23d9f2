/** Where cells lie by the genes of a panel, or by all genes: what neighbours and clusters are found on. */
import type { CellRows } from '../counts/rows.ts';
import { largestEigenvectors } from '../models/eigen.ts';
import { pause } from '../models/pause.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { denseTable, tableMeans } from './dense.ts';

export const COMPONENTS = 50;
const WHAT = 'Comparing neighbours';

export interface Places {
  readonly cells: number;
  readonly dims: number;
  /** `values[cell * dims + d]`. */
  readonly values: Float32Array;
}

/**
 * Places of the cells by some genes: on the first 50 principal components of these cells, or on the centred genes themselves
 * where there are no more.
 * @throws AppError CANCELLED
 */
export async function placesOf(
  engine: TensorEngine,
  rows: CellRows,
  cells: Int32Array,
  genes: Int32Array,
  signal: AbortSignal,
): Promise<Places> {
  await pause(signal, WHAT);
  const n = cells.length;
  const p = genes.length;
  const table = denseTable(rows, cells, genes);
  const means = tableMeans(table, p);
  for (let row = 0; row < n; row++) for (let k = 0; k < p; k++) table[row * p + k]! -= means[k]!;
  if (p <= COMPONENTS) return { cells: n, dims: p, values: table };
  const x = engine.tensor(table, [n, p]);
  const matrix = p < n ? engine.matMul(x, x, 'a') : engine.matMul(x, x, 'b');
  try {
    const size = Math.min(n, p);
    const width = Math.min(COMPONENTS, size);
    const { vectors, values } = await largestEigenvectors(engine, [matrix], size, width, signal);
    if (p < n) {
      const scores = engine.scope(() => engine.read(engine.matMul(x, engine.tensor(vectors, [p, width]))));
      return { cells: n, dims: width, values: scores };
    }
    for (let k = 0; k < width; k++) {
      const root = Math.sqrt(Math.max(0, values[k]!));
      for (let row = 0; row < n; row++) vectors[row * width + k]! *= root;
    }
    return { cells: n, dims: width, values: vectors };
  } finally {
    engine.free(x, matrix);
  }
}
