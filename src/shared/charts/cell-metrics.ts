/**
 * Distributions of what tells good cells from bad ones (library size, detected genes, mitochondrial share): filled
 * bars are kept cells, hollow bars on top of them are removed ones, so that no colour has to tell them apart.
 */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { baseOption, grid, namesAxis, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatCount, formatTick } from './text.ts';
import { FONT, type ChartTheme } from './theme.ts';

export type MetricScale = 'log' | 'linear';

/** What an axis shows: log10 of counts, counts, or percent. */
export interface Metric {
  readonly name: string;
  /** With unit, for the axis. */
  readonly axis: string;
  readonly scale: MetricScale;
  /** Shares are shown as percent. */
  readonly percent?: boolean;
}

export interface MetricBins {
  readonly metric: Metric;
  /** Ends of the axis, in its own units. */
  readonly low: number;
  readonly high: number;
  /** Bin of every cell; NOT_SHOWN for zeros on a logarithmic axis. */
  readonly bins: Uint8Array;
  readonly hidden: number;
  readonly median: number;
}

const BINS = 56;
const NOT_SHOWN = 255;
/** Room around the bars, shared with what is laid over the chart. */
export const METRIC_GRID = { left: 46, right: 22, top: 62, bottom: 28 } as const;

export const toAxis = ({ scale, percent }: Metric, value: number): number =>
  scale === 'log' ? Math.log10(value) : percent ? 100 * value : value;
export const fromAxis = ({ scale, percent }: Metric, at: number): number =>
  scale === 'log' ? 10 ** at : percent ? at / 100 : at;

/** Once for a data set; counting by bins is then fast enough for every move of a slider. */
export function binMetric(values: ArrayLike<number>, metric: Metric): MetricBins {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < values.length; k++) {
    const at = toAxis(metric, values[k]!);
    if (!Number.isFinite(at)) continue;
    if (at < low) low = at;
    if (at > high) high = at;
  }
  if (low > high) [low, high] = [0, 1];
  if (metric.scale === 'linear') low = 0;
  if (high - low < 1e-9)
    [low, high] = metric.scale === 'log' ? [low - 0.5, high + 0.5] : [0, Math.max(1, 2 * high)];
  const bins = new Uint8Array(values.length);
  let hidden = 0;
  for (let k = 0; k < values.length; k++) {
    const at = toAxis(metric, values[k]!);
    if (!Number.isFinite(at)) hidden++;
    bins[k] = Number.isFinite(at)
      ? Math.min(BINS - 1, Math.floor(((at - low) / (high - low)) * BINS))
      : NOT_SHOWN;
  }
  const sorted = Float64Array.from(values).sort();
  return { metric, low, high, bins, hidden, median: sorted[sorted.length >> 1] ?? 0 };
}

/** @param fates -1 for a kept cell; @param thresholds in the metric's units, drawn as lines */
export function metricOption(
  binned: MetricBins,
  fates: Int8Array,
  thresholds: readonly number[],
  theme: ChartTheme,
): EChartsOption {
  const { metric, low, high, bins, hidden, median } = binned;
  const kept = new Array<number>(BINS).fill(0);
  const lost = new Array<number>(BINS).fill(0);
  for (let cell = 0; cell < bins.length; cell++) {
    if (bins[cell] !== NOT_SHOWN) (fates[cell] === -1 ? kept : lost)[bins[cell]!]!++;
  }
  const shown = (value: number): string =>
    metric.percent ? `${formatTick(100 * value)} %` : formatCount(value);
  const subtitle = [
    `median ${shown(median)}`,
    ...(hidden > 0 ? [`${formatCount(hidden)} without counts not shown`] : []),
  ].join(', ');
  const width = (high - low) / BINS;
  const rows = kept.map((n, b) => [low + b * width, low + (b + 1) * width, 0, n]);
  const above = lost.map((n, b) => [low + b * width, low + (b + 1) * width, kept[b]!, kept[b]! + n]);
  return {
    ...smallTitle(metric.name, subtitle, theme),
    grid: grid(METRIC_GRID),
    tooltip: { show: false },
    xAxis: metricAxis(metric, low, high, theme),
    yAxis: yAxis('', theme, { minInterval: 1, splitNumber: 2 }),
    series: [
      bars('Kept cells', rows, { fill: theme.muted }),
      bars(
        'Removed cells',
        above.filter(row => row[3]! > row[2]!),
        { fill: theme.soft, stroke: theme.faint },
      ),
      lines(
        thresholds.map(value => toAxis(metric, value)),
        'xAxis',
        theme,
      ),
    ],
  };
}

