/** Matrices stored gene by gene (CSC over cells x genes, CSR of genes x cells), turned into cells. */
import { EntryCollector } from '../../counts/entries.ts';
import { pacer } from '../../counts/pacer.ts';
import { checkedPointers, type EntrySource } from './entry-source.ts';
import { outOfRange, repeatedEntry, type MatrixTarget } from './matrix-target.ts';

/**
 * Hands over all cells once the last gene was read; all entries are held in memory meanwhile.
 * @param genes number of genes in the stored matrix
 * @throws AppError BAD_FILE for pointers or indices that are not valid, or a gene twice in one cell
 */
export async function readGeneByGene(
  source: EntrySource,
  cells: number,
  genes: number,
  target: MatrixTarget,
): Promise<void> {
  const pointers = checkedPointers(target.file, source, genes);
  const pace = pacer(target.signal);
  const collector = new EntryCollector();
  let stored = 0;
  for (let from = 0; from < source.entries; from += source.step) {
    await pace();
    const to = Math.min(source.entries, from + source.step);
    if (to < source.entries) source.announce?.(to, Math.min(source.entries, to + source.step));
    const { indices, values } = await source.entriesOf(from, to);
    for (let k = from; k < to; k++) {
      while (pointers[stored + 1]! <= k) stored++;
      const cell = indices[k - from]!;
      if (!(cell >= 0 && cell < cells && Number.isInteger(cell))) {
        throw outOfRange(target.file, source.indexName, cell, cells, 'cell');
      }
      const gene = target.geneOf === null ? stored : target.geneOf[stored]!;
      if (gene < 0) continue;
      const value = values[k - from]!;
      target.audit.see(value, gene, cell);
      collector.add(cell, gene, Math.fround(value));
    }
    target.progress(to, source.entries);
  }
  const twice = await collector.emit(cells, target.geneNames.length, target.sink, target.signal);
  if (twice !== null) throw repeatedEntry(target, twice.cell, twice.gene);
}
