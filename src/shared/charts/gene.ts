/** One gene: predicted against measured values in held-out cells, and where it is expressed. */
import { baseOption, grid, legend, namesAxis, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatCount, formatFigure, formatScore, formatShare } from './text.ts';
import type { ChartTheme } from './theme.ts';

export interface GeneScatter {
  readonly symbol: string;
  readonly measured: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Held-out cells, of which the points are some or all. */
  readonly cells: number;
  readonly r2: number | null;
  /** "log10" */
  readonly scale: string;
}

/** Points are see-through, so that where many lie it is darker; the line is perfect prediction. */
export function geneScatterOption(scatter: GeneScatter, theme: ChartTheme): EChartsOption {
  const { measured, predicted, cells, r2, scale, symbol } = scatter;
  const points = Array.from({ length: measured.length }, (_, k) => [measured[k]!, predicted[k]!]);
  const values = points.flat();
  const most = Math.max(0.1, ...values);
  const least = Math.min(0, ...values);
  const shown =
    points.length < cells
      ? `${formatCount(points.length)} of ${formatCount(cells)} held-out cells`
      : `${formatCount(cells)} held-out cells`;
  return {
    ...baseOption(`${symbol}: predicted and measured`, `${shown}; R² ${formatScore(r2)}`, theme),
    grid: grid(),
    xAxis: xAxis(`Measured (${scale})`, theme, { min: least, max: most, axisLabel: ticks(theme) }),
    yAxis: yAxis(`Predicted (${scale})`, theme, { min: least, max: most, axisLabel: ticks(theme) }),
    series: [
      {
        type: 'scatter',
        name: 'Held-out cells',
        symbolSize: 5,
        silent: true,
        itemStyle: { color: theme.accent, opacity: points.length > 1000 ? 0.2 : 0.4 },
        data: points,
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: theme.faint, type: 'dashed', width: 1.5 },
          data: [[{ coord: [least, least] }, { coord: [most, most] }]],
        },
      },
    ],
  };
}

const ticks = (theme: ChartTheme) => ({
  ...{ color: theme.muted, fontSize: 12 },
  formatter: (value: number): string => String(Number(value.toPrecision(2))),
});

export interface GeneInType {
  readonly type: string;
  readonly cells: number;
  readonly mean: number;
  readonly detected: number;
}

/** Mean per cell type as bars, largest first, with the share of cells that have the gene beside each. */
export function geneTypesOption(
  symbol: string,
  types: readonly GeneInType[],
  scale: string,
  theme: ChartTheme,
): EChartsOption {
  const sorted = types.toSorted((a, b) => b.mean - a.mean);
  return {
    ...baseOption(
      `${symbol} in the cell types`,
      'Mean over kept cells, and the share of cells that have it',
      theme,
    ),
    legend: { ...legend([], theme), show: false },
    grid: grid({ left: 200, right: 150, top: 72, bottom: 52 }),
    xAxis: xAxis(`Mean (${scale})`, theme, { min: 0 }),
    yAxis: namesAxis(
      sorted.map(({ type }) => type),
      theme,
    ),
    series: [
      {
        type: 'bar',
        name: 'Mean',
        barMaxWidth: 16,
        itemStyle: { color: theme.other, borderRadius: [0, 3, 3, 0] },
        data: sorted.map(({ mean }) => mean),
        label: {
          show: true,
          position: 'right',
          color: theme.muted,
          fontSize: 12,
          formatter: ({ dataIndex }) => {
            const { mean, detected } = sorted[dataIndex]!;
            return `${formatFigure(mean)}, in ${formatShare(detected)}`;
          },
        },
      },
    ],
  };
}
