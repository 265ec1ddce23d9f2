/**
 * Which cells the filters keep. The engine filters by these rules and the screen counts by them while a slider moves,
 * so that what is shown beforehand is what happens.
 */
import type { CellsLost } from '../model.ts';

/** In the order in which they are applied. */
export const CELL_FILTERS = [
  'minLibrarySize',
  'maxLibrarySize',
  'minGenesPerCell',
  'maxMitochondrialShare',
] as const satisfies readonly CellsLost['filter'][];
export type CellFilter = CellsLost['filter'];
export type CellThresholds = Readonly<Record<CellFilter, number>>;

/** Thresholds at which a filter removes no cell. */
export const FILTER_OFF: CellThresholds = {
  minLibrarySize: 0,
  maxLibrarySize: 0,
  minGenesPerCell: 0,
  maxMitochondrialShare: 1,
};

/** Fewer cells cannot be split into train, stop and test cells; fewer genes leave nothing to choose from. */
export const FEWEST_CELLS = 20;
export const FEWEST_GENES = 20;

/** What the filters look at, one entry a cell. */
export interface CellMetrics {
  /** Counts over all imported genes. */
  readonly librarySize: ArrayLike<number>;
  /** Imported genes with a count above zero. */
  readonly detected: ArrayLike<number>;
  /** Share of the counts in mitochondrial genes, 0 for an empty cell; null where the data name no such gene. */
  readonly mitochondrialShare: ArrayLike<number> | null;
}

/** Whether a symbol names a gene of the mitochondrial genome (MT-ND1; mt-Nd1 in mouse). */
export function isMitochondrial(symbol: string): boolean {
  return /^mt-/i.test(symbol);
}

export function activeFilters(thresholds: CellThresholds): CellFilter[] {
  return CELL_FILTERS.filter(filter => thresholds[filter] !== FILTER_OFF[filter]);
}

/** The metric that a filter looks at; null for mitochondrial shares of data without such genes. */
export function metricOf(filter: CellFilter, metrics: CellMetrics): ArrayLike<number> | null {
  if (filter === 'minGenesPerCell') return metrics.detected;
  return filter === 'maxMitochondrialShare' ? metrics.mitochondrialShare : metrics.librarySize;
}

/** Whether a value stays; the threshold itself does. */
export function passes(filter: CellFilter, value: number, threshold: number): boolean {
  return filter.startsWith('min') ? value >= threshold : value <= threshold;
}

/**
 * For each of some cells, the position in CELL_FILTERS of the first filter that removes it, or -1 for a cell that stays.
 * @param cells positions in the metrics; all cells where null
 */
export function firstFailures(
  metrics: CellMetrics,
  thresholds: CellThresholds,
  cells: Int32Array | null = null,
): Int8Array {
  const failures = new Int8Array(cells?.length ?? metrics.librarySize.length).fill(-1);
  for (const filter of activeFilters(thresholds)) {
    const values = metricOf(filter, metrics);
    if (values === null) continue;
    const at = CELL_FILTERS.indexOf(filter);
    const threshold = thresholds[filter];
    const least = filter.startsWith('min');
    for (let k = 0; k < failures.length; k++) {
      if (failures[k]! !== -1) continue;
      const value = values[cells === null ? k : cells[k]!]!;
      if (least ? value < threshold : value > threshold) failures[k] = at;
    }
  }
  return failures;
}

/** What each filter that is on removed. */
export function lossesOf(failures: Int8Array, thresholds: CellThresholds): CellsLost[] {
  const lost = new Array<number>(CELL_FILTERS.length).fill(0);
  for (const failure of failures) if (failure >= 0) lost[failure]!++;
  return activeFilters(thresholds).map(filter => ({
    filter,
    threshold: thresholds[filter],
    lost: lost[CELL_FILTERS.indexOf(filter)]!,
  }));
}
