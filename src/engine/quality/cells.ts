/** Quality of every cell of a stored data set: computed once, then kept beside it. */
import type { CellQuality } from '../../shared/quality/model.ts';
import { cellQuality, countsBehind, type QualityOfCells } from '../steps/cell-quality.ts';
import { range } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import type { Dataset } from '../workspace/dataset.ts';
import { loadQuality, saveQuality } from './store.ts';

/** @param folder of the data set */
export async function qualityOfCells(
  dataset: Dataset,
  folder: string,
  context: StepContext,
): Promise<QualityOfCells> {
  const { checksum, alreadyLog } = dataset.summary;
  const kept = loadQuality(folder, checksum);
  if (kept !== null) return kept;
  const cells = range(dataset.rows.cells);
  const made = await cellQuality(dataset.rows, dataset.genes, cells, countsBehind(alreadyLog), context);
  saveQuality(folder, checksum, made);
  return made;
}

/** The same with the labels by which the screen counts. */
export async function describeCells(
  dataset: Dataset,
  folder: string,
  context: StepContext,
): Promise<CellQuality> {
  const { id, roles } = dataset.summary;
  const column = (name: string | null) => dataset.columns.find(c => c.name === name) ?? null;
  return {
    datasetId: id,
    ...(await qualityOfCells(dataset, folder, context)),
    type: column(roles.type),
    experiment: column(roles.experiment),
  };
}
