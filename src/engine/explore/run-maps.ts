/** Maps of a finished run, where they are the ones that Explore would make. */
import { MAP_DEFAULTS, type MapSettings } from '../../shared/explore.ts';
import type { DatasetSummary, RunSummary } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import { loadEmbedding } from '../recipe/embedding-file.ts';
import { paramsOf } from '../recipe/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { mapsKey, type KeptMaps } from './maps-file.ts';
import type { PreparedCells } from './prepare-cells.ts';

/** A run draws its maps with the settings that are Explore's defaults and the run's own seed. */
export function runWithMaps(
  workspace: Workspace,
  dataset: DatasetSummary,
  params: Params,
  settings: MapSettings,
): RunSummary | null {
  const key = mapsKey(dataset.checksum, params, settings, dataset.cells);
  const same = workspace.runs.list().find(run => {
    if (run.status !== 'done' || run.datasetChecksum !== dataset.checksum) return false;
    const own = paramsOf(workspace.runs.folder(run.id));
    const drawn = { ...MAP_DEFAULTS, seed: own.seed };
    return own.embeddings && mapsKey(dataset.checksum, own, drawn, dataset.cells) === key;
  });
  return same ?? null;
}

/** Null where the run's folder holds no whole set of maps of exactly these cells. */
export function mapsOfFinishedRun(
  workspace: Workspace,
  run: RunSummary,
  { shown, scale }: Pick<PreparedCells, 'shown' | 'scale'>,
): KeptMaps | null {
  const kept = loadEmbedding(workspace.runs.folder(run.id));
  if (kept === null) return null;
  const { embedding, notes } = kept;
  const isSame =
    embedding.cells.length === shown.cells.length &&
    embedding.cells.every((cell, k) => cell === shown.cells[k]);
  if (!isSame) return null;
  // What a run keeps has always come to its end: its steps are not stopped by halves.
  const settled = (points: Float32Array) => ({ points, done: 1, of: 1 });
  return {
    maps: {
      shown,
      pca: { points: embedding.pca, varianceExplained: embedding.varianceExplained },
      clusters: embedding.clusters,
      tsne: settled(embedding.tsne),
      umap: settled(embedding.umap),
      notes,
      run: { id: run.id, name: run.name },
    },
    scale,
  };
}
