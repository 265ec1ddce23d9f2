/** Share of variance in each principal component. */
import { baseOption, grid, xAxis, yAxis, type EChartsOption } from './base.ts';
import { FONT, type ChartTheme } from './theme.ts';

export function screeOption(varianceExplained: ArrayLike<number>, theme: ChartTheme): EChartsOption {
  return {
    ...baseOption('Principal components', 'Share of the variance of the genes used for the maps', theme),
    grid: grid(),
    xAxis: xAxis('Principal component', theme, {
      min: 0.5,
      max: varianceExplained.length + 0.5,
      minInterval: 1,
      // The axis begins half a component before the first.
      axisLabel: {
        color: theme.muted,
        fontSize: 12,
        fontFamily: FONT,
        showMinLabel: false,
        showMaxLabel: false,
      },
    }),
    yAxis: yAxis('Variance explained (%)', theme),
    series: [
      {
        type: 'bar',
        name: 'Variance explained',
        barWidth: '70%',
        itemStyle: { color: theme.other },
        data: Array.from(varianceExplained, (share, k) => [k + 1, 100 * share]),
      },
    ],
  };
}
