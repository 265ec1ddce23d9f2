/** One file of an import, read to a temporary folder: its counts on disk, its genes and cells settled. */
import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { DatasetSource, ImportRequest } from '../../shared/model.ts';
import { FileRows, FileRowSink } from '../counts/file-rows.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';
import { isSpikeIn } from '../genes/names.ts';
import type { GeneReference } from '../genes/reference.ts';
import { resolveGenes } from '../genes/resolver.ts';
import type { ResolvedGenes } from '../genes/resolver.ts';
import type { ReadContext, ReadResult } from '../readers/contract.ts';
import { readPath } from '../readers/index.ts';
import { counted } from '../steps/words.ts';
import { labelCells } from './labels.ts';
import type { CellLabels } from './labels.ts';
import { sumSource } from './sources.ts';

export interface StagedFile {
  /** Base name, for messages. */
  readonly name: string;
  readonly source: DatasetSource;
  readonly cellNames: readonly string[];
  /** The genes without spike-ins. */
  readonly genes: ResolvedGenes;
  /** Row of the file for each of these genes. */
  readonly rowOf: Int32Array;
  /** Counts of each of these genes over all cells. */
  readonly totals: Float64Array;
  readonly labels: CellLabels;
  readonly alreadyLog: number | null;
  readonly warnings: readonly string[];
  /** The counts of the file, all its genes and cells, as they stand in the folder. */
  readonly counts: FileRowSink;
  /** Reads them. Close after use. */
  open(): FileRows;
}

/**
 * @param folder An empty folder for the counts; the caller removes it.
 * @throws what readPath and labelCells throw.
 */
export async function stageFile(
  folder: string,
  reference: GeneReference,
  request: ImportRequest['files'][number],
  context: ReadContext,
): Promise<StagedFile> {
  mkdirSync(folder);
  const path = resolve(request.path);
  const name = basename(path);
  const sink = new SummingSink(folder);
  let read: ReadResult;
  try {
    read = await readPath(path, request.options, sink, context);
    sink.finish();
  } finally {
    sink.close();
  }
  const kept = [...read.geneIds.keys()].filter(
    row => !isSpikeIn(read.geneIds[row]!) && !isSpikeIn(read.geneSymbols[row]!),
  );
  const totals = Float64Array.from(kept, row => sink.totals[row] ?? 0);
  const genes = resolveGenes(
    reference,
    kept.map(row => read.geneIds[row]!),
    kept.map(row => read.geneSymbols[row]!),
    totals,
    request.options,
  );
  const labels = await labelCells(
    name,
    read.cellNames,
    read.labels,
    request.labels,
    request.labelOptions ?? {},
    context.signal,
  );
  const spikes = read.geneIds.length - kept.length;
  const spiked = `${counted(spikes, 'spike-in')} (ERCC control RNA) of ${name} ${spikes === 1 ? 'was' : 'were'} left out: no ${spikes === 1 ? 'gene' : 'genes'}.`;
  const shape = { cells: read.cellNames.length, genes: read.geneIds.length, nonzeros: sink.nonzeros };
  return {
    name,
    source: {
      path,
      format: read.layer === null ? read.format : `${read.format} (${read.layer})`,
      sha256: await sumSource(path, context.signal),
      cells: shape.cells,
      genes: shape.genes,
    },
    cellNames: read.cellNames,
    genes,
    rowOf: Int32Array.from(kept),
    totals,
    labels,
    alreadyLog: read.alreadyLog,
    warnings: [...read.warnings, ...(spikes === 0 ? [] : [spiked]), ...genes.warnings, ...labels.warnings],
    counts: sink.counts,
    open: () => new FileRows(folder, shape),
  };
}

/** Streams to disk, and sums the counts of each gene on the way. */
class SummingSink implements RowSink {
  readonly counts: FileRowSink;
  totals = new Float64Array(1 << 15);

  constructor(folder: string) {
    this.counts = new FileRowSink(folder);
  }

  get nonzeros(): number {
    return this.counts.nonzeros;
  }

  rows(block: RowBlock): void {
    this.counts.rows(block);
    if (this.counts.genesSeen > this.totals.length) {
      const totals = new Float64Array(this.counts.genesSeen * 2);
      totals.set(this.totals);
      this.totals = totals;
    }
    const entries = block.ptr[block.rows]!;
    for (let k = 0; k < entries; k++) this.totals[block.idx[k]!]! += block.val[k]!;
  }

  finish(): void {
    this.counts.finish();
  }

  close(): void {
    this.counts.close();
  }
}
