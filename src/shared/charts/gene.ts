/** One gene: predicted against measured values in held-out cells, and where it is expressed. */
import { baseOption, grid, legend, namesAxis, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatCount, formatFigure, formatScore, formatShare, shorten, textWidth } from './text.ts';
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
  const [most, least] = [Math.max(0.1, ...values), Math.min(0, ...values)];
  const step = tickStep(most - least);
  const bounds = { min: step * Math.floor(least / step), max: step * Math.ceil(most / step), interval: step };
  const axis = {
    ...bounds,
    axisLabel: ticks(theme),
    axisLine: { onZero: false, lineStyle: { color: theme.faint } },
  };
  const shown =
    points.length < cells
      ? `${formatCount(points.length)} of ${formatCount(cells)} held-out cells`
      : `${formatCount(cells)} held-out cells`;
  return {
    ...baseOption(`${symbol}: predicted and measured`, `${shown}; R² ${formatScore(r2)}`, theme),
    grid: grid(),
    xAxis: xAxis(`Measured (${scale})`, theme, axis),
    yAxis: yAxis(`Predicted (${scale})`, theme, axis),
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
          data: [[{ coord: [bounds.min, bounds.min] }, { coord: [bounds.max, bounds.max] }]],
        },
      },
    ],
  };
}

/** The step of 1, 2 or 5 times a power of ten that makes at least four of a span. */
function tickStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return power * ([5, 2, 1].find(step => step * power <= span / 4) ?? 1);
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
  const names = Math.max(40, ...sorted.map(({ type }) => textWidth(shorten(type, 32), 12)));
  return {
    ...baseOption(
      `${symbol} in the cell types`,
      'Mean over kept cells, and the share of cells that have it',
      theme,
    ),
    legend: { ...legend([], theme), show: false },
    grid: grid({ left: names + 28, right: 130, top: 72, bottom: 52 }),
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
