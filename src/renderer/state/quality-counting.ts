/** Which cells the filters of a draft keep, counted on the page while a slider moves: in total and for every label. */
import type { LabelColumn } from '../../shared/model.ts';
import {
  CELL_FILTERS,
  FILTER_OFF,
  firstFailures,
  type CellFilter,
  type CellThresholds,
} from '../../shared/quality/filters.ts';
import type { CellQuality } from '../../shared/quality/model.ts';

/** Cells that are kept are KEPT, the others hold the position of their filter, or DRAWN_OUT. */
export const KEPT = -1;
/** Left out by balancing, before any filter. */
export const DRAWN_OUT = -2;

export interface Group {
  readonly name: string;
  readonly cells: number;
  readonly kept: number;
  readonly drawnOut: number;
  /** By filter, in their order; a cell that fails several is counted at the first. */
  readonly lost: readonly number[];
}

export interface Counted {
  /** One entry a cell of the data set. */
  readonly fates: Int8Array;
  readonly total: Group;
  readonly types: readonly Group[];
  readonly experiments: readonly Group[];
}

/** The filters as they apply to these data: none to logarithms, and no mitochondrial limit without such genes. */
export function applicable(thresholds: CellThresholds, quality: CellQuality, isLog: boolean): CellThresholds {
  if (isLog) return FILTER_OFF;
  const { minLibrarySize, maxLibrarySize, minGenesPerCell } = thresholds;
  const maxMitochondrialShare = quality.mitochondrialShare === null ? 1 : thresholds.maxMitochondrialShare;
  return { minLibrarySize, maxLibrarySize, minGenesPerCell, maxMitochondrialShare };
}

/** @param drawn the cells that balancing leaves; null for all */
export function countCells(
  quality: CellQuality,
  thresholds: CellThresholds,
  drawn: Int32Array | null,
): Counted {
  const failures = firstFailures(quality, thresholds, drawn);
  let fates = failures;
  if (drawn !== null) {
    fates = new Int8Array(quality.librarySize.length).fill(DRAWN_OUT);
    for (let k = 0; k < drawn.length; k++) fates[drawn[k]!] = failures[k]!;
  }
  return {
    fates,
    total: groupsOf(fates, null)[0]!,
    types: groupsOf(fates, quality.type),
    experiments: groupsOf(fates, quality.experiment),
  };
}

/** Cells without a label come last, where there are any; all cells are one group without a column. */
function groupsOf(fates: Int8Array, column: LabelColumn | null): Group[] {
  const names = column === null ? ['All cells'] : [...column.levels, 'no label'];
  const filters = CELL_FILTERS.length;
  // For each group: kept, drawn out, then each filter.
  const width = filters + 2;
  const counts = new Uint32Array(names.length * width);
  for (let cell = 0; cell < fates.length; cell++) {
    const code = column === null ? 0 : column.codes[cell]!;
    const fate = fates[cell]!;
    const at = fate === KEPT ? 0 : fate === DRAWN_OUT ? 1 : fate + 2;
    counts[(code < 0 ? names.length - 1 : code) * width + at]!++;
  }
  return names
    .map((name, g) => {
      const own = counts.subarray(g * width, (g + 1) * width);
      const cells = own.reduce((a, b) => a + b, 0);
      return { name, cells, kept: own[0]!, drawnOut: own[1]!, lost: [...own.subarray(2)] };
    })
    .filter(({ cells }) => cells > 0 || column === null);
}

/** Quantiles 5, 25, 50, 75 and 95 % of a metric in every group, by the nearest rank; groups as in `countCells`. */
export function spreads(
  values: ArrayLike<number>,
  column: LabelColumn,
): { readonly name: string; readonly quantiles: readonly number[] }[] {
  const members: number[][] = Array.from({ length: column.levels.length + 1 }, () => []);
  for (let cell = 0; cell < values.length; cell++) members.at(column.codes[cell]!)!.push(values[cell]!);
  return members
    .map((group, level) => ({
      name: column.levels[level] ?? 'no label',
      group: Float64Array.from(group).sort(),
    }))
    .filter(({ group }) => group.length > 0)
    .map(({ name, group }) => ({
      name,
      quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(share => group[Math.round(share * (group.length - 1))]!),
    }));
}

/** At most so many cells, evenly spread over the data set: enough to show a cloud, few enough to draw while sliding. */
export function everyNth(cells: number, most: number): Int32Array {
  if (cells <= most) return Int32Array.from({ length: cells }, (_, k) => k);
  return Int32Array.from({ length: most }, (_, k) => Math.floor((k * cells) / most));
}

export function lostTo(group: Group, filter: CellFilter): number {
  return group.lost[CELL_FILTERS.indexOf(filter)]!;
}
