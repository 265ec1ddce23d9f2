/** Scores of models: explained variance of each, fair differences of pairs, and scores per cell type. */
import type { ModelMetrics, PairMetrics } from '../model.ts';
import { baseOption, grid, legend, namesAxis, xAxis, type EChartsOption } from './base.ts';
import { fromPanel, modelLabel } from './labels.ts';
import { formatCount, formatScore, formatTick, shorten } from './text.ts';
import type { ChartTheme } from './theme.ts';

/** Pixels that names on the left may take. */
const NAMES = 230;

/**
 * Explained variance of every model on its own targets and over all genes. Targets differ between models, so the
 * subtitle says that only pairs on common targets compare panels.
 */
export function modelScoresOption(
  models: readonly ModelMetrics[],
  panel: string,
  testCells: number,
  theme: ChartTheme,
): EChartsOption {
  const own = 'On its own targets';
  const all = 'Over all genes, measured genes counted as known';
  const points = (pick: (m: ModelMetrics) => number | null) =>
    models.flatMap((m, k) => {
      const value = pick(m);
      return value === null
        ? []
        : [{ value: [value, k], itemStyle: { color: fromPanel(m.id) ? theme.accent : theme.other } }];
    });
  return {
    ...baseOption(
      'Explained variance of the models',
      `${formatCount(testCells)} held-out cells; 0 is the gene mean, 1 is perfect. Models have different targets: compare them in pairs`,
      theme,
    ),
    legend: legend([own, all], theme, { itemStyle: { color: theme.muted } }),
    grid: grid({ left: NAMES }),
    xAxis: xAxis('Explained variance', theme, {
      splitLine: { show: true, lineStyle: { color: theme.soft } },
    }),
    yAxis: namesAxis(
      models.map(m => modelLabel(m.id, panel)),
      theme,
    ),
    series: [
      {
        type: 'scatter',
        name: own,
        symbol: 'circle',
        symbolSize: 12,
        data: points(m => m.ev),
        label: {
          show: true,
          position: 'top',
          color: theme.ink,
          fontSize: 11,
          formatter: p => formatScore((p.value as number[])[0]),
        },
      },
      { type: 'scatter', name: all, symbol: 'diamond', symbolSize: 11, data: points(m => m.evAllGenes) },
    ],
  };
}

/** Differences of explained variance on the genes that are targets of both, with 95 % intervals. */
export function pairsOption(pairs: readonly PairMetrics[], panel: string, theme: ChartTheme): EChartsOption {
  const names = pairs.map(p => `${modelLabel(p.b, panel)} against ${modelLabel(p.a, panel)}`);
  const edge = roundUp(pairs.reduce((most, p) => Math.max(most, Math.abs(p.low), Math.abs(p.high)), 1e-6));
  return {
    ...baseOption(
      'Fair comparisons',
      'Difference of explained variance on held-out cells and common targets, with 95 % bootstrap interval; right of 0: the first is better',
      theme,
    ),
    grid: grid({ left: 300 }),
    xAxis: xAxis('Difference of explained variance', theme, {
      min: -edge,
      max: edge,
      interval: edge / 4,
      axisLabel: { color: theme.muted, fontSize: 12, formatter: formatTick },
    }),
    yAxis: {
      ...namesAxis(names, theme),
      axisLabel: { color: theme.ink, fontSize: 12, interval: 0, width: 290, overflow: 'break' },
      data: names,
    },
    series: [
      {
        type: 'custom',
        name: 'Difference',
        renderItem: (_params, api) => {
          const row = api.value(0);
          const [low, middle, high] = [1, 2, 3].map(d => api.coord([api.value(d), row]) as [number, number]);
          const line = (x1: number, y1: number, x2: number, y2: number, width: number) => ({
            type: 'line' as const,
            shape: { x1, y1, x2, y2 },
            style: { stroke: theme.accent, lineWidth: width },
          });
          return {
            type: 'group',
            children: [
              line(low![0], low![1], high![0], high![1], 2),
              line(low![0], low![1] - 6, low![0], low![1] + 6, 2),
              line(high![0], high![1] - 6, high![0], high![1] + 6, 2),
              {
                type: 'circle',
                shape: { cx: middle![0], cy: middle![1], r: 5.5 },
                style: { fill: theme.accent },
              },
            ],
          };
        },
        encode: { x: [1, 2, 3], y: 0 },
        data: pairs.map((p, k) => [k, p.low, p.difference, p.high]),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: theme.faint, type: 'solid' },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
}

/** The next of 1, 2, 4 or 8 times a power of ten, so that four steps to it are round numbers. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 8].find(step => step * power >= value) ?? 10);
}

/** Explained variance in every cell type, largest type first, for the given models (at most three read well). */
export function perTypeOption(
  models: readonly ModelMetrics[],
  panel: string,
  theme: ChartTheme,
): EChartsOption {
  const types = (models[0]?.perType ?? []).toSorted((a, b) => b.cells - a.cells);
  const symbols = ['circle', 'diamond', 'rect'] as const;
  const colours = [theme.accent, theme.other, theme.warning];
  const names = models.map(m => modelLabel(m.id, panel));
  return {
    ...baseOption(
      'Cell types',
      'Explained variance of the predicted genes in the held-out cells of each type (number of cells in brackets)',
      theme,
    ),
    legend: legend(names, theme),
    grid: grid({ left: NAMES }),
    xAxis: xAxis('Explained variance within the type', theme, {
      splitLine: { show: true, lineStyle: { color: theme.soft } },
    }),
    yAxis: namesAxis(
      types.map(t => `${shorten(t.type, 24)} (${formatCount(t.cells)})`),
      theme,
    ),
    series: models.map((model, m) => ({
      type: 'scatter' as const,
      name: names[m]!,
      symbol: symbols[m % 3]!,
      symbolSize: 11,
      itemStyle: { color: colours[m % 3]! },
      data: types.flatMap((t, k) => {
        const ev = model.perType.find(p => p.type === t.type)?.ev ?? null;
        return ev === null ? [] : [[ev, k]];
      }),
    })),
  };
}
