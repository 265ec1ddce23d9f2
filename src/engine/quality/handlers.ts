/** The procedures of the Quality place. Counts are read from the disk as they pass, so that a look costs no memory. */
import type { F910Contract } from '../../shared/contract.ts';
import { badInput } from '../../shared/errors.ts';
import { parseParams } from '../../shared/params.ts';
import type { Handlers } from '../../shared/rpc/server.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { describeCells, qualityOfCells } from './cells.ts';
import { balancedCells, previewGenes } from './gene-filter.ts';

type QualityProcedures = 'quality.cells' | 'quality.balanced' | 'quality.genes';

export function qualityHandlers(workspace: Workspace): Pick<Handlers<F910Contract>, QualityProcedures> {
  const withDataset = async <T>(
    id: string,
    use: (dataset: Dataset, folder: string) => T | Promise<T>,
  ): Promise<T> => {
    const dataset = workspace.datasets.open(id, { memoryLimit: 0 });
    try {
      return await use(dataset, workspace.datasets.folder(id));
    } finally {
      dataset.close();
    }
  };
  return {
    'quality.cells': ({ id }, context) =>
      withDataset(id, (dataset, folder) => describeCells(dataset, folder, context)),
    'quality.balanced': ({ id, seed, maxCellsPerType }) =>
      withDataset(id, ({ rows, columns, summary }) => {
        const type = columns.find(column => column.name === summary.roles.type) ?? null;
        return { cells: balancedCells(type, rows.cells, { seed, maxCellsPerType }) };
      }),
    'quality.genes': ({ id, preset, params }, context) =>
      withDataset(id, async (dataset, folder) => {
        const parsed = parseParams(preset, params);
        const quality = await qualityOfCells(dataset, folder, context);
        const noGenes = quality.mitochondrialShare === null && dataset.summary.alreadyLog === null;
        if (noGenes && parsed.maxMitochondrialShare < 1) {
          throw badInput(
            'maxMitochondrialShare',
            'The data name no mitochondrial genes, so no cell can be judged by its mitochondrial share. Set its limit back to 100 %.',
          );
        }
        return previewGenes(dataset, quality, parsed, context);
      }),
  };
}
