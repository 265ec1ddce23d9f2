/**
 * Measured genes as they are in cells where nothing else was measured: scaled by their own total instead of the library,
 * which is not known there. On the scale of a run the value x stands for b^x - 1 normalised counts, so a measured gene becomes
 * log_b(1 + target (b^x - 1) / total), with `total` the sum of these over the measured genes of the cell and `target` their
 * mean sum in the training cells, so that values keep their size.
 */
import type { CellRows, RowBlock } from '../counts/rows.ts';
import { columnMap } from '../steps/predictor.ts';

export interface PanelScale {
  /** Of the logarithm. */
  readonly base: number;
  readonly target: number;
}

/** Mean over cells of the sum of normalised counts of the genes. */
export function meanTotal(rows: CellRows, cells: Int32Array, genes: Int32Array, base: number): number {
  const map = columnMap(genes, rows.genes);
  const rate = Math.log(base);
  let sum = 0;
  for (let from = 0; from < cells.length; from += 1024) {
    const { ptr, idx, val, rows: count } = rows.gather(cells.subarray(from, from + 1024));
    for (let e = 0; e < ptr[count]!; e++) if (map[idx[e]!]! >= 0) sum += Math.expm1(val[e]! * rate);
  }
  return sum / Math.max(1, cells.length);
}

/** Values of one cell, scaled in place. @returns their total before, 0 where none has a count */
export function scaleByPanel(values: Float32Array, { base, target }: PanelScale): number {
  const rate = Math.log(base);
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    values[k] = Math.expm1(values[k]! * rate);
    total += values[k]!;
  }
  const factor = total > 0 ? target / total : 0;
  for (let k = 0; k < values.length; k++) values[k] = Math.log1p(values[k]! * factor) / rate;
  return total;
}

/** The rows of a run with the measured genes once more behind all genes, scaled by their own total. */
export class PanelScaledRows implements CellRows {
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  readonly #rows: CellRows;
  readonly #map: Int32Array;
  readonly #width: number;
  readonly #scale: PanelScale;

  /** @param panel measured genes, ascending */
  constructor(rows: CellRows, panel: Int32Array, scale: PanelScale) {
    this.#rows = rows;
    this.#map = columnMap(panel, rows.genes);
    this.#width = panel.length;
    this.#scale = scale;
    this.cells = rows.cells;
    this.genes = rows.genes + panel.length;
    this.nonzeros = rows.nonzeros * 2;
  }

  read(from: number, to: number): RowBlock {
    return this.#extend(this.#rows.read(from, to));
  }

  gather(cells: ArrayLike<number>): RowBlock {
    return this.#extend(this.#rows.gather(cells));
  }

  close(): void {
    // The rows belong to who made them.
  }

  #extend({ rows, ptr, idx, val }: RowBlock): RowBlock {
    const genes = this.#rows.genes;
    const outPtr = new Float64Array(rows + 1);
    const outIdx = new Uint32Array(2 * ptr[rows]!);
    const outVal = new Float32Array(2 * ptr[rows]!);
    const own = new Float32Array(this.#width);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      own.fill(0);
      for (let e = ptr[row]!; e < ptr[row + 1]!; e++) {
        outIdx[at] = idx[e]!;
        outVal[at++] = val[e]!;
        const k = this.#map[idx[e]!]!;
        if (k >= 0) own[k] = val[e]!;
      }
      scaleByPanel(own, this.#scale);
      for (let k = 0; k < own.length; k++) {
        if (own[k] === 0) continue;
        outIdx[at] = genes + k;
        outVal[at++] = own[k]!;
      }
      outPtr[row + 1] = at;
    }
    return { rows, ptr: outPtr, idx: outIdx.subarray(0, at), val: outVal.subarray(0, at) };
  }
}
