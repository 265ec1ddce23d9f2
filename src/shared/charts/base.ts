/** What every ECharts option here has in common: title with conditions, axes with units, no animation. */
import type {
  CustomSeriesOption,
  EChartsOption,
  GridComponentOption,
  XAXisComponentOption,
  YAXisComponentOption,
} from 'echarts';
import { shorten } from './text.ts';
import { FONT, type ChartTheme } from './theme.ts';

export type { EChartsOption } from 'echarts';

/**
 * @param title what is shown; @param subtitle its conditions (which cells, which scale)
 */
export function baseOption(title: string, subtitle: string, theme: ChartTheme): EChartsOption {
  return {
    animation: false,
    backgroundColor: theme.surface,
    textStyle: { fontFamily: FONT, color: theme.ink },
    // ECharts would read out raw coordinates without a description of our own.
    aria: { enabled: true, label: { description: `${title}. ${subtitle}` } },
    title: {
      text: title,
      subtext: subtitle,
      left: 10,
      top: 8,
      itemGap: 10,
      textStyle: { fontFamily: FONT, fontSize: 16, fontWeight: 600, color: theme.ink },
      subtextStyle: { fontFamily: FONT, fontSize: 12, color: theme.muted },
    },
    tooltip: { trigger: 'item', confine: true },
  };
}

export function grid(changes: GridComponentOption = {}): GridComponentOption {
  return { left: 72, right: 28, top: 84, bottom: 60, containLabel: false, ...changes };
}

function axis(name: string, theme: ChartTheme) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: theme.muted, fontSize: 13, fontFamily: FONT },
    axisLabel: { color: theme.muted, fontSize: 12, fontFamily: FONT },
    axisLine: { show: true, lineStyle: { color: theme.faint } },
    axisTick: { show: true, lineStyle: { color: theme.faint } },
    splitLine: { show: false, lineStyle: { color: theme.soft } },
  };
}

/** @param name with unit, e.g. "Explained variance" or "Library size (counts)" */
export function xAxis(
  name: string,
  theme: ChartTheme,
  changes: XAXisComponentOption = {},
): XAXisComponentOption {
  return { type: 'value', nameGap: 32, ...axis(name, theme), ...changes } as XAXisComponentOption;
}

export function yAxis(
  name: string,
  theme: ChartTheme,
  changes: YAXisComponentOption = {},
): YAXisComponentOption {
  const shown = { ...axis(name, theme), splitLine: { show: true, lineStyle: { color: theme.soft } } };
  return { type: 'value', nameGap: 52, ...shown, ...changes } as YAXisComponentOption;
}

/** A category axis read from top to bottom, its names in full on the left. */
export function namesAxis(names: readonly string[], theme: ChartTheme): YAXisComponentOption {
  return {
    ...axis('', theme),
    type: 'category',
    inverse: true,
    data: names.map(name => shorten(name, 32)),
    axisLabel: { color: theme.ink, fontSize: 12, fontFamily: FONT, interval: 0 },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.soft } },
  };
}

export function legend(names: readonly string[], theme: ChartTheme, changes: object = {}) {
  return {
    data: [...names],
    right: 16,
    top: 50,
    itemWidth: 16,
    itemHeight: 10,
    itemGap: 16,
    textStyle: { color: theme.ink, fontSize: 12, fontFamily: FONT },
    ...changes,
  };
}

export interface Bins {
  /** Edges, one more than bins. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Values outside the edges. */
  readonly below: number;
  readonly above: number;
}

/** Counts of finite values in equal bins from low to high; the last bin includes its upper edge. */
export function histogram(values: ArrayLike<number>, low: number, high: number, bins: number): Bins {
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  let below = 0;
  let above = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) below++;
    else if (value > high) above++;
    else counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, b) => low + b * width), counts, below, above };
}

/** Bars from edge to edge: a bar series would centre equal widths on names instead. */
export function binSeries({ edges, counts }: Bins, name: string, colour: string): CustomSeriesOption {
  return {
    type: 'custom',
    name,
    renderItem: (_params, api) => {
      const [left, top] = api.coord([api.value(0), api.value(2)]) as [number, number];
      const [right, bottom] = api.coord([api.value(1), 0]) as [number, number];
      // A hairline between bars.
      const width = Math.max(0.5, right - left - 0.6);
      return {
        type: 'rect',
        shape: { x: left, y: top, width, height: bottom - top },
        style: { fill: colour },
      };
    },
    encode: { x: [0, 1], y: 2 },
    data: counts.map((count, b) => [edges[b]!, edges[b + 1]!, count]),
  };
}
