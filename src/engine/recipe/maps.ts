/** The maps of a run's cells: computed once, kept in its folder. */
import { isAppError } from '../../shared/errors.ts';
import { logBaseOf, type Params } from '../../shared/params.ts';
import { computeEmbedding } from '../embed/embed.ts';
import type { EngineEnvironment } from '../environment.ts';
import { takeLabels } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import { loadEmbedding, saveEmbedding } from './embedding-file.ts';
import type { Prepared } from './prepare.ts';

/** What is said of the maps, or why there are none. */
export type MapsOutcome =
  { readonly notes: readonly string[]; readonly fromEarlier: boolean } | { readonly why: string };

export async function mapsOfRun(
  folder: RunFolder,
  dataset: Dataset,
  { preprocessed, rows }: Prepared,
  { seed, logBase }: Params,
  environment: EngineEnvironment,
  context: StepContext,
): Promise<MapsOutcome> {
  const kept = loadEmbedding(folder);
  if (kept) return { notes: kept.notes, fromEarlier: true };
  try {
    const options = { seed, logBase: logBaseOf({ logBase }) };
    const maps = await computeEmbedding(rows, preprocessed, options, environment, context);
    const { notes, scores: _scores, components: _components, iterations: _whole, ...coordinates } = maps;
    const cells = maps.cells.map(row => preprocessed.cells[row]!);
    const columns = dataset.columns.map(column => takeLabels(column, cells));
    saveEmbedding(folder, { ...coordinates, cells, columns }, notes);
    return { notes, fromEarlier: false };
  } catch (error) {
    // A run is worth having without its maps; what stops it otherwise stops it here.
    if (!isAppError(error) || !['NOT_POSSIBLE', 'NO_ROOM'].includes(error.code)) throw error;
    return { why: error.message };
  }
}
