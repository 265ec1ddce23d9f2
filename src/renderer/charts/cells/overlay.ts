/** What is drawn over the cells: numbers of categories, ticks, the lasso, the cell under the pointer. */
import type { ChartTheme } from '../../../shared/charts/theme.ts';
import { FONT } from '../../../shared/charts/theme.ts';
import { placeOnScreen, type CategoryPlace } from './labels.ts';
import { toScreen, type Size, type View } from './view.ts';

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  /** Only where the axes mean something by themselves. */
  readonly ticks?: { readonly x: readonly Tick[]; readonly y: readonly Tick[] } | undefined;
}

export interface Overlay {
  readonly axes: Axes;
  readonly numbers: readonly CategoryPlace[];
  /** Corners in CSS pixels, in turn. */
  readonly lasso: readonly number[];
  /** The cell under the pointer here or on another map. */
  readonly cell: readonly [number, number] | null;
}

export function drawOverlay(
  context: CanvasRenderingContext2D,
  { axes, numbers, lasso, cell }: Overlay,
  view: View,
  size: Size,
  ratio: number,
  theme: ChartTheme,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  context.lineJoin = 'round';
  drawAxes(context, axes, view, size, theme);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `600 12px ${FONT}`;
  for (const { text, left, top } of placeOnScreen(numbers, view, size)) {
    halo(context, text, left, top, theme.ink, theme.surface, 3.5);
  }
  if (lasso.length >= 4) {
    context.beginPath();
    for (let k = 0; k < lasso.length; k += 2) context.lineTo(lasso[k]!, lasso[k + 1]!);
    context.closePath();
    context.fillStyle = theme.name === 'light' ? 'rgb(20 24 31 / 8%)' : 'rgb(232 237 244 / 12%)';
    context.fill();
    context.setLineDash([4, 3]);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.2;
    context.stroke();
    context.setLineDash([]);
  }
  if (cell !== null) {
    const [left, top] = toScreen(view, size, cell[0], cell[1]);
    for (const [width, colour] of [
      [4, theme.surface],
      [2, theme.ink],
    ] as const) {
      context.beginPath();
      context.arc(left, top, 7, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
}

function halo(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  top: number,
  ink: string,
  surface: string,
  width: number,
): void {
  context.lineWidth = width;
  context.strokeStyle = surface;
  context.strokeText(text, left, top);
  context.fillStyle = ink;
  context.fillText(text, left, top);
}

const EDGE = 8;

function drawAxes(
  context: CanvasRenderingContext2D,
  { x, y, ticks }: Axes,
  view: View,
  size: Size,
  theme: ChartTheme,
): void {
  context.font = `11px ${FONT}`;
  const write = (text: string, left: number, top: number): void =>
    halo(context, text, left, top, theme.muted, theme.surface, 3);
  if (ticks) {
    context.strokeStyle = theme.faint;
    context.lineWidth = 1;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'center';
    for (const { at, text } of ticks.x) {
      const [left] = toScreen(view, size, at, 0);
      if (left < 28 || left > size.width - 16) continue;
      line(context, left, size.height - 4, left, size.height);
      write(text, left, size.height - 6);
    }
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const { at, text } of ticks.y) {
      const [, top] = toScreen(view, size, 0, at);
      if (top < 26 || top > size.height - 30) continue;
      line(context, 0, top, 4, top);
      write(text, 6, top);
    }
  }
  context.textAlign = 'right';
  context.textBaseline = 'alphabetic';
  write(x, size.width - EDGE, size.height - (ticks ? 20 : EDGE));
  context.textAlign = 'left';
  context.textBaseline = 'top';
  write(y, EDGE, EDGE);
}

function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
