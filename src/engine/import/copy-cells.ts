/** From the files on disk to the data set: the cells that stay, with the genes that are shared. */
import type { Progress } from '../../shared/model.ts';
import { RowSorter } from '../counts/entries.ts';
import { pacer } from '../counts/pacer.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';
import type { PooledGenes } from './pool.ts';
import type { StagedFile } from './staged-file.ts';

/** Entries of a block of cells. */
const BLOCK = 1 << 20;

/** Hands the kept cells of all files to the sink, with the shared genes only. */
export async function copyCells(
  files: readonly StagedFile[],
  genes: PooledGenes,
  sink: RowSink,
  context: { readonly signal: AbortSignal; progress(value: Progress): void },
): Promise<void> {
  const pace = pacer(context.signal);
  const of = files.reduce((sum, file) => sum + file.cellNames.length, 0);
  let done = 0;
  for (const [k, file] of files.entries()) {
    const place = new Int32Array(file.source.genes).fill(-1);
    for (const [gene, row] of genes.rows[k]!.entries()) place[file.rowOf[row]!] = gene;
    const kept = new Uint8Array(file.source.cells);
    for (const cell of file.labels.kept) kept[cell] = 1;
    const copy = new BlockCopy(place, genes.table.name.length);
    const rows = file.open();
    try {
      const step = Math.max(1, Math.min(8192, Math.floor((BLOCK * rows.cells) / (rows.nonzeros + 1))));
      for (let from = 0; from < rows.cells; from += step) {
        await pace();
        const to = Math.min(rows.cells, from + step);
        sink.rows(copy.copy(rows.read(from, to), kept.subarray(from, to)));
        context.progress({ phase: 'store', label: 'Storing cells', done: (done += to - from), of });
      }
    } finally {
      rows.close();
    }
  }
  context.signal.throwIfAborted();
}

/** Gives the genes of a block their new places. */
class BlockCopy {
  readonly #place: Int32Array;
  readonly #sorter: RowSorter | null;

  /** @param place New position of each gene, or -1 for a gene to leave out. */
  constructor(place: Int32Array, genes: number) {
    this.#place = place;
    const kept = place.filter(to => to >= 0);
    const ordered = kept.every((to, k) => k === 0 || to > kept[k - 1]!);
    this.#sorter = ordered ? null : new RowSorter(genes);
  }

  copy(block: RowBlock, kept: Uint8Array): RowBlock {
    const { ptr, idx, val } = block;
    const out = {
      ptr: new Float64Array(block.rows + 1),
      idx: new Uint32Array(idx.length),
      val: new Float32Array(idx.length),
    };
    let rows = 0;
    let used = 0;
    for (let r = 0; r < block.rows; r++) {
      if (kept[r] === 0) continue;
      const start = used;
      for (let k = ptr[r]!; k < ptr[r + 1]!; k++) {
        const to = this.#place[idx[k]!]!;
        if (to < 0) continue;
        out.idx[used] = to;
        out.val[used++] = val[k]!;
      }
      this.#sorter?.sort(out.idx, out.val, start, used);
      out.ptr[++rows] = used;
    }
    return {
      rows,
      ptr: out.ptr.subarray(0, rows + 1),
      idx: out.idx.subarray(0, used),
      val: out.val.subarray(0, used),
    };
  }
}
