/** A look at a path without storing anything: everything is read, and only figures are kept. */
import type { GeneIdKind, InspectReport, LabelColumn, ReadOptions } from '../../shared/model.ts';
import type { RowBlock, RowSink } from '../counts/rows.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { ReadContext } from './contract.ts';
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
  { worker }: Pick<EngineEnvironment, 'worker'>,
  context: Pick<ReadContext, 'signal' | 'progress'>,
): Promise<InspectReport> {
  const sums = new CountingSink();
  const { signal } = context;
  const result = await readPath(path, options, sums, {
    signal,
    progress: value => context.progress(value),
    worker,
  });
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

class CountingSink implements RowSink {
  nonzeros = 0;
  totalCounts = 0;

  rows(block: RowBlock): void {
    const end = block.ptr[block.rows]!;
    this.nonzeros += end;
    for (let k = 0; k < end; k++) this.totalCounts += block.val[k]!;
  }
}
