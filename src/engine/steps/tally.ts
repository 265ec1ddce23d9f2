/** Sums over the stored counts, block by block: per cell, and in how many cells a gene is seen. */
import type { CellRows } from '../counts/rows.ts';
import { readCells, sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';

const PHASE = 'preprocess';

/** Per cell the sum of its counts and the number of its entries, over all genes or over some. */
export async function cellTotals(
  rows: CellRows,
  cells: Int32Array,
  genes: Int32Array | null,
  countOf: (value: number) => number,
  context: StepContext,
): Promise<{ sum: Float64Array; entries: Int32Array }> {
  const counts = new Uint8Array(rows.genes).fill(genes === null ? 1 : 0);
  if (genes !== null) for (const gene of genes) counts[gene] = 1;
  const sum = new Float64Array(cells.length);
  const entries = new Int32Array(cells.length);
  const task = {
    phase: PHASE,
    label: 'Adding up counts per cell',
    of: cells.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = readCells(rows, cells, from, to);
    for (let k = from; k < to; k++) {
      const end = ptr[k - from + 1]!;
      for (let e = ptr[k - from]!; e < end; e++) {
        if (counts[idx[e]!] === 0) continue;
        sum[k]! += countOf(val[e]!);
        entries[k]!++;
      }
    }
  });
  return { sum, entries };
}

/** For every gene, in how many of the cells it has at least `minReads`. */
export async function cellsPerGene(
  rows: CellRows,
  cells: Int32Array,
  minReads: number,
  context: StepContext,
): Promise<Uint32Array> {
  const seen = new Uint32Array(rows.genes);
  const task = { phase: PHASE, label: 'Looking for rare genes', of: cells.length, block: sparseBlock(rows) };
  await inBlocks(context, task, (from, to) => {
    const block = readCells(rows, cells, from, to);
    const end = block.ptr[block.rows]!;
    for (let e = block.ptr[0]!; e < end; e++) if (block.val[e]! >= minReads) seen[block.idx[e]!]!++;
  });
  return seen;
}
