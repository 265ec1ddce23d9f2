/**
 * Cells made dense for a training step: gene by gene, so that a range of genes is one piece of memory, and around the
 * genes' means. Counts are never negative, so without that the first steps push every hidden unit the same way in all cells,
 * most units fall below zero for good, and the network is left predicting the mean.
 */
import type { RowBlock } from '../counts/rows.ts';
import { columnMap } from '../steps/predictor.ts';

/** Columns of the preprocessed matrix with what is taken away from each. */
export interface CentredColumns {
  readonly columns: Int32Array;
  readonly means: Float32Array;
}

/** Views of buffers that the next batch overwrites. */
export interface Batch {
  readonly cells: number;
  /** genes x cells, row-major, around the means */
  readonly inputs: Float32Array;
  /** genes x cells, row-major; the same array as `inputs` where a network predicts its own inputs */
  readonly targets: Float32Array;
}

export class DenseBatches {
  readonly #inputs: GeneMajorBuffer;
  readonly #targets: GeneMajorBuffer;

  /** @param genes of the matrix that the blocks come from; @param largest most cells that a batch will have */
  constructor(inputs: CentredColumns, targets: CentredColumns, genes: number, largest: number) {
    this.#inputs = new GeneMajorBuffer(inputs, genes, largest);
    this.#targets = sameColumns(inputs.columns, targets.columns)
      ? this.#inputs
      : new GeneMajorBuffer(targets, genes, largest);
  }

  fill(block: RowBlock): Batch {
    const inputs = this.#inputs.fill(block);
    const targets = this.#targets === this.#inputs ? inputs : this.#targets.fill(block);
    return { cells: block.rows, inputs, targets };
  }
}

class GeneMajorBuffer {
  readonly #map: Int32Array;
  readonly #first: number;
  readonly #last: number;
  readonly #means: Float32Array;
  readonly #values: Float32Array;

  /** @param columns ascending */
  constructor({ columns, means }: CentredColumns, genes: number, largest: number) {
    this.#map = columnMap(columns, genes);
    this.#first = columns[0] ?? 0;
    this.#last = columns.at(-1) ?? -1;
    this.#means = means;
    this.#values = new Float32Array(columns.length * largest);
  }

  fill(block: RowBlock): Float32Array {
    const cells = block.rows;
    const width = this.#means.length;
    const dense = this.#values.subarray(0, width * cells);
    for (let g = 0; g < width; g++) dense.fill(-this.#means[g]!, g * cells, (g + 1) * cells);
    for (let r = 0; r < cells; r++) {
      const end = block.ptr[r + 1]!;
      // A part of a network has columns from one range, which lies somewhere in the row.
      for (let k = lowerBound(block.idx, block.ptr[r]!, end, this.#first); k < end; k++) {
        const gene = block.idx[k]!;
        if (gene > this.#last) break;
        const column = this.#map[gene]!;
        if (column >= 0) dense[column * cells + r] = block.val[k]! - this.#means[column]!;
      }
    }
    return dense;
  }
}

/** First of the ascending entries from `from` to `to` that is not below `value`. */
function lowerBound(entries: Uint32Array, from: number, to: number, value: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (entries[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function sameColumns(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((column, k) => column === b[k]));
}
