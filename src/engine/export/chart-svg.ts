/** ECharts options to SVG text, without a browser. */
import * as echarts from 'echarts/core';
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import type { EChartsOption } from '../../shared/charts/base.ts';
import type { FigureSize } from '../../shared/charts/svg.ts';
import { escapeMarkup } from '../../shared/charts/text.ts';

echarts.use([
  AriaComponent,
  CustomChart,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TitleComponent,
]);

/**
 * @param name prefix of the ids inside, so that several figures can stand in one page and the same chart gives the
 *   same text every time (ECharts counts its charts over the life of the process)
 */
export function chartSvg(name: string, option: EChartsOption, size: FigureSize): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    // Tooltips need a browser and are the screen's alone.
    const { tooltip: _tooltip, ...drawn } = option;
    chart.setOption(drawn as echarts.EChartsCoreOption);
    const svg = chart.renderToSVGString({ useViewBox: true });
    const description = escapeMarkup(descriptionOf(option));
    return (
      svg
        .replace(/\bzr\d+-/g, `${name}-`)
        // What serves a mouse on a live page only; text is escaped, so no quote in it can look like an attribute.
        .replace(/<style\b[\s\S]*?<\/style>/g, '')
        .replace(/ (?:class|cursor|ecmeta_\w+)="[^"]*"/g, '')
        .replace(/^<svg /, '<svg role="img" ')
        .replace(/>/, `><title>${description}</title>`)
    );
  } finally {
    chart.dispose();
  }
}

function descriptionOf(option: EChartsOption): string {
  const aria = option.aria as { label?: { description?: string } } | undefined;
  return aria?.label?.description ?? '';
}
