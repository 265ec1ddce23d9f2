/** Loss of one network so far, small and without a title: it stands under its own heading on the screen. */
import type { TrainingCurve } from '../model.ts';
import { grid, xAxis, yAxis, type EChartsOption } from './base.ts';
import { formatTick } from './text.ts';
import type { ChartTheme } from './theme.ts';

/** @param epochs most epochs, the right end of the axis until the training stops early; @param atWork the axis waits for more */
export function liveLossOption(
  { train, stop, bestEpoch }: TrainingCurve,
  epochs: number,
  atWork: boolean,
  theme: ChartTheme,
): EChartsOption {
  // The first epochs are far above all others and would press them flat.
  const seen = Math.max(2, stop.length);
  const longest = atWork ? Math.min(epochs, Math.max(10, Math.ceil(seen * 1.25))) : seen;
  const line = (losses: readonly number[], colour: string, type: 'solid' | 'dotted') => ({
    type: 'line' as const,
    showSymbol: losses.length < 2,
    symbolSize: 5,
    // Epochs that come faster than they are told are filled in a moment later.
    connectNulls: true,
    lineStyle: { color: colour, width: 2, type },
    itemStyle: { color: colour },
    data: losses.map((loss, k) => [k + 1, Number.isFinite(loss) ? loss : '-']),
  });
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: grid({ left: 4, right: 12, top: 10, bottom: 4, containLabel: true }),
    xAxis: xAxis('', theme, { min: 1, max: Math.max(2, longest), minInterval: 1 }),
    yAxis: yAxis('', theme, {
      scale: true,
      splitNumber: 3,
      axisLabel: { color: theme.muted, formatter: formatTick },
    }),
    series: [
      line(train, theme.other, 'dotted'),
      {
        ...line(stop, theme.accent, 'solid'),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: theme.faint, type: 'dashed' as const },
          label: { show: false },
          data: [{ xAxis: bestEpoch }],
        },
      },
    ],
  };
}
