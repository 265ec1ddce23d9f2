/** A figure of every panel against its size, with the range of random panels as a band. */
import { PANEL_NAMES, type Band, type Board, type BoardPanel, type PanelId } from '../scoreboard.ts';
import { baseOption, grid, legend, xAxis, yAxis, type EChartsOption } from './base.ts';
import { categoryColour } from './palette.ts';
import type { ChartTheme } from './theme.ts';

export type BoardMeasure = 'lead' | 'evAllGenes' | 'knn' | 'clusters' | 'accuracy';

export const MEASURE_NAMES: Readonly<Record<BoardMeasure, string>> = {
  lead: 'Explained variance above random panels',
  evAllGenes: 'Explained variance over all genes',
  knn: 'Neighbours kept',
  clusters: 'Clusters kept',
  accuracy: 'Cell types recognised',
};

/** Of the test cells; of clusters the coarse figure. */
export function measured({ test }: BoardPanel, measure: BoardMeasure): number | null {
  return measure === 'clusters' ? (test.clusters?.coarse ?? null) : test[measure];
}

/** Part of the gain from the smallest to the largest panel that the knee has reached. */
const KNEE = 0.9;

/**
 * The smallest size at which a panel has nine tenths of what it gains from the smallest to the largest: beyond, genes bring
 * little. Null with fewer than three sizes.
 */
export function knee(sizes: readonly number[], values: readonly (number | null)[]): number | null {
  const known = sizes.flatMap((size, k) => (values[k] == null ? [] : [{ size, value: values[k] }]));
  if (known.length < 3) return null;
  const [first, last] = [known[0]!.value, Math.max(...known.map(({ value }) => value))];
  if (!(last > first)) return null;
  return known.find(({ value }) => value >= first + KNEE * (last - first))!.size;
}

/** @param shown ids of panels; @param cells test cells */
export function sizeCurveOption(
  boards: readonly Board[],
  measure: BoardMeasure,
  shown: readonly PanelId[],
  cells: number,
  theme: ChartTheme,
): EChartsOption {
  const sizes = boards.map(({ size }) => size);
  const valueOf = (board: Board, id: PanelId): number | null => {
    const panel = board.panels.find(one => one.id === id);
    return panel ? measured(panel, measure) : null;
  };
  const bands: (Band | null)[] = boards.map(({ random }) =>
    measure === 'lead' ? { mean: 0, low: 0, high: 0, count: random.ev.count } : random[measure],
  );
  const best = boards.at(-1)?.best.overall;
  const at =
    best === undefined || measure === 'lead'
      ? // A lead falls with size: random panels of many genes know most as well.
        null
      : knee(
          sizes,
          boards.map(board => valueOf(board, best)),
        );
  const names = shown.map(id => PANEL_NAMES[id]);
  const points = (values: readonly (number | null)[]): [number, number | null][] =>
    sizes.map((size, k) => [size, values[k] ?? null]);
  return {
    ...baseOption(
      'Score against panel size',
      `${MEASURE_NAMES[measure]} in ${cells.toLocaleString('en')} held-out cells; grey: random panels${at === null || best === undefined ? '' : `; dashed: ${PANEL_NAMES[best]} has nine tenths of its gain at ${at} genes`}`,
      theme,
    ),
    tooltip: {
      trigger: 'axis',
      confine: true,
      valueFormatter: value => (typeof value === 'number' ? value.toFixed(3) : '–'),
    },
    legend: legend(names, theme, { type: 'scroll', left: 72 }),
    grid: grid({ top: 100 }),
    xAxis: xAxis('Genes in the panel', theme, {
      type: 'log',
      min: Math.min(...sizes) * 0.9,
      max: Math.max(...sizes) * 1.1,
      // The ends are no round numbers.
      axisLabel: { color: theme.muted, fontSize: 12, showMinLabel: false, showMaxLabel: false },
      axisLine: { onZero: false, lineStyle: { color: theme.faint } },
    }),
    yAxis: yAxis(MEASURE_NAMES[measure], theme, { scale: measure !== 'lead' }),
    series: [
      {
        type: 'line' as const,
        name: 'Random panels',
        data: points(bands.map(band => band?.mean ?? null)),
        symbol: 'circle',
        symbolSize: 5,
        lineStyle: { color: theme.muted, width: 1.5, type: 'dotted' as const },
        itemStyle: { color: theme.muted },
        ...(at === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: theme.ink, type: 'dashed' as const, width: 1 },
                label: { formatter: `${at} genes`, color: theme.ink, fontSize: 12 },
                data: [{ xAxis: at }],
              },
            }),
      },
      ...shown.map((id, k) => ({
        type: 'line' as const,
        name: PANEL_NAMES[id],
        data: points(boards.map(board => valueOf(board, id))),
        symbol: 'circle',
        symbolSize: 7,
        connectNulls: true,
        lineStyle: { color: categoryColour(k), width: 2 },
        itemStyle: { color: categoryColour(k) },
      })),
    ],
  };
}