/** Two metrics of sampled cells against each other; kept cells are dots, removed ones are hollow. */
export function cellCloudOption(
  x: { readonly metric: Metric; readonly values: ArrayLike<number>; readonly thresholds: readonly number[] },
  y: { readonly metric: Metric; readonly values: ArrayLike<number>; readonly thresholds: readonly number[] },
  cells: Int32Array,
  fates: Int8Array,
  theme: ChartTheme,
): EChartsOption {
  const kept: [number, number][] = [];
  const lost: [number, number][] = [];
  const range = { x: [Infinity, -Infinity], y: [Infinity, -Infinity] } as Record<'x' | 'y', [number, number]>;
  for (const cell of cells) {
    const point: [number, number] = [toAxis(x.metric, x.values[cell]!), toAxis(y.metric, y.values[cell]!)];
    if (!point.every(Number.isFinite)) continue;
    (fates[cell] === -1 ? kept : lost).push(point);
    range.x = [Math.min(range.x[0], point[0]), Math.max(range.x[1], point[0])];
    range.y = [Math.min(range.y[0], point[1]), Math.max(range.y[1], point[1])];
  }
  const all = fates.length;
  const subtitle =
    cells.length < all
      ? `${formatCount(cells.length)} of ${formatCount(all)} cells are drawn; filled: kept, hollow: removed`
      : `${formatCount(all)} cells; filled: kept, hollow: removed`;
  const dots = (name: string, data: [number, number][], style: object): ScatterSeriesOption => ({
    type: 'scatter',
    name,
    data,
    silent: true,
    itemStyle: style,
    symbolSize: 4,
  });
  return {
    ...smallTitle(`${y.metric.name} against ${x.metric.name.toLowerCase()}`, subtitle, theme),
    grid: grid({ left: 62, right: 22, top: 62, bottom: 46 }),
    tooltip: { show: false },
    xAxis: metricAxis(x.metric, ...padded(range.x), theme, x.metric.axis),
    yAxis: yAxis(y.metric.axis, theme, { nameGap: 46, ...metricScale(y.metric, ...padded(range.y), theme) }),
    series: [
      dots('Removed cells', lost, { color: 'transparent', borderColor: theme.faint, borderWidth: 1 }),
      dots('Kept cells', kept, { color: theme.muted, opacity: 0.7 }),
      lines(
        x.thresholds.map(value => toAxis(x.metric, value)),
        'xAxis',
        theme,
      ),
      lines(
        y.thresholds.map(value => toAxis(y.metric, value)),
        'yAxis',
        theme,
      ),
    ],
  };
}

/** One metric in every group of a kind (experiments, types): box from quartile to quartile with the median, whiskers at 5 and 95 %. */
export function groupSpreadOption(
  metric: Metric,
  kind: string,
  groups: readonly { readonly name: string; readonly quantiles: readonly number[] }[],
  thresholds: readonly number[],
  theme: ChartTheme,
): EChartsOption {
  // A log axis cannot show zeros; they stand at its lower end.
  const all = groups
    .flatMap(({ quantiles }) => quantiles.map(q => toAxis(metric, q)))
    .filter(Number.isFinite);
  const low = metric.scale === 'log' ? Math.min(...all) : 0;
  const high = Math.max(...all, low + 1e-9);
  const [from, to] = padded([low, high]);
  return {
    ...smallTitle(
      `${metric.name} by ${kind}`,
      'box: middle half and median; line: 5 to 95 % of the cells',
      theme,
    ),
    grid: grid({ left: 128, right: 22, top: 62, bottom: 46 }),
    tooltip: { show: false },
    xAxis: metricAxis(metric, metric.scale === 'log' ? from : 0, to, theme, metric.axis),
    yAxis: namesAxis(
      groups.map(({ name }) => name),
      theme,
    ),
    series: [
      {
        type: 'boxplot',
        silent: true,
        boxWidth: [6, 14],
        itemStyle: { color: theme.soft, borderColor: theme.muted, borderWidth: 1.2 },
        data: groups.map(({ quantiles }) => quantiles.map(q => Math.max(low, toAxis(metric, q)))),
      },
      lines(
        thresholds.map(value => toAxis(metric, value)),
        'xAxis',
        theme,
      ),
    ],
  };
}

