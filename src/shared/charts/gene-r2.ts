/** How well single genes are predicted: histogram of held-out R2 over the genes outside the panel. */
import { baseOption, binSeries, grid, histogram, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatCount, formatScore } from './text.ts';
import type { ChartTheme } from './theme.ts';

const LOW = -0.3;
const BINS = 52;

/** @param values held-out R2, one a predicted gene; @param model its label; @param testCells cells scored */
export function geneR2Option(
  values: readonly number[],
  model: string,
  testCells: number,
  theme: ChartTheme,
): EChartsOption {
  const bins = histogram(values, LOW, 1, BINS);
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const subtitle =
    `${model}; ${formatCount(values.length)} genes outside the panel, ${formatCount(testCells)} held-out cells` +
    (bins.below > 0 ? `; ${formatCount(bins.below)} genes below ${LOW} not shown` : '');
  return {
    ...baseOption('How well single genes are predicted', subtitle, theme),
    grid: grid(),
    xAxis: xAxis('R² on held-out cells (0: no better than the gene’s mean)', theme, {
      min: LOW,
      max: 1,
      interval: 0.1,
      axisLabel: { color: theme.muted, fontSize: 12, formatter: (v: number) => v.toFixed(1) },
    }),
    yAxis: yAxis('Number of genes', theme, {
      minInterval: 1,
      axisLine: { onZero: false, lineStyle: { color: theme.faint } },
    }),
    series: [
      {
        ...binSeries(bins, 'Number of genes', theme.accent),
        ...(values.length > 0
          ? {
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: theme.ink, type: 'dashed', width: 1.5 },
                label: {
                  formatter: `median ${formatScore(median)}`,
                  color: theme.ink,
                  fontSize: 12,
                  position: 'end',
                },
                data: [{ xAxis: median! }],
              },
            }
          : {}),
      },
    ],
  };
}
