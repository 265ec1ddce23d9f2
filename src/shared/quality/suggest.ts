/**
 * Thresholds that the data suggest: three median absolute deviations from the median, as scran's suggestRnaQcFilters
 * sets them (McCarthy et al. 2017; Lun, scran.js). Library size and detected genes on the log scale, lower side only;
 * mitochondrial share as it is, upper side only.
 */
import type { CellFilter, CellMetrics, CellThresholds } from './filters.ts';

const DEVIATIONS = 3;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const TO_STANDARD_DEVIATION = 1.4826;

/** Unrounded. A threshold is left out where it would mean nothing: no cells, no such genes, most cells alike. */
export function outlierThresholds(metrics: CellMetrics): Partial<CellThresholds> {
  const { librarySize, detected, mitochondrialShare } = metrics;
  const thresholds: Partial<Record<CellFilter, number>> = {};
  const add = (filter: CellFilter, values: ArrayLike<number>, side: number, log: boolean): void => {
    const found = limit(Float64Array.from(values, log ? Math.log : Number), side * DEVIATIONS);
    if (found !== null) thresholds[filter] = log ? Math.exp(found) : found;
  };
  add('minLibrarySize', librarySize, -1, true);
  add('minGenesPerCell', detected, -1, true);
  if (mitochondrialShare !== null) add('maxMitochondrialShare', mitochondrialShare, 1, false);
  return thresholds;
}

/** The same as a person would set them: whole counts and genes, shares to a tenth of a percent, no stricter than found. */
export function suggestThresholds(metrics: CellMetrics): Partial<CellThresholds> {
  const { minLibrarySize, minGenesPerCell, maxMitochondrialShare } = outlierThresholds(metrics);
  const tidy = (value: number): number => {
    const step = value >= 200 ? 10 ** (Math.floor(Math.log10(value)) - 1) : 1;
    return Math.floor(value / step) * step;
  };
  return {
    ...(minLibrarySize === undefined ? {} : { minLibrarySize: tidy(minLibrarySize) }),
    ...(minGenesPerCell === undefined ? {} : { minGenesPerCell: tidy(minGenesPerCell) }),
    ...(maxMitochondrialShare === undefined
      ? {}
      : { maxMitochondrialShare: Math.min(1, Math.ceil(maxMitochondrialShare * 1000) / 1000) }),
  };
}

/** Median plus so many scaled median absolute deviations; null where these are 0 or there are no values. */
function limit(values: Float64Array, deviations: number): number | null {
  if (values.length === 0) return null;
  const centre = median(values.slice());
  const spread = median(values.map(value => (value === centre ? 0 : Math.abs(value - centre))));
  return spread > 0 && Number.isFinite(centre) ? centre + deviations * TO_STANDARD_DEVIATION * spread : null;
}

/** Sorts in place. */
function median(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  const upper = values[middle]!;
  if (values.length % 2 === 1) return upper;
  const low = values[middle - 1]!;
  return low === upper ? low : (low + upper) / 2;
}
