/** Pictures of figures for papers and slides: SVG text, and PNG drawn from it or from the chart itself. */
import type { EChartsOption } from '../../shared/charts/base.ts';
import type { ChartTheme } from '../../shared/charts/theme.ts';
import { init } from './echarts.ts';

export interface PictureSize {
  /** CSS pixels, 96 to the inch. */
  readonly width: number;
  readonly height: number;
  /** Pixels of a PNG for each CSS pixel. */
  readonly scale: number;
}

export type PictureKind = 'svg' | 'png';

/** What can be saved: given a size and colours, its picture. */
export type Picture = (kind: PictureKind, size: PictureSize, theme: ChartTheme) => Promise<Blob>;

export const svgBlob = (svg: string): Blob => new Blob([svg], { type: 'image/svg+xml' });

/** A figure that is an ECharts option. */
export function chartPicture(draw: (theme: ChartTheme) => EChartsOption): Picture {
  return async (kind, { width, height, scale }, theme) => {
    const box = Object.assign(document.createElement('div'), {
      style: `width:${width}px;height:${height}px`,
    });
    const renderer = kind === 'svg' ? ('svg' as const) : ('canvas' as const);
    const chart = init(box, null, { renderer, width, height, devicePixelRatio: scale });
    try {
      chart.setOption({ ...draw(theme), animation: false });
      if (kind === 'svg') return svgBlob(chart.renderToSVGString());
      return await pngOf(chart.renderToCanvas({ pixelRatio: scale }));
    } finally {
      chart.dispose();
    }
  };
}

/** A figure that draws itself as SVG text for a size. */
export function svgPicture(draw: (width: number, height: number, theme: ChartTheme) => string): Picture {
  return async (kind, { width, height, scale }, theme) => {
    const svg = svgBlob(draw(width, height, theme));
    if (kind === 'svg') return svg;
    const address = URL.createObjectURL(svg);
    try {
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), {
        width: Math.round(width * scale),
        height: Math.round(height * scale),
      });
      canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
      return await pngOf(canvas);
    } finally {
      URL.revokeObjectURL(address);
    }
  };
}

export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(blob => {
      if (blob) resolve(blob);
      else reject(new Error('The picture is too large: choose a smaller size.'));
    }, 'image/png');
  });
}
