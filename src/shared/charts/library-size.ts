/** Number of cells against library size, the paper's view of a data set's depth. */
import { baseOption, binSeries, grid, histogram, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatCount } from './text.ts';
import type { ChartTheme } from './theme.ts';

const BINS = 50;

/**
 * @param librarySize counts per cell over all genes; cells without counts cannot stand on a logarithmic axis and are named
 * @param cutoff cells below it were removed; 0 for none
 */
export function librarySizeOption(
  librarySize: ArrayLike<number>,
  cutoff: number,
  theme: ChartTheme,
): EChartsOption {
  const logs = Array.from(librarySize, Math.log10).filter(Number.isFinite);
  const empty = librarySize.length - logs.length;
  const low = logs.reduce((a, b) => Math.min(a, b), Infinity);
  const high = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const [from, to] = high > low ? [low, high] : logs.length > 0 ? [low - 0.5, low + 0.5] : [0, 1];
  const bins = histogram(logs, from, to, BINS);
  const median = logs.toSorted((a, b) => a - b)[Math.floor(logs.length / 2)];
  const subtitle = [
    `${formatCount(librarySize.length)} cells`,
    ...(median === undefined ? [] : [`median ${formatCount(10 ** median)} counts`]),
    ...(empty > 0 ? [`${formatCount(empty)} without counts not shown`] : []),
    ...(cutoff > 0 ? [`cells below ${formatCount(cutoff)} were removed`] : []),
  ].join(', ');
  const ticks = logTicks(from, to);
  return {
    ...baseOption('Library size of the cells', subtitle, theme),
    grid: grid(),
    xAxis: xAxis('Library size (counts per cell over all genes, log scale)', theme, {
      min: from,
      max: to,
      axisLabel: {
        color: theme.muted,
        fontSize: 12,
        formatter: (v: number) => formatCount(10 ** v),
        customValues: ticks,
      },
      axisTick: { lineStyle: { color: theme.faint }, customValues: ticks },
    }),
    yAxis: yAxis('Number of cells', theme, { minInterval: 1 }),
    series: [binSeries(bins, 'Number of cells', theme.other)],
  };
}

/** Ticks at 1, 2 and 5 times powers of ten; only powers of ten where the range is wide. */
function logTicks(from: number, to: number): number[] {
  const steps = to - from > 2.5 ? [1] : [1, 2, 5];
  const values: number[] = [];
  for (let power = Math.floor(from); power <= Math.ceil(to); power++) {
    for (const step of steps) values.push(power + Math.log10(step));
  }
  const shown = values.filter(v => v >= from && v <= to);
  return shown.length > 0 ? shown : [from, to];
}