function smallTitle(title: string, subtitle: string, theme: ChartTheme): EChartsOption {
  return {
    ...baseOption(title, subtitle, theme),
    title: {
      text: title,
      subtext: subtitle,
      left: 8,
      top: 6,
      itemGap: 8,
      textStyle: { fontFamily: FONT, fontSize: 13, fontWeight: 600, color: theme.ink },
      subtextStyle: { fontFamily: FONT, fontSize: 12, color: theme.muted },
    },
  };
}

/** What both axes of a metric have in common. */
function metricScale(metric: Metric, low: number, high: number, theme: ChartTheme) {
  const isLog = metric.scale === 'log';
  const ticks = isLog ? { customValues: logTicks(low, high) } : {};
  // The largest value of the cells is no round number, and would crowd the tick beside it.
  const ends = isLog ? {} : { showMaxLabel: false };
  const formatter = (at: number): string =>
    metric.percent ? `${formatTick(at)} %` : formatCount(fromAxis(metric, at));
  return {
    min: low,
    max: high,
    splitNumber: 4,
    axisLabel: {
      color: theme.muted,
      fontSize: 12,
      fontFamily: FONT,
      formatter,
      hideOverlap: true,
      ...ends,
      ...ticks,
    },
    axisTick: { lineStyle: { color: theme.faint }, ...ticks },
  };
}

function metricAxis(metric: Metric, low: number, high: number, theme: ChartTheme, name = '') {
  return xAxis(name, theme, { nameGap: 28, ...metricScale(metric, low, high, theme) });
}

/** Powers of ten, with more between them where the range is narrow. */
function logTicks(low: number, high: number): number[] {
  const span = high - low;
  const steps = span > 2.2 ? [1] : span > 1.1 ? [1, 3] : span > 0.7 ? [1, 2, 5] : [1, 2, 3, 5, 7];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const step of steps) {
      const at = power + Math.log10(step);
      if (at >= low && at <= high) ticks.push(at);
    }
  }
  return ticks.length > 0 ? ticks : [low, high];
}

function padded([low, high]: readonly [number, number]): [number, number] {
  if (!(high >= low)) return [0, 1];
  const room = 0.04 * (high - low || 1);
  return [low - room, high + room];
}

function bars(name: string, data: number[][], style: { fill: string; stroke?: string }): CustomSeriesOption {
  return {
    type: 'custom',
    name,
    silent: true,
    renderItem: (_, api) => {
      const [left, bottom] = api.coord([api.value(0), api.value(2)]) as [number, number];
      const [right, top] = api.coord([api.value(1), api.value(3)]) as [number, number];
      const shape = { x: left, y: top, width: Math.max(0.5, right - left - 0.6), height: bottom - top };
      return { type: 'rect', shape, style: { ...style, lineWidth: style.stroke === undefined ? 0 : 1 } };
    },
    encode: { x: [0, 1], y: [2, 3] },
    data,
  };
}

/** Thresholds: a series without points that only carries lines. */
function lines(at: readonly number[], axis: 'xAxis' | 'yAxis', theme: ChartTheme): LineSeriesOption {
  return {
    type: 'line',
    name: 'Thresholds',
    silent: true,
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      label: { show: false },
      lineStyle: { color: theme.ink, width: 1.5, type: 'solid' },
      data: at.filter(Number.isFinite).map(value => ({ [axis]: value })),
    },
  };
}
