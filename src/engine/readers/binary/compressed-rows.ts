/** Matrices stored cell by cell (CSR over cells, CSC of genes x cells), whatever file they are in. */
import { badFile } from '../../../shared/errors.ts';
import { RowSorter } from '../../counts/entries.ts';
import { pacer } from '../../counts/pacer.ts';
import type { RowBlock } from '../../counts/rows.ts';
import { LARGEST_COUNT } from '../audit.ts';
import { checkedPointers, type Entries, type EntrySource } from './entry-source.ts';
import { outOfRange, repeatedEntry, type MatrixTarget } from './matrix-target.ts';

const MOST_CELLS_PER_BLOCK = 1 << 16;

/**
 * Hands over all cells. Genes that stand in no order within a cell are sorted, stored zeros left out.
 * @param genes number of genes in the stored matrix
 * @throws AppError BAD_FILE for pointers or indices that are not valid, or a gene twice in one cell
 */
export async function readCellByCell(
  source: EntrySource,
  cells: number,
  genes: number,
  target: MatrixTarget,
): Promise<void> {
  const pointers = checkedPointers(target.file, source, cells);
  const pace = pacer(target.signal);
  const sorter = new RowSorter(target.geneNames.length);
  for (let from = 0; from < cells;) {
    await pace();
    const to = blockEnd(pointers, from, cells, source.step);
    const first = pointers[from]!;
    const last = pointers[to]!;
    if (last - first > Math.max(source.step, genes)) {
      throw badFile(
        target.file,
        `is damaged: cell ${target.cellNames[from]} has more entries than there are genes`,
      );
    }
    if (to < cells) {
      const next = blockEnd(pointers, to, cells, source.step);
      source.announce?.(last, pointers[next]!);
    }
    const entries = await source.entriesOf(first, last);
    const whole = target.geneOf === null ? asBlock(entries, pointers.subarray(from, to + 1), genes) : null;
    if (whole !== null) {
      target.sink.rows(whole);
      target.progress(to, cells);
      from = to;
      continue;
    }
    const { indices, values } = entries;
    const ptr = new Float64Array(to - from + 1);
    const idx = new Uint32Array(last - first);
    const val = new Float32Array(last - first);
    let used = 0;
    for (let cell = from; cell < to; cell++) {
      const start = used;
      let before = -1;
      let ascending = true;
      for (let k = pointers[cell]! - first; k < pointers[cell + 1]! - first; k++) {
        const stored = indices[k]!;
        if (!(stored >= 0 && stored < genes && Number.isInteger(stored))) {
          throw outOfRange(target.file, source.indexName, stored, genes, 'gene');
        }
        const gene = target.geneOf === null ? stored : target.geneOf[stored]!;
        if (gene < 0) continue;
        const value = values[k]!;
        target.audit.see(value, gene, cell);
        idx[used] = gene;
        val[used] = value;
        // Looked at in single precision, in which the smallest logarithms are 0.
        if (val[used] === 0) continue;
        if (gene <= before) ascending = false;
        before = gene;
        used++;
      }
      if (!ascending) {
        const twice = sorter.sort(idx, val, start, used);
        if (twice !== null) throw repeatedEntry(target, cell, twice);
      }
      ptr[cell - from + 1] = used;
    }
    target.sink.rows({ rows: to - from, ptr, idx: idx.subarray(0, used), val: val.subarray(0, used) });
    target.progress(to, cells);
    from = to;
  }
}

/**
 * Entries that can be handed over as they are: genes ascending in every cell, whole counts above zero, as nearly all files
 * have them. Null for any other, each of which has to be looked at.
 * @param pointers of the cells
 */
function asBlock({ indices, values, own }: Entries, pointers: Float64Array, genes: number): RowBlock | null {
  const idx = indices instanceof Int32Array ? new Uint32Array(indices.buffer) : indices;
  if (own !== true || !(idx instanceof Uint32Array) || idx.length !== indices.length) return null;
  const rows = pointers.length - 1;
  const ptr = pointers.map(at => at - pointers[0]!);
  for (let row = 0; row < rows; row++) {
    let before = -1;
    const end = ptr[row + 1]!;
    for (let k = ptr[row]!; k < end; k++) {
      const gene = idx[k]!;
      const value = values[k]!;
      if (gene <= before || !(value > 0 && value <= LARGEST_COUNT && Number.isInteger(value))) return null;
      before = gene;
    }
    if (before >= genes) return null;
  }
  return { rows, ptr, idx, val: values instanceof Float32Array ? values : new Float32Array(values) };
}

/** As many cells as hold no more than `step` entries, one at least. */
function blockEnd(pointers: Float64Array, from: number, cells: number, step: number): number {
  let to = from + 1;
  const most = Math.min(cells, from + MOST_CELLS_PER_BLOCK);
  while (to < most && pointers[to + 1]! - pointers[from]! <= step) to++;
  return to;
}
