/**
 * Cells that occur twice. A copy of a training cell among the test cells would be predicted from memory, so copies
 * have to stay on one side of the split. Compared are the values that the models see: equal counts give equal values,
 * and so do counts that differ by a factor only.
 */
import type { CellRows, RowBlock } from '../counts/rows.ts';
import { sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';

/**
 * @returns per cell the first cell with exactly its values: itself, where no earlier cell equals it
 */
export async function firstCopies(rows: CellRows, context: StepContext): Promise<Int32Array> {
  const first = new Int32Array(rows.cells);
  const byHash = new Map<number, number>();
  const suspects: number[] = [];
  const block = sparseBlock(rows);
  await inBlocks(
    context,
    { phase: 'split', label: 'Looking for cells that occur twice', of: rows.cells, block },
    (from, to) => {
      const cells = rows.read(from, to);
      for (let cell = from; cell < to; cell++) {
        const hash = hashRow(cells, cell - from);
        const earlier = byHash.get(hash);
        // A candidate, until the values themselves have been compared.
        first[cell] = earlier ?? cell;
        if (earlier === undefined) byHash.set(hash, cell);
        else suspects.push(cell);
      }
    },
  );
  await confirm(rows, suspects, first, context);
  return first;
}

/**
 * Keeps a candidate only where all values are equal. Rows that differ and share a hash by accident count as different;
 * to miss a copy, two such accidents of one in 2^53 would have to meet.
 */
async function confirm(
  rows: CellRows,
  suspects: readonly number[],
  first: Int32Array,
  context: StepContext,
): Promise<void> {
  const task = {
    phase: 'split',
    label: 'Comparing cells that look equal',
    of: suspects.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const some = suspects.slice(from, to);
    const copies = rows.gather(some);
    const originals = rows.gather(some.map(cell => first[cell]!));
    some.forEach((cell, r) => {
      if (!sameRow(copies, originals, r)) first[cell] = cell;
    });
  });
}

/** Whether row r of two blocks holds the same values. */
function sameRow(a: RowBlock, b: RowBlock, r: number): boolean {
  const start = a.ptr[r]!;
  const length = a.ptr[r + 1]! - start;
  const other = b.ptr[r]!;
  if (b.ptr[r + 1]! - other !== length) return false;
  for (let k = 0; k < length; k++) {
    if (a.idx[start + k] !== b.idx[other + k] || a.val[start + k] !== b.val[other + k]) return false;
  }
  return true;
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** 53 bits of two FNV-1a style hashes over genes and values. */
function hashRow(block: RowBlock, r: number): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const end = block.ptr[r + 1]!;
  for (let k = block.ptr[r]!; k < end; k++) {
    single[0] = block.val[k]!;
    a = Math.imul(a ^ block.idx[k]!, 0x01000193);
    a = Math.imul(a ^ bits[0]! ^ (a >>> 15), 0x01000193);
    b = Math.imul(b ^ bits[0]!, 0x85ebca6b);
    b = Math.imul(b ^ block.idx[k]! ^ (b >>> 13), 0xc2b2ae35);
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}
