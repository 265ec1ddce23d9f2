/** Selected cells as a data set of their own, which says what it was made from. */
import { badInput, cancelled } from '../../shared/errors.ts';
import type { SubsetRequest } from '../../shared/explore.ts';
import type { DatasetSummary, LabelColumn } from '../../shared/model.ts';
import { readCells, sparseBlock, takeLabels } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import { counted, grouped } from '../steps/words.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { DatasetWriter } from '../workspace/dataset-writer.ts';

/**
 * @param own the user's own labels, which go along as columns
 * @throws AppError BAD_INPUT for cells that are not there, NO_ROOM, WORKSPACE, CANCELLED; then nothing is stored
 */
export async function storeSubset(
  dataset: Dataset,
  own: readonly LabelColumn[],
  { name, cells: wanted }: SubsetRequest,
  writer: DatasetWriter,
  context: StepContext,
): Promise<DatasetSummary> {
  const { summary } = dataset;
  try {
    const cells = checked(wanted, summary.cells);
    const task = {
      phase: 'store',
      label: 'Storing the selected cells',
      of: cells.length,
      block: sparseBlock(dataset.rows),
    };
    await inBlocks(context, task, (from, to) => writer.rows(readCells(dataset.rows, cells, from, to)));
    const columns = [...dataset.columns, ...own].map(column => present(takeLabels(column, cells)));
    const from = `Made from "${summary.name}": ${counted(cells.length, 'cell')} of its ${grouped(summary.cells)}, selected in Explore.`;
    return writer.finish({
      name,
      genes: dataset.genes,
      cellNames: Array.from(cells, cell => dataset.cellNames[cell]!),
      columns,
      roles: summary.roles,
      sources: summary.sources,
      geneIds: summary.geneIds,
      alreadyLog: summary.alreadyLog,
      simulated: summary.simulated,
      warnings: [from, ...summary.warnings],
      imported: null,
      madeFrom: {
        id: summary.id,
        name: summary.name,
        checksum: summary.checksum,
        cells: summary.cells,
        how: 'cells selected in Explore',
      },
    });
  } catch (error) {
    writer.discard();
    if (context.signal.aborted) throw cancelled('Storing the subset');
    throw error;
  }
}

function checked(wanted: Int32Array, cells: number): Int32Array {
  const ascending = [...new Set(wanted)].sort((a, b) => a - b);
  if (ascending.length === 0) throw badInput('cells', 'No cell is selected. Select cells on a map first.');
  if (ascending[0]! < 0 || ascending.at(-1)! >= cells) {
    throw badInput('cells', 'A selected cell is not in the data set. Open Explore again.');
  }
  return Int32Array.from(ascending);
}

/** Only the levels that some cell still has. */
function present({ name, levels, codes }: LabelColumn): LabelColumn {
  const used = new Set(codes);
  const kept = levels.map((_, code) => code).filter(code => used.has(code));
  const place = new Map(kept.map((code, k) => [code, k]));
  return { name, levels: kept.map(code => levels[code]!), codes: codes.map(code => place.get(code) ?? -1) };
}
