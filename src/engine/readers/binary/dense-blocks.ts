/** Dense matrices, read in blocks of cells. */
import { pacer } from '../../counts/pacer.ts';
import type { MatrixTarget } from './matrix-target.ts';

/** A block of cells of a dense matrix. */
export interface DenseSource {
  readonly cells: number;
  readonly genes: number;
  /** Cells to ask for at a time. */
  readonly step: number;
  /** The values of the block, and how far apart in them two genes of one cell, and two cells, stand. */
  block(
    from: number,
    to: number,
  ): {
    readonly values: ArrayLike<number>;
    readonly perGene: number;
    readonly perCell: number;
  };
}

/** Hands over all cells, zeros left out. */
export async function readDense(source: DenseSource, target: MatrixTarget): Promise<void> {
  const { cells, genes } = source;
  const { geneOf } = target;
  const pace = pacer(target.signal);
  for (let from = 0; from < cells; from += source.step) {
    await pace();
    const to = Math.min(cells, from + source.step);
    const { values, perGene, perCell } = source.block(from, to);
    let nonzeros = 0;
    for (let k = 0; k < values.length; k++) if (values[k] !== 0) nonzeros++;
    const ptr = new Float64Array(to - from + 1);
    const idx = new Uint32Array(nonzeros);
    const val = new Float32Array(nonzeros);
    let used = 0;
    for (let row = 0; row < to - from; row++) {
      for (let stored = 0; stored < genes; stored++) {
        const value = values[row * perCell + stored * perGene]!;
        if (value === 0) continue;
        const gene = geneOf === null ? stored : geneOf[stored]!;
        if (gene < 0) continue;
        target.audit.see(value, gene, from + row);
        idx[used] = gene;
        val[used] = value;
        // Looked at in single precision, in which the smallest logarithms are 0.
        if (val[used] !== 0) used++;
      }
      ptr[row + 1] = used;
    }
    target.sink.rows({ rows: to - from, ptr, idx: idx.subarray(0, used), val: val.subarray(0, used) });
    target.progress(to, cells);
  }
}
