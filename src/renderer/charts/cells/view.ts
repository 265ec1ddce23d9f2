/** Where on a map the screen looks: pan, zoom and the way between cells and pixels. Pure. */

/** The cell coordinates in the middle of the picture, and CSS pixels for one unit of them. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels left free around the outermost cells. */
const INSET = 18;
/** How far in and out of the whole map one may go. */
const MOST_ZOOM = 400;
const LEAST_ZOOM = 0.5;

export interface Extent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** @param points two coordinates a cell, in turn; null where there is no cell with a place */
export function extentOf(points: Float32Array): Extent | null {
  let left = Infinity;
  let right = -Infinity;
  let bottom = Infinity;
  let top = -Infinity;
  for (let k = 0; k < points.length; k += 2) {
    const x = points[k]!;
    const y = points[k + 1]!;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  return left <= right && bottom <= top ? { left, right, bottom, top } : null;
}

/** The whole map, with the same scale on both axes. */
export function fit(extent: Extent, { width, height }: Size): View {
  const spanX = extent.right - extent.left || 1;
  const spanY = extent.top - extent.bottom || 1;
  const scale = Math.max(1e-9, Math.min((width - 2 * INSET) / spanX, (height - 2 * INSET) / spanY));
  return { x: (extent.left + extent.right) / 2, y: (extent.bottom + extent.top) / 2, scale };
}

export function toScreen(view: View, size: Size, x: number, y: number): readonly [number, number] {
  return [size.width / 2 + (x - view.x) * view.scale, size.height / 2 - (y - view.y) * view.scale];
}

export function toCells(view: View, size: Size, left: number, top: number): readonly [number, number] {
  return [view.x + (left - size.width / 2) / view.scale, view.y - (top - size.height / 2) / view.scale];
}

/** Moves the picture by so many pixels. */
export function pan(view: View, right: number, down: number): View {
  return { ...view, x: view.x - right / view.scale, y: view.y + down / view.scale };
}

/** Zooms by a factor so that what lies at a place of the screen stays there. @param whole the view of the whole map */
export function zoom(view: View, size: Size, left: number, top: number, factor: number, whole: View): View {
  const scale = Math.min(whole.scale * MOST_ZOOM, Math.max(whole.scale * LEAST_ZOOM, view.scale * factor));
  const [x, y] = toCells(view, size, left, top);
  return {
    scale,
    x: x - (left - size.width / 2) / scale,
    y: y + (top - size.height / 2) / scale,
  };
}

/** Diameter of a cell in CSS pixels: smaller for more cells and smaller pictures, a little larger when zoomed in. */
export function diameterFor(cells: number, size: Size, zoomed: number, wanted: number): number {
  const room = Math.sqrt((size.width * size.height) / 480_000);
  const own = wanted > 0 ? wanted : Math.min(7, Math.max(1.7, (290 * room) / Math.sqrt(Math.max(1, cells))));
  return own * Math.min(3, Math.max(1, zoomed) ** 0.3);
}
