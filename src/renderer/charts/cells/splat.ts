/**
 * Draws cells as round dots straight into pixels. Paths and rectangles of a canvas cost ten times as much, and a
 * machine without a graphics card has no faster way.
 */

/** How a cell is drawn. */
export const HIDDEN = 0;
export const DIM = 1;
export const PLAIN = 2;
export type CellState = typeof HIDDEN | typeof DIM | typeof PLAIN;

/** Pixels in rows, with a margin around the visible part so that dots at the edge are cut, not missing. */
export interface Raster {
  /** Packed as the bytes of ImageData lie: alpha, blue, green, red from the highest byte. */
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** Cells from the lowest to the highest, so that memory is read from front to back. */
export interface Dots {
  /** Two coordinates a cell, in turn. */
  readonly points: Float32Array;
  /** Packed colour of each cell. */
  readonly colours: Uint32Array;
  readonly states: Uint8Array;
}

/** From coordinates to pixels: x * scale + left, y * -scale + top. */
export interface Transform {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** "#0072b2" as a packed pixel. */
export function pack(hex: string): number {
  const part = (at: number): number => parseInt(hex.slice(at, at + 2), 16);
  return ((255 << 24) | (part(5) << 16) | (part(3) << 8) | part(1)) >>> 0;
}

/** Mixes two packed colours. @param share of the second, 0 to 256 */
export function mix(under: number, over: number, share: number): number {
  const rest = 256 - share;
  const redBlue = (((under & 0xff00ff) * rest + (over & 0xff00ff) * share) >>> 8) & 0xff00ff;
  const green = (((under & 0x00ff00) * rest + (over & 0x00ff00) * share) >>> 8) & 0x00ff00;
  return (0xff000000 | redBlue | green) >>> 0;
}

interface Sprite {
  /** Pixels that lie whole in the dot, as offsets from its middle. */
  readonly whole: Int32Array;
  readonly edge: Int32Array;
  /** Covered share of each edge pixel, of 256. */
  readonly cover: Int32Array;
  readonly radius: number;
}

/** Of so many cells nobody sees the soft edge of one, and leaving it out halves the work. */
const HARD_FROM = 60_000;

/** @param diameter in pixels of the raster; @param hard pixels are covered whole or not at all */
function sprite(diameter: number, width: number, hard: boolean): Sprite {
  const reach = Math.ceil(diameter / 2);
  const whole: number[] = [];
  const edge: number[] = [];
  const cover: number[] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const share = Math.min(1, Math.max(0, diameter / 2 - Math.hypot(x, y) + 0.5));
      if (share > (hard ? 0.3 : 0.94)) whole.push(y * width + x);
      else if (share > 0.06 && !hard) {
        edge.push(y * width + x);
        cover.push(Math.round(256 * share));
      }
    }
  }
  return {
    whole: Int32Array.from(whole),
    edge: Int32Array.from(edge),
    cover: Int32Array.from(cover),
    radius: reach,
  };
}

/** Share of a dim cell's own colour over the background. */
const DIM_SHARE = 46;

/** Dim cells first, plain ones over them. */
export function splat(
  { pixels, width, height }: Raster,
  { points, colours, states }: Dots,
  { scale, left, top }: Transform,
  diameter: number,
  background: number,
): void {
  pixels.fill(background);
  const { whole, edge, cover, radius } = sprite(diameter, width, states.length >= HARD_FROM);
  const right = width - radius - 1;
  const bottom = height - radius - 1;
  let anyDim = false;
  for (let k = 0; k < states.length && !anyDim; k++) anyDim = states[k] === DIM;
  for (let state: CellState = anyDim ? DIM : PLAIN; state <= PLAIN; state++) {
    for (let cell = 0; cell < states.length; cell++) {
      if (states[cell] !== state) continue;
      const x = (points[2 * cell]! * scale + left) | 0;
      const y = (top - points[2 * cell + 1]! * scale) | 0;
      if (x < radius || y < radius || x > right || y > bottom) continue;
      const middle = y * width + x;
      const own = colours[cell]!;
      const colour = state === DIM ? mix(background, own, DIM_SHARE) : own;
      for (let p = 0; p < whole.length; p++) pixels[middle + whole[p]!] = colour;
      for (let p = 0; p < edge.length; p++) {
        const at = middle + edge[p]!;
        pixels[at] = mix(pixels[at]!, colour, cover[p]!);
      }
    }
  }
}

/** A fixed shuffle, so that no group of cells lies on top only because it stands last in the data. */
export function shuffledOrder(cells: number): Uint32Array {
  const order = Uint32Array.from({ length: cells }, (_, k) => k);
  let state = 0x9e3779b9;
  for (let k = cells - 1; k > 0; k--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (k + 1));
    const held = order[k]!;
    order[k] = order[other]!;
    order[other] = held;
  }
  return order;
}

/** Low values below, high values above: the few cells that have a gene are not buried. Cells without a value lie lowest. */
export function orderByValue(values: ArrayLike<number>): Uint32Array {
  const keys = Float32Array.from(values, value => (Number.isFinite(value) ? value : -Infinity));
  return shuffledOrder(values.length).sort((a, b) => keys[a]! - keys[b]!);
}
