/** The three metrics of cells as the Quality place draws them, and the filters that stand on each. */
import { formatCount, formatTick } from '../../../shared/charts/text.ts';
import type { Metric } from '../../../shared/charts/cell-metrics.ts';
import {
  FILTER_OFF,
  metricOf,
  type CellFilter,
  type CellThresholds,
} from '../../../shared/quality/filters.ts';
import type { CellQuality } from '../../../shared/quality/model.ts';

export type MetricId = 'librarySize' | 'detected' | 'mitochondrialShare';

export const METRICS: Readonly<Record<MetricId, Metric & { readonly filters: readonly CellFilter[] }>> = {
  librarySize: {
    name: 'Library size',
    axis: 'Counts per cell, log scale',
    scale: 'log',
    filters: ['minLibrarySize', 'maxLibrarySize'],
  },
  detected: {
    name: 'Detected genes',
    axis: 'Genes per cell',
    scale: 'linear',
    filters: ['minGenesPerCell'],
  },
  mitochondrialShare: {
    name: 'Mitochondrial share',
    axis: 'Share of counts in mitochondrial genes',
    scale: 'linear',
    percent: true,
    filters: ['maxMitochondrialShare'],
  },
};
export const METRIC_IDS = Object.keys(METRICS) as MetricId[];

export function valuesOf(id: MetricId, quality: CellQuality): ArrayLike<number> | null {
  return metricOf(METRICS[id].filters[0]!, quality);
}

/** Thresholds that are on, in the metric's own units. */
export function linesOf(id: MetricId, thresholds: CellThresholds): number[] {
  return METRICS[id].filters
    .filter(filter => thresholds[filter] !== FILTER_OFF[filter])
    .map(filter => thresholds[filter]);
}

/** A threshold as a slider or a drag sets it: no more digits than anybody would type. */
export function roundThreshold(filter: CellFilter, value: number): number {
  if (filter === 'maxMitochondrialShare') return Math.min(1, Math.round(value * 1000) / 1000);
  const step = value >= 200 ? 10 ** (Math.floor(Math.log10(value)) - 1) : 1;
  return Math.round(value / step) * step;
}

export function shownThreshold(filter: CellFilter, value: number): string {
  return filter === 'maxMitochondrialShare' ? `${formatTick(100 * value)} %` : formatCount(value);
}

/** The field of a filter: its range, its unit, and what a value in it means for the parameter. */
export function fieldOf(filter: CellFilter, threshold: number, quality: CellQuality) {
  const values = metricOf(filter, quality) ?? [];
  let most = 0;
  for (let cell = 0; cell < values.length; cell++) if (values[cell]! > most) most = values[cell]!;
  // At the end of the slider there is no limit.
  if (filter === 'maxMitochondrialShare') {
    const end = threshold < 1 ? Math.max(most, threshold) : most;
    const max = Math.min(100, Math.max(5, Math.ceil(100 * end + 0.1)));
    return {
      value: threshold === 1 ? max : Number((100 * threshold).toPrecision(6)),
      min: 0,
      max,
      step: 0.1,
      unit: '%',
      toParam: (shown: number): number => (shown >= max ? 1 : Number((shown / 100).toPrecision(6))),
    };
  }
  const max = Math.max(Math.ceil(most), 1, threshold);
  const isUpper = filter === 'maxLibrarySize';
  return {
    value: isUpper && threshold === 0 ? max : threshold,
    min: 0,
    max,
    step: 1,
    unit: filter === 'minGenesPerCell' ? 'genes' : 'counts',
    logarithmic: true,
    toParam: (shown: number): number => (isUpper && shown >= max ? 0 : shown),
  };
}
