/**
 * Frames per second of the canvas of cells while it is panned and zoomed, at 20,000 and 200,000 cells, in a real
 * Chromium: the code of the app, drawn frame by frame as the window asks for it. `node bench/canvas.ts` prints it.
 */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { findBrowser } from '../src/main/browser/find.ts';
import { QUIET_FLAGS } from '../src/main/browser/open.ts';
import { summarise, type Bench, type Measurement } from './measurement.ts';

/** A measurement under the name it is asked for. */
export type Measure = Measurement & { readonly name: string };

/** What the page measures: milliseconds of drawing and between frames, one after the other. */
interface Frames {
  readonly draw: readonly number[];
  readonly gap: readonly number[];
}
interface BenchWindow {
  benchCells(cells: number, what: 'pan' | 'zoom' | 'select', frames: number): Promise<Frames>;
  benchFind(cells: number): Record<'grid' | 'hover' | 'lasso', readonly number[]>;
}

const SIZES = [20_000, 200_000] as const;
const FRAMES = 90;
const CONDITIONS = 'canvas of 780 x 640 pixels; a window asks for 60 at most';
const entry = fileURLToPath(new URL('canvas-page.ts', import.meta.url));

/** @throws Error where there is no Chromium, Chrome or Edge */
export async function benchCanvas(): Promise<Measure[]> {
  const program = process.env['F910_CHROMIUM'] || findBrowser();
  if (!program) throw new Error('No Chromium, Chrome or Edge was found; F910_CHROMIUM names one.');
  const bundle = await rolldown({ input: entry });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...QUIET_FLAGS, ...asRoot, '--disable-gpu'];
  const browser = await chromium.launch({ executablePath: program, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.setContent('<canvas style="width: 780px; height: 640px"></canvas>');
    await page.addScriptTag({ content: output[0].code });
    const measures: Measure[] = [];
    for (const cells of SIZES) measures.push(...(await measureCells(page, cells)));
    return measures;
  } finally {
    await browser.close();
  }
}

/** Frames that make one figure of frames per second. */
const WINDOW = 15;

async function measureCells(page: Page, cells: number): Promise<Measure[]> {
  const many = cells.toLocaleString('en-US');
  const measures: Measure[] = [];
  const add = (name: string, unit: string, values: readonly number[], detail: string): void => {
    measures.push({ name, ...summarise(name, unit, values, detail) });
  };
  for (const what of ['pan', 'zoom', 'select'] as const) {
    const { draw, gap } = await page.evaluate(
      ([n, kind, frames]) => (window as unknown as BenchWindow).benchCells(n, kind, frames),
      [cells, what, FRAMES] as const,
    );
    const rates = Array.from({ length: gap.length / WINDOW }, (_, w) => {
      const own = gap.slice(w * WINDOW, (w + 1) * WINDOW);
      return (1000 * own.length) / own.reduce((sum, value) => sum + value, 0);
    });
    add(`${what} at ${many} cells`, 'frames/s', rates, CONDITIONS);
    add(`drawing a frame of ${what} at ${many} cells`, 'ms', draw, CONDITIONS);
  }
  const found = await page.evaluate(n => (window as unknown as BenchWindow).benchFind(n), cells);
  add(`index for the pointer at ${many} cells`, 'ms', found.grid, 'nothing drawn');
  add(`cell under the pointer at ${many} cells`, 'ms', found.hover, 'nothing drawn');
  add(`lasso of 200 corners at ${many} cells`, 'ms', found.lasso, 'nothing drawn');
  return measures;
}

/** For `npm run bench`. */
export const canvas: Bench = {
  name: 'canvas',
  data: 'Made-up cells of 24 types, moved on the canvas of Explore in Chromium without a graphics card',
  run: benchCanvas,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, unit, value, low, high, detail } of await benchCanvas()) {
    const figures = `${round(value)} ${unit} (${round(low)} to ${round(high)})`;
    process.stdout.write(`${name.padEnd(44)} ${figures.padEnd(36)} ${detail}\n`);
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
