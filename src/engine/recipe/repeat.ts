/** Doing a run again: whether the panel and all numbers came out the same. */
import { isAppError } from '../../shared/errors.ts';
import type { PanelGene, RunMetrics } from '../../shared/model.ts';
import type { Repetition } from '../../shared/runs.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Runs } from '../workspace/runs.ts';

/** @param folder the repetition, with its results written */
export function repetitionOutcome(runs: Runs, folder: RunFolder, repeats: Repetition): Repetition {
  const first = resultsIn(findFolder(runs, repeats.id));
  const again = resultsIn(folder);
  if (first === null || again === null) return repeats;
  return {
    ...repeats,
    samePanel: same(first.genes.filter(inPanel).map(nameOf), again.genes.filter(inPanel).map(nameOf)),
    sameNumbers: same(first.genes, again.genes) && same(numbersOf(first.metrics), numbersOf(again.metrics)),
  };
}

interface Results {
  readonly metrics: RunMetrics;
  readonly genes: readonly PanelGene[];
}

function resultsIn(folder: RunFolder | null): Results | null {
  const metrics = folder?.readJson<RunMetrics>('metrics.json') ?? null;
  const genes = folder?.readJson<PanelGene[]>('panel.json') ?? null;
  return metrics === null || genes === null ? null : { metrics, genes };
}

/** Null where the run was deleted since. */
function findFolder(runs: Runs, id: string): RunFolder | null {
  try {
    return runs.folder(id);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

/** What must not depend on when and where a run was made: everything but identities, versions and times. */
function numbersOf({ models, pairs, panel, split, preprocess }: RunMetrics) {
  return { models: models.map(({ seconds: _seconds, ...model }) => model), pairs, panel, split, preprocess };
}

const inPanel = (gene: PanelGene): boolean => gene.inPanel;
const nameOf = (gene: PanelGene): string => gene.name;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
