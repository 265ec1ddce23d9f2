/** From a stored data set to what models are trained and scored on: the modelled matrix, its split, its floor. */
import { AppError } from '../../shared/errors.ts';
import type { GeneTable, LabelColumn } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import type { CellRows } from '../counts/rows.ts';
import { takeGenes, takeLabels } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { weightedMeanLoss } from '../steps/mean-loss.ts';
import { LogRows } from '../steps/log-rows.ts';
import { preprocess, type Preprocessed } from '../steps/preprocess.ts';
import { splitCells, type Split } from '../steps/split.ts';
import { createTestSet, trainingMeans, type TestSet, type TrainingMeans } from '../steps/test-set.ts';
import type { Dataset } from '../workspace/dataset.ts';

/** With fewer landmarks the L1000 models would say nothing about L1000. */
export const FEWEST_LANDMARKS = 10;

export interface Prepared {
  readonly preprocessed: Preprocessed;
  /** Kept cells x kept genes on the run's log scale. */
  readonly rows: CellRows;
  /** The kept genes; their positions are the columns of `rows`. */
  readonly genes: GeneTable;
  readonly split: Split;
  readonly training: TrainingMeans;
  readonly test: TestSet;
  /** Loss of the selection network where it predicts the means. */
  readonly meanLoss: number;
  /** Columns that are L1000 landmarks, ascending. */
  readonly landmarks: Int32Array;
}

/**
 * @param memoryLimit bytes that the modelled matrix may take in memory; beyond, it is computed while it is read
 * @throws AppError NOT_POSSIBLE where too little is left of the data
 */
export async function prepare(
  dataset: Dataset,
  params: Params,
  memoryLimit: number,
  context: StepContext,
): Promise<Prepared> {
  const { alreadyLog } = dataset.summary;
  const { type, experiment } = labelsOf(dataset);
  const preprocessed = await preprocess(
    dataset.rows,
    dataset.genes,
    { type, experiment },
    params,
    alreadyLog,
    context,
  );
  const rows = await LogRows.create(dataset.rows, preprocessed, { memoryLimit }, context);
  const genes = takeGenes(dataset.genes, preprocessed.genes);
  const types = type && takeLabels(type, preprocessed.cells);
  const experiments = experiment && takeLabels(experiment, preprocessed.cells);
  const split = await splitCells(rows, types, params, context);
  const training = await trainingMeans(rows, split.train, context);
  const meanLoss = await weightedMeanLoss(rows, split.train, training.means, context);
  const labels = {
    types: types && takeLabels(types, split.test),
    experiments: experiments && takeLabels(experiments, split.test),
  };
  const test = await createTestSet(rows, split.test, training.means, labels, params.seed, context);
  const landmarks = Int32Array.from(genes.landmark.flatMap((row, column) => (row >= 0 ? [column] : [])));
  return { preprocessed, rows, genes, split, training, test, meanLoss, landmarks };
}

/** The label columns that play a part. @throws AppError NOT_FOUND */
export function labelsOf(dataset: Dataset): {
  readonly type: LabelColumn | null;
  readonly experiment: LabelColumn | null;
} {
  const { type, experiment } = dataset.summary.roles;
  return { type: columnOf(dataset, type), experiment: columnOf(dataset, experiment) };
}

function columnOf(dataset: Dataset, name: string | null): LabelColumn | null {
  if (name === null) return null;
  const column = dataset.columns.find(c => c.name === name);
  if (column) return column;
  throw new AppError('NOT_FOUND', `The data set has no label column "${name}". Import it again.`, {
    what: 'column',
    id: name,
  });
}
