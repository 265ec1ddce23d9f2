/** One map on a canvas: keeps the pixels, draws what it is told, knows nothing of where the cells come from. */
import { pack, splat } from './splat.ts';
import { diameterFor, toScreen, type Size, type View } from './view.ts';

/** CSS pixels around the visible part into which dots at the edge may reach. */
const MARGIN = 24;

/** Everything about the cells, in their own order. */
export interface CellPicture {
  /** Two coordinates a cell, in turn. */
  readonly points: Float32Array;
  readonly colours: Uint32Array;
  readonly states: Uint8Array;
  /** Cells from the lowest to the highest. */
  readonly order: Uint32Array;
}

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #image: ImageData | null = null;
  #pixels = new Uint32Array(0);
  readonly #points = new Arranged((from: Float32Array, order) => pairsInOrder(from, order));
  readonly #colours = new Arranged((from: Uint32Array, order) => order.map(cell => from[cell]!));
  readonly #states = new Arranged((from: Uint8Array, order) => bytesInOrder(from, order));

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false })!;
  }

  /** @param ratio pixels of the screen for one CSS pixel */
  resize(size: Size, ratio: number): void {
    if (size.width === this.#size.width && size.height === this.#size.height && ratio === this.#ratio) return;
    this.#size = size;
    this.#ratio = ratio;
    this.#canvas.width = Math.max(1, Math.round(size.width * ratio));
    this.#canvas.height = Math.max(1, Math.round(size.height * ratio));
    this.#image = null;
  }

  /** @param wanted diameter of a cell in CSS pixels, or 0 for one that suits the number of cells */
  draw(picture: CellPicture, view: View, whole: View, wanted: number, surface: string): void {
    const ratio = this.#ratio;
    const margin = Math.round(MARGIN * ratio);
    const width = this.#canvas.width + 2 * margin;
    const height = this.#canvas.height + 2 * margin;
    if (this.#image === null) {
      this.#image = this.#context.createImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    const [left, top] = toScreen(view, this.#size, 0, 0);
    const zoomed = view.scale / whole.scale;
    const diameter = diameterFor(picture.points.length / 2, this.#size, zoomed, wanted) * ratio;
    const transform = { scale: view.scale * ratio, left: left * ratio + margin, top: top * ratio + margin };
    const { order } = picture;
    const dots = {
      points: this.#points.get(picture.points, order),
      colours: this.#colours.get(picture.colours, order),
      states: this.#states.get(picture.states, order),
    };
    splat({ pixels: this.#pixels, width, height }, dots, transform, diameter, pack(surface));
    this.#context.putImageData(this.#image, -margin, -margin);
  }

  /** Only the background. */
  clear(surface: string): void {
    this.#context.fillStyle = surface;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}

/** An array in drawing order, made again only when it or the order has changed: not for every frame of a movement. */
class Arranged<From> {
  readonly #arrange: (from: From, order: Uint32Array) => From;
  #from: From | null = null;
  #order: Uint32Array | null = null;
  #kept: From | null = null;

  constructor(arrange: (from: From, order: Uint32Array) => From) {
    this.#arrange = arrange;
  }

  get(from: From, order: Uint32Array): From {
    if (this.#kept === null || from !== this.#from || order !== this.#order) {
      this.#kept = this.#arrange(from, order);
      this.#from = from;
      this.#order = order;
    }
    return this.#kept;
  }
}

function bytesInOrder(from: Uint8Array, order: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(order.length);
  for (let k = 0; k < order.length; k++) bytes[k] = from[order[k]!]!;
  return bytes;
}

function pairsInOrder(from: Float32Array, order: Uint32Array): Float32Array {
  const points = new Float32Array(2 * order.length);
  for (let k = 0; k < order.length; k++) {
    points[2 * k] = from[2 * order[k]!]!;
    points[2 * k + 1] = from[2 * order[k]! + 1]!;
  }
  return points;
}
