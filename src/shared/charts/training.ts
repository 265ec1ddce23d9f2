/** Loss per epoch on the training and the stop cells, best epoch marked; several networks side by side. */
import type { TrainingCurve } from '../model.ts';
import { baseOption, grid, legend, xAxis, yAxis, type EChartsOption } from './base.ts';
import { modelLabel } from './labels.ts';
import { formatTick } from './text.ts';
import type { ChartTheme } from './theme.ts';

const TRAIN = 'Training cells';
const STOP = 'Stop cells';

/**
 * @param curves one panel each: losses of different networks differ in scale and must not share an axis
 * @param panel name of the run's panel; @param scale "log10"
 */
export function trainingOption(
  curves: readonly TrainingCurve[],
  panel: string,
  scale: string,
  theme: ChartTheme,
): EChartsOption {
  const n = Math.max(1, curves.length);
  const share = (k: number): string => `${(7 + (k * 92) / n).toFixed(2)}%`;
  const columns = curves.map((_, k) => ({ left: share(k), width: `${(92 / n - 7).toFixed(2)}%` }));
  const title = baseOption(
    'Training',
    `Loss per cell and gene on the ${scale} scale (weighted, without the penalty, for the selecting network); dashed line: best epoch`,
    theme,
  );
  return {
    ...title,
    title: [
      title.title as object,
      ...curves.map((curve, k) => ({
        text: `${modelLabel(curve.model, panel)} (best epoch ${curve.bestEpoch})`,
        left: columns[k]!.left,
        top: 84,
        padding: 0,
        textStyle: { fontSize: 13, fontWeight: 600, color: theme.ink },
      })),
    ],
    legend: legend([TRAIN, STOP], theme),
    grid: columns.map(column => grid({ ...column, top: 112 })),
    xAxis: curves.map((curve, k) =>
      xAxis('Epoch', theme, { gridIndex: k, min: 1, max: Math.max(2, curve.stop.length), minInterval: 1 }),
    ),
    yAxis: curves.map((_, k) =>
      yAxis(k === 0 ? 'Loss' : '', theme, {
        gridIndex: k,
        scale: true,
        splitNumber: 4,
        axisLabel: { color: theme.muted, formatter: formatTick },
      }),
    ),
    series: curves.flatMap((curve, k) => {
      const line = (name: string, losses: readonly number[], colour: string, marked: boolean) => ({
        type: 'line' as const,
        name,
        xAxisIndex: k,
        yAxisIndex: k,
        showSymbol: losses.length < 2,
        lineStyle: { color: colour, width: 2, type: marked ? ('solid' as const) : ('dotted' as const) },
        itemStyle: { color: colour },
        data: losses.map((loss, epoch) => [epoch + 1, Number.isFinite(loss) ? loss : '-']),
        ...(marked
          ? {
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: theme.faint, type: 'dashed' as const },
                label: { show: false },
                data: [{ xAxis: curve.bestEpoch }],
              },
            }
          : {}),
      });
      return [line(TRAIN, curve.train, theme.other, false), line(STOP, curve.stop, theme.accent, true)];
    }),
  };
}
