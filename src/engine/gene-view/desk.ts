/** A finished run laid out for looking at single genes: its cells and genes as they were modelled, and its linear model. */
import { AppError } from '../../shared/errors.ts';
import type { GeneTable, LabelColumn, PanelGene, RunMetrics } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import type { CellRows } from '../counts/rows.ts';
import { takeLabels } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { loadGeneErrors, type GeneErrors } from '../steps/gene-errors.ts';
import { LogRows } from '../steps/log-rows.ts';
import { columnMap } from '../steps/predictor.ts';
import { preprocess, type Preprocessed } from '../steps/preprocess.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import { panelOf } from '../recipe/view.ts';
import { geneSpread, LinearSystem, type GeneSpread } from './linear-system.ts';

export interface GeneDesk {
  /** All genes of the data set. */
  readonly genes: GeneTable;
  readonly preprocessed: Preprocessed;
  /** Kept cells x kept genes on the run's log scale. */
  readonly rows: CellRows;
  /** Column of each gene of the data set, or -1. */
  readonly columns: Int32Array;
  /** Of the columns. */
  readonly ofRun: readonly PanelGene[];
  readonly panel: Int32Array;
  readonly train: Int32Array;
  readonly stop: Int32Array;
  readonly test: Int32Array;
  /** Strength of the panel's linear model. */
  readonly ridge: number;
  readonly spread: GeneSpread;
  readonly linear: LinearSystem;
  /** Null for a run of an earlier version. */
  readonly errors: GeneErrors | null;
  /** Of the kept cells. */
  readonly types: LabelColumn | null;
  readonly minCells: number;
  readonly minReads: number;
}

interface StoredSplit {
  readonly train: readonly number[];
  readonly stop: readonly number[];
  readonly test: readonly number[];
}

/**
 * @param memoryLimit bytes that the modelled matrix may take in memory
 * @throws AppError NOT_POSSIBLE for a run that is not finished, or whose data are no longer what they were
 */
export async function layOut(
  dataset: Dataset,
  folder: RunFolder,
  params: Params,
  memoryLimit: number,
  context: StepContext,
): Promise<GeneDesk> {
  const ofRun = panelOf(folder);
  const metrics = folder.readJson<RunMetrics>('metrics.json');
  const split = folder.readJson<StoredSplit>('split.json');
  const ridge = metrics?.models.find(({ id }) => id === 'linear-f910' || id === 'linear-panel')?.ridge;
  if (split === null || ridge === undefined) throw changed('its split and its linear model are not stored');
  const columnOf = (name: string | null): LabelColumn | null =>
    dataset.columns.find(column => column.name === name) ?? null;
  const [type, experiment] = [
    columnOf(dataset.summary.roles.type),
    columnOf(dataset.summary.roles.experiment),
  ];
  const preprocessed = await preprocess(
    dataset.rows,
    dataset.genes,
    { type, experiment },
    params,
    dataset.summary.alreadyLog,
    context,
  );
  const kept = preprocessed.genes;
  if (kept.length !== ofRun.length || ofRun.some(({ name }, k) => dataset.genes.name[kept[k]!] !== name)) {
    throw changed('the filters keep other genes now');
  }
  const rowOf = columnMap(preprocessed.cells, dataset.rows.cells);
  const rowsOf = (cells: readonly number[]): Int32Array => Int32Array.from(cells, cell => rowOf[cell] ?? -1);
  const [train, stop, test] = [rowsOf(split.train), rowsOf(split.stop), rowsOf(split.test)];
  if ([train, stop, test].some(part => part.length === 0 || part.includes(-1))) {
    throw changed('the filters keep other cells now');
  }
  const rows = await LogRows.create(dataset.rows, preprocessed, { memoryLimit }, context);
  const panel = Int32Array.from(ofRun.flatMap(({ inPanel }, column) => (inPanel ? [column] : [])));
  const spread = await geneSpread(rows, train, context);
  return {
    ...{ genes: dataset.genes, preprocessed, rows, ofRun, panel, train, stop, test, ridge, spread },
    columns: columnMap(kept, dataset.genes.name.length),
    linear: await LinearSystem.create(rows, train, panel, spread, ridge, context),
    errors: loadGeneErrors(folder),
    types: type && takeLabels(type, preprocessed.cells),
    minCells: params.minCells,
    minReads: dataset.summary.alreadyLog === null ? params.minReads : 0,
  };
}

function changed(why: string): AppError {
  return new AppError(
    'NOT_POSSIBLE',
    `The genes of this run cannot be looked at: ${why}. Run the recipe again with the same parameters.`,
    { what: 'gene', why },
  );
}
