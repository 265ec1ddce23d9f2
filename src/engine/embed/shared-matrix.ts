/**
 * Copies cells of the engine's sparse rows into shared memory, gene by gene, where the scran.js worker reads them in place.
 * scran.js keeps matrices by gene: turning the cells' rows over itself took it three times as long.
 */
import { setImmediate } from 'node:timers/promises';
import { cancelled } from '../../shared/errors.ts';
import type { CellRows, RowBlock } from '../counts/rows.ts';
import type { EmbedContext } from './client.ts';
import { requireScranMemory } from './memory.ts';
import type { SharedMatrix } from './protocol.ts';

const BLOCK = 1024;

/**
 * @param cells rows to take, in this order; null takes all
 * @param scale every value is multiplied by it
 * @throws AppError NO_ROOM before anything is allocated, CANCELLED
 */
export async function shareRows(
  rows: CellRows,
  cells: Int32Array | null,
  scale: number,
  context: EmbedContext,
): Promise<SharedMatrix> {
  const n = cells === null ? rows.cells : cells.length;
  const block = (from: number): RowBlock => {
    const to = Math.min(n, from + BLOCK);
    return cells === null ? rows.read(from, to) : rows.gather(cells.subarray(from, to));
  };
  const pass = async (label: string, each: (from: number, block: RowBlock) => void): Promise<void> => {
    for (let from = 0; from < n; from += BLOCK) {
      each(from, block(from));
      context.progress({ phase: 'collect', label, done: Math.min(n, from + BLOCK), of: n });
      await setImmediate();
      if (context.signal.aborted) throw cancelled('Reading the cells');
    }
  };

  // Counted first, so that a sample of a large data set takes no more than its own memory.
  const ends = new Float64Array(rows.genes + 1);
  await pass('Counting values', (_from, { rows: count, ptr, idx }) => {
    for (let k = 0; k < ptr[count]!; k++) ends[idx[k]! + 1]!++;
  });
  for (let gene = 0; gene < rows.genes; gene++) ends[gene + 1]! += ends[gene]!;
  const values = ends[rows.genes]!;
  requireScranMemory(n, values, process.availableMemory());
  const ptr = new Float64Array(new SharedArrayBuffer(8 * (rows.genes + 1)));
  const idx = new Uint32Array(new SharedArrayBuffer(4 * values));
  const val = new Float32Array(new SharedArrayBuffer(4 * values));
  ptr.set(ends);
  const next = ends.slice(0, -1);
  await pass('Reading cells', (from, b) => {
    for (let r = 0; r < b.rows; r++) {
      for (let k = b.ptr[r]!; k < b.ptr[r + 1]!; k++) {
        const at = next[b.idx[k]!]!++;
        idx[at] = from + r;
        val[at] = b.val[k]! * scale;
      }
    }
  });
  return { cells: n, genes: rows.genes, ptr, idx, val };
}
