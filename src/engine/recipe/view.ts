/** What screens, exports and comparisons read from a run's folder. */
import type { RunView } from '../../shared/contract.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { DatasetSummary, PanelGene, RunMetrics, TrainingCurve } from '../../shared/model.ts';
import { upgradeParams, type Params } from '../../shared/params.ts';
import { storedBoard } from '../scoreboard/stored.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Runs } from '../workspace/runs.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunArtifacts } from './artifacts.ts';
import { loadGeneErrors } from '../steps/gene-errors.ts';
import { curvesSoFar } from './curves.ts';
import { eventsOf } from './events.ts';
import { loadEmbedding } from './embedding-file.ts';

export function viewRun(runs: Runs, id: string): RunView {
  const folder = runs.folder(id);
  const entries = folder.readLog();
  return {
    summary: runs.get(id),
    metrics: folder.readJson<RunMetrics>('metrics.json'),
    curves: folder.readJson<TrainingCurve[]>('curves.json') ?? curvesSoFar(entries),
    log: eventsOf(entries),
    params: paramsOf(folder),
    appVersion: folder.record.appVersion,
  };
}

/** Parameters of a run in the present version, whatever version it was made with. */
export function paramsOf(folder: RunFolder): Params {
  const { paramsVersion, params } = folder.record;
  return upgradeParams({ version: paramsVersion, params });
}

export function panelOf(folder: RunFolder): PanelGene[] {
  const genes = folder.readJson<PanelGene[]>('panel.json');
  if (genes === null) throw unfinished(folder.id, 'panel');
  return genes;
}

/** @throws AppError NOT_POSSIBLE for a run that has not been finished */
export function artifactsOf(
  { runs, datasets }: Pick<Workspace, 'runs' | 'datasets'>,
  id: string,
): RunArtifacts {
  const folder = runs.folder(id);
  const { summary, metrics, curves } = viewRun(runs, id);
  const dataset = folder.readJson<DatasetSummary>('dataset.json');
  if (metrics === null || dataset === null) throw unfinished(id, 'export');
  return {
    summary,
    dataset,
    paramsVersion: folder.record.paramsVersion,
    params: paramsOf(folder),
    metrics,
    genes: panelOf(folder),
    curves,
    board: storedBoard(folder),
    errors: loadGeneErrors(folder),
    split: splitOf(folder, datasets),
    embedding: loadEmbedding(folder)?.embedding ?? null,
  };
}

/** Names of the cells of each part; null where the data set is gone. */
function splitOf(folder: RunFolder, datasets: Workspace['datasets']): RunArtifacts['split'] {
  const split = folder.readJson<Record<'train' | 'stop' | 'test', number[]>>('split.json');
  if (split === null) return null;
  try {
    const names = datasets.cellNames(folder.record.summary.datasetId);
    return (['train', 'stop', 'test'] as const).flatMap(part =>
      split[part].map(cell => ({ cell: names[cell]!, part })),
    );
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

function unfinished(id: string, what: string): AppError {
  const why = `${id} is not finished`;
  return new AppError(
    'NOT_POSSIBLE',
    `${why}, so there is nothing to show yet. Resume it, or wait for its end.`,
    { what, why },
  );
}
