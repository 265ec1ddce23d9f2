/** A dense cells x genes array as the matrix that models read. */
import { MemoryRows } from '../../../src/engine/counts/memory-rows.ts';

export function denseRows(values: ArrayLike<number>, genes: number): MemoryRows {
  const cells = values.length / genes;
  const ptr = new Float64Array(cells + 1);
  const idx: number[] = [];
  const val: number[] = [];
  for (let c = 0; c < cells; c++) {
    for (let g = 0; g < genes; g++) {
      const value = values[c * genes + g]!;
      if (value !== 0) {
        idx.push(g);
        val.push(value);
      }
    }
    ptr[c + 1] = idx.length;
  }
  return new MemoryRows(genes, ptr, Uint32Array.from(idx), Float32Array.from(val));
}

/** Whole numbers from `from` to `to` - 1. */
export function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, k) => from + k);
}
