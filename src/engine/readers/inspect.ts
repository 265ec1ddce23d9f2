/** A look at a path without storing anything: everything is read, and only figures are kept. */
import type { GeneIdKind, InspectReport, LabelColumn, ReadOptions } from '../../shared/model.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { ReadContext, ReadResult } from './contract.ts';
import { readPath } from './index.ts';

const SHOWN = 5;

/** What kind of names genes have, and how many of the 978 landmarks are among them. */
export type GeneResolver = (
  ids: readonly string[],
  symbols: readonly string[],
) => { readonly kind: GeneIdKind; readonly landmarks: number; readonly warnings: readonly string[] };

/** @throws what readPath throws; a path that inspects well will also import. */
export async function inspectPath(
  path: string,
  options: ReadOptions,
  resolve: GeneResolver,
  environment: Pick<EngineEnvironment, 'worker'>,
  context: Pick<ReadContext, 'signal' | 'progress'>,
): Promise<InspectReport> {
  const { result, sums } = await readAndCount(path, options, environment, context);
  return reportOf(path, result, sums, resolve);
}

/** What the reader says beside the counts, and the sums of the counts. @throws what readPath throws */
export async function readAndCount(
  path: string,
  options: ReadOptions,
  { worker }: Pick<EngineEnvironment, 'worker'>,
  context: Pick<ReadContext, 'signal' | 'progress'>,
): Promise<{ readonly result: ReadResult; readonly sums: CountingSink }> {
  const sums = new CountingSink();
  const { signal } = context;
  const progress: ReadContext['progress'] = value => context.progress(value);
  return { result: await readPath(path, options, sums, { signal, progress, worker }), sums };
}

export function reportOf(
  path: string,
  result: ReadResult,
  sums: CountingSink,
  resolve: GeneResolver,
): InspectReport {
  const { geneIds, geneSymbols, cellNames } = result;
  const genes = resolve(geneIds, geneSymbols);
  return {
    path,
    format: result.format,
    cells: cellNames.length,
    genes: geneIds.length,
    nonzeros: sums.nonzeros,
    totalCounts: sums.totalCounts,
    geneIds: genes.kind,
    landmarks: genes.landmarks,
    layer: result.layer,
    rows: result.rows,
    firstGenes: geneSymbols.slice(0, SHOWN),
    firstCells: cellNames.slice(0, SHOWN),
    lastGene: geneSymbols.at(-1) ?? '',
    lastCell: cellNames.at(-1) ?? '',
    labelColumns: result.labels.map(describeLabels),
    warnings: [...result.warnings, ...genes.warnings],
  };
}

function describeLabels({ name, levels }: LabelColumn): InspectReport['labelColumns'][number] {
  return { name, levels: levels.length, examples: levels.slice(0, SHOWN) };
}

export class CountingSink implements RowSink {
  nonzeros = 0;
  totalCounts = 0;
  /** Counts of each gene over all cells; may be longer than there are genes. */
  totals = new Float64Array(1 << 15);

  rows(block: RowBlock): void {
    const end = block.ptr[block.rows]!;
    this.nonzeros += end;
    for (let k = 0; k < end; k++) {
      const gene = block.idx[k]!;
      if (gene >= this.totals.length) this.#grow(gene + 1);
      this.totals[gene]! += block.val[k]!;
      this.totalCounts += block.val[k]!;
    }
  }

  #grow(genes: number): void {
    const totals = new Float64Array(genes * 2);
    totals.set(this.totals);
    this.totals = totals;
  }
}
