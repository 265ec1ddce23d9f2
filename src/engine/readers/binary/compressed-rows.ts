/** Matrices stored cell by cell (CSR over cells, CSC of genes x cells), whatever file they are in. */
import { badFile } from '../../../shared/errors.ts';
import { RowSorter } from '../../counts/entries.ts';
import { pacer } from '../../counts/pacer.ts';
import { checkedPointers, type EntrySource } from './entry-source.ts';
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
    const { indices, values } = await source.entriesOf(first, last);
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

/** As many cells as hold no more than `step` entries, one at least. */
function blockEnd(pointers: Float64Array, from: number, cells: number, step: number): number {
  let to = from + 1;
  const most = Math.min(cells, from + MOST_CELLS_PER_BLOCK);
  while (to < most && pointers[to + 1]! - pointers[from]! <= step) to++;
  return to;
}
