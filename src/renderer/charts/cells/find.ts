/** Which cells lie where: the one under the pointer, by a grid; those in a lasso, by a ray to the left. Pure. */
import { extentOf } from './view.ts';

/** About so many cells in a square of the grid. */
const CELLS_A_SQUARE = 4;

/** Finds the cell next to a place without looking at all of them. */
export class CellGrid {
  readonly #points: Float32Array;
  readonly #columns: number;
  readonly #rows: number;
  readonly #left: number;
  readonly #bottom: number;
  readonly #side: number;
  /** Cells square by square, and where each square begins. */
  readonly #cells: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(points: Float32Array) {
    const extent = extentOf(points) ?? { left: 0, right: 1, bottom: 0, top: 1 };
    const n = points.length / 2;
    const width = extent.right - extent.left || 1;
    const height = extent.top - extent.bottom || 1;
    this.#points = points;
    this.#left = extent.left;
    this.#bottom = extent.bottom;
    this.#side = Math.sqrt((width * height * CELLS_A_SQUARE) / Math.max(1, n)) || 1;
    this.#columns = Math.max(1, Math.min(2048, Math.ceil(width / this.#side)));
    this.#rows = Math.max(1, Math.min(2048, Math.ceil(height / this.#side)));
    this.#starts = new Uint32Array(this.#columns * this.#rows + 1);
    this.#cells = new Uint32Array(n);
    const squares = new Uint32Array(n);
    for (let c = 0; c < n; c++) {
      const square = this.#row(points[2 * c + 1]!) * this.#columns + this.#column(points[2 * c]!);
      squares[c] = square;
      this.#starts[square + 1]!++;
    }
    for (let s = 1; s < this.#starts.length; s++) this.#starts[s]! += this.#starts[s - 1]!;
    const next = this.#starts.slice();
    for (let c = 0; c < n; c++) this.#cells[next[squares[c]!]!++] = c;
  }

  /** The nearest visible cell within a distance, or -1. @param states 0 for hidden cells */
  nearest(x: number, y: number, distance: number, states: Uint8Array): number {
    let found = -1;
    let best = distance * distance;
    const toColumn = this.#column(x + distance);
    const toRow = this.#row(y + distance);
    for (let row = this.#row(y - distance); row <= toRow; row++) {
      for (let column = this.#column(x - distance); column <= toColumn; column++) {
        const square = row * this.#columns + column;
        for (let k = this.#starts[square]!; k < this.#starts[square + 1]!; k++) {
          const cell = this.#cells[k]!;
          if (states[cell] === 0) continue;
          const apart = (this.#points[2 * cell]! - x) ** 2 + (this.#points[2 * cell + 1]! - y) ** 2;
          if (apart > best) continue;
          best = apart;
          found = cell;
        }
      }
    }
    return found;
  }

  #column(x: number): number {
    return Math.min(this.#columns - 1, Math.max(0, Math.floor((x - this.#left) / this.#side)));
  }

  #row(y: number): number {
    return Math.min(this.#rows - 1, Math.max(0, Math.floor((y - this.#bottom) / this.#side)));
  }
}

/** Strips that the edges of a lasso are sorted into, so that a cell meets only those at its own height. */
const STRIPS = 256;

/** Flags of the visible cells inside a closed line. @param line corners in cell coordinates, in turn */
export function insideOf(points: Float32Array, line: ArrayLike<number>, states: Uint8Array): Uint8Array {
  const inside = new Uint8Array(points.length / 2);
  if (line.length < 6) return inside;
  let bottom = Infinity;
  let top = -Infinity;
  for (let k = 1; k < line.length; k += 2) {
    bottom = Math.min(bottom, line[k]!);
    top = Math.max(top, line[k]!);
  }
  const height = (top - bottom) / STRIPS || 1;
  const stripOf = (y: number): number => Math.min(STRIPS - 1, Math.floor((y - bottom) / height));
  // Each edge as its lower and upper end: x, y, x, y.
  const strips = Array.from({ length: STRIPS }, (): number[] => []);
  for (let b = 0, a = line.length - 2; b < line.length; a = b, b += 2) {
    const [low, high] = line[a + 1]! < line[b + 1]! ? [a, b] : [b, a];
    const edge = [line[low]!, line[low + 1]!, line[high]!, line[high + 1]!];
    for (let s = stripOf(edge[1]!); s <= stripOf(edge[3]!); s++) strips[s]!.push(...edge);
  }
  for (let c = 0; c < inside.length; c++) {
    const y = points[2 * c + 1]!;
    if (states[c] === 0 || y < bottom || y >= top) continue;
    const x = points[2 * c]!;
    const edges = strips[stripOf(y)]!;
    let odd = 0;
    for (let e = 0; e < edges.length; e += 4) {
      const low = edges[e + 1]!;
      const high = edges[e + 3]!;
      if (y < low || y >= high) continue;
      if (x < edges[e]! + ((edges[e + 2]! - edges[e]!) * (y - low)) / (high - low)) odd ^= 1;
    }
    inside[c] = odd;
  }
  return inside;
}
