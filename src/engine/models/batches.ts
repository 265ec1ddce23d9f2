/** Cells made dense for a training step, gene by gene, so that a range of genes is one piece of memory. */
import type { CellRows, RowBlock } from '../counts/rows.ts';
import { columnMap } from '../steps/predictor.ts';

/** Views of buffers that the next batch overwrites. */
export interface Batch {
  readonly cells: number;
  /** genes x cells, row-major */
  readonly inputs: Float32Array;
  /** genes x cells, row-major; the same array as `inputs` where a network predicts its own inputs */
  readonly targets: Float32Array;
}

export class BatchReader {
  readonly #rows: CellRows;
  readonly #inputs: GeneMajorBuffer;
  readonly #targets: GeneMajorBuffer;

  /** @param largest most cells that a batch will have */
  constructor(rows: CellRows, inputs: Int32Array, targets: Int32Array, largest: number) {
    this.#rows = rows;
    this.#inputs = new GeneMajorBuffer(inputs, rows.genes, largest);
    this.#targets = sameColumns(inputs, targets)
      ? this.#inputs
      : new GeneMajorBuffer(targets, rows.genes, largest);
  }

  read(cells: Int32Array): Batch {
    const block = this.#rows.gather(cells);
    const inputs = this.#inputs.fill(block);
    const targets = this.#targets === this.#inputs ? inputs : this.#targets.fill(block);
    return { cells: block.rows, inputs, targets };
  }
}

class GeneMajorBuffer {
  readonly #map: Int32Array;
  readonly #width: number;
  readonly #values: Float32Array;

  constructor(columns: Int32Array, genes: number, largest: number) {
    this.#map = columnMap(columns, genes);
    this.#width = columns.length;
    this.#values = new Float32Array(columns.length * largest);
  }

  fill(block: RowBlock): Float32Array {
    const cells = block.rows;
    const dense = this.#values.subarray(0, this.#width * cells).fill(0);
    for (let r = 0; r < cells; r++) {
      const end = block.ptr[r + 1]!;
      for (let k = block.ptr[r]!; k < end; k++) {
        const column = this.#map[block.idx[k]!]!;
        if (column >= 0) dense[column * cells + r] = block.val[k]!;
      }
    }
    return dense;
  }
}

export function sameColumns(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((column, k) => column === b[k]));
}
