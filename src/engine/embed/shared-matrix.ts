/** Copies cells of the engine's sparse rows into shared memory, where the scran.js worker reads them in place. */
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

  let values = rows.nonzeros;
  if (cells !== null) {
    // A first pass only counts, so that a sample of a large data set takes no more than its own memory.
    values = 0;
    await pass('Counting values', (_from, b) => (values += b.ptr[b.rows]!));
  }
  requireScranMemory(n, values, process.availableMemory());
  const ptr = new Float64Array(new SharedArrayBuffer(8 * (n + 1)));
  const idx = new Uint32Array(new SharedArrayBuffer(4 * values));
  const val = new Float32Array(new SharedArrayBuffer(4 * values));
  await pass('Reading cells', (from, b) => {
    const start = ptr[from]!;
    const end = b.ptr[b.rows]!;
    for (let r = 1; r <= b.rows; r++) ptr[from + r] = start + b.ptr[r]!;
    idx.set(b.idx.subarray(0, end), start);
    if (scale === 1) val.set(b.val.subarray(0, end), start);
    else for (let k = 0; k < end; k++) val[start + k] = b.val[k]! * scale;
  });
  return { cells: n, genes: rows.genes, ptr, idx, val };
}
