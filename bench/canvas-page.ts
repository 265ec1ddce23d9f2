/** What bench/canvas.ts runs in the page: made-up clusters of cells, drawn by the code of the app. */
import { paint, byCategory } from '../src/renderer/charts/cells/colouring.ts';
import { CellGrid, insideOf } from '../src/renderer/charts/cells/find.ts';
import { Painter } from '../src/renderer/charts/cells/painter.ts';
import { DIM, PLAIN } from '../src/renderer/charts/cells/splat.ts';
import { extentOf, fit, pan, zoom, type View } from '../src/renderer/charts/cells/view.ts';
import { LIGHT } from '../src/shared/charts/theme.ts';

const CLUSTERS = 24;
const SIZE = { width: 780, height: 640 };

/** Cells of clusters on a ring; always the same. */
function makeCells(cells: number) {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const points = new Float32Array(2 * cells);
  const codes = new Int32Array(cells);
  for (let c = 0; c < cells; c++) {
    codes[c] = c % CLUSTERS;
    const angle = (2 * Math.PI * codes[c]!) / CLUSTERS;
    const far = 12 + 8 * (codes[c]! % 2);
    points[2 * c] = far * Math.cos(angle) + 1.6 * normal();
    points[2 * c + 1] = far * Math.sin(angle) + 1.6 * normal();
  }
  const levels = Array.from({ length: CLUSTERS }, (_, k) => `Type ${k + 1}`);
  const { colours, order } = paint(byCategory({ name: 'type', levels, codes }), LIGHT);
  return { points, colours, order, states: new Uint8Array(cells).fill(PLAIN) };
}

const frame = (): Promise<number> => new Promise(resolve => requestAnimationFrame(resolve));

async function benchCells(cells: number, what: 'pan' | 'zoom' | 'select', frames: number) {
  const dots = makeCells(cells);
  const painter = new Painter(document.querySelector('canvas')!);
  painter.resize(SIZE, devicePixelRatio);
  const whole = fit(extentOf(dots.points)!, SIZE);
  let view: View = whole;
  const draw: number[] = [];
  const gap: number[] = [];
  let before = await frame();
  for (let k = 0; k < frames; k++) {
    if (what === 'pan') view = pan(view, k < frames / 2 ? 6 : -6, 3);
    if (what === 'zoom') view = zoom(view, SIZE, 300, 200, k < frames / 2 ? 1.06 : 1 / 1.06, whole);
    // A selection that changes with every frame.
    const states =
      what === 'select'
        ? dots.states.map((_, c) => (c % 7 < 3 === (k % 2 === 0) ? DIM : PLAIN))
        : dots.states;
    const start = performance.now();
    painter.draw({ ...dots, states }, view, whole, 0, LIGHT.surface);
    draw.push(performance.now() - start);
    const now = await frame();
    gap.push(now - before);
    before = now;
  }
  return { draw, gap };
}

function benchFind(cells: number) {
  const { points, states } = makeCells(cells);
  const line = Array.from({ length: 400 }, (_, k) =>
    k % 2 === 0 ? 15 * Math.cos(k / 64) : 15 * Math.sin(k / 64),
  );
  const grid = new CellGrid(points);
  const looks = 1000;
  return {
    grid: times(() => void new CellGrid(points)),
    hover: times(() => {
      for (let k = 0; k < looks; k++) grid.nearest((k % 40) - 20, k / 50 - 10, 0.5, states);
    }).map(value => value / looks),
    lasso: times(() => void insideOf(points, line, states)),
  };
}

/** Milliseconds of each of several repetitions. */
function times(work: () => void): number[] {
  return Array.from({ length: 9 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

Object.assign(window, { benchCells, benchFind });
