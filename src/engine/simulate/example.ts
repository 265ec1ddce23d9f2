/** The example data set that every new workspace gets: simulated, small, and the same everywhere. */
import { cancelled } from '../../shared/errors.ts';
import type { DatasetSummary, LabelColumn } from '../../shared/model.ts';
import type { GeneReference } from '../genes/reference.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { barcode, CellSampler } from './cells.ts';
import { planSimulation } from './plan.ts';
import { cellBlocks } from './simulate.ts';
import type { SimulateContext } from './simulate.ts';

export const EXAMPLE = { cells: 2000, genes: 3000, types: 6, seed: 910 } as const;

const NAME = 'Example (simulated): 2,000 cells of 6 types';

/**
 * Stores the example, or finds it where it is stored already.
 * @throws AppError NO_ROOM, WORKSPACE, CANCELLED; then nothing is stored.
 */
export async function importExample(
  workspace: Workspace,
  reference: GeneReference,
  context: SimulateContext,
): Promise<DatasetSummary> {
  const stored = workspace.datasets.list().find(dataset => dataset.simulated && dataset.name === NAME);
  if (stored !== undefined) return stored;
  const plan = planSimulation(reference, EXAMPLE);
  const sampler = new CellSampler(plan);
  const writer = workspace.datasets.create();
  try {
    for await (const block of cellBlocks(plan, sampler, context)) writer.rows(block);
    const columns: LabelColumn[] = [
      { name: 'cell_type', levels: plan.simulatedTypes.map(type => type.name), codes: sampler.types },
      {
        name: 'experiment',
        levels: plan.experiments.map((_, k) => `Experiment ${k + 1}`),
        codes: sampler.experiments,
      },
    ];
    return writer.finish({
      name: NAME,
      genes: {
        name: plan.reference.map(gene => gene.ensembl[0]!),
        symbol: plan.reference.map(gene => gene.symbol),
        ensembl: plan.reference.map(gene => gene.ensembl[0]!),
        entrez: plan.reference.map(gene => gene.entrez),
        landmark: plan.reference.map(gene => gene.landmark),
      },
      cellNames: Array.from({ length: plan.cells }, (_, cell) => barcode(cell)),
      columns,
      roles: { type: 'cell_type', experiment: 'experiment', donor: null },
      sources: [],
      geneIds: 'ensembl',
      alreadyLog: null,
      simulated: true,
      warnings: ['These cells are simulated: the genes are real names, their behaviour is made up.'],
      imported: null,
    });
  } catch (error) {
    writer.discard();
    if (context.signal.aborted) throw cancelled('The example');
    throw error;
  }
}
