import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { byCategory, byValue, inkOn, onSurface, paint } from '../../src/renderer/charts/cells/colouring.ts';
import { CellGrid, insideOf } from '../../src/renderer/charts/cells/find.ts';
import { categoryPlaces, placeOnScreen } from '../../src/renderer/charts/cells/labels.ts';
import {
  DIM,
  HIDDEN,
  mix,
  orderByValue,
  pack,
  PLAIN,
  shuffledOrder,
  splat,
} from '../../src/renderer/charts/cells/splat.ts';
import {
  diameterFor,
  extentOf,
  fit,
  pan,
  toCells,
  toScreen,
  zoom,
} from '../../src/renderer/charts/cells/view.ts';
import { CATEGORICAL } from '../../src/shared/charts/palette.ts';
import { DARK, LIGHT } from '../../src/shared/charts/theme.ts';

const random = createRandom(8, 'cells');
const points = Float32Array.from({ length: 2000 }, () => random.normal());
const states = new Uint8Array(1000).fill(PLAIN);
const size = { width: 600, height: 400 };
const whole = fit(extentOf(points)!, size);

describe('the view', () => {
  it('shows every cell, and goes from cells to pixels and back', () => {
    for (let c = 0; c < 1000; c++) {
      const [left, top] = toScreen(whole, size, points[2 * c]!, points[2 * c + 1]!);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThanOrEqual(600);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThanOrEqual(400);
    }
    const [x, y] = toCells(whole, size, 100, 50);
    const back = toScreen(whole, size, x, y);
    expect(back[0]).toBeCloseTo(100, 6);
    expect(back[1]).toBeCloseTo(50, 6);
  });

  it('keeps the place under the pointer when it zooms, within its bounds', () => {
    const before = toCells(whole, size, 120, 90);
    const near = zoom(whole, size, 120, 90, 3, whole);
    expect(near.scale).toBeCloseTo(3 * whole.scale, 9);
    const after = toCells(near, size, 120, 90);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
    expect(zoom(whole, size, 0, 0, 1e9, whole).scale).toBe(400 * whole.scale);
    expect(zoom(whole, size, 0, 0, 1e-9, whole).scale).toBe(0.5 * whole.scale);
    expect(pan(pan(whole, 10, 20), -10, -20).x).toBeCloseTo(whole.x, 9);
  });

  it('draws smaller dots for more cells, larger ones when zoomed in, and the size that was asked for', () => {
    expect(diameterFor(200_000, size, 1, 0)).toBeLessThan(diameterFor(2000, size, 1, 0));
    expect(diameterFor(2000, size, 10, 0)).toBeGreaterThan(diameterFor(2000, size, 1, 0));
    expect(diameterFor(200_000, size, 1, 5)).toBe(5);
  });

  it('has an extent for one cell and none for none', () => {
    expect(extentOf(new Float32Array(0))).toBeNull();
    expect(fit(extentOf(Float32Array.of(3, 4))!, size)).toMatchObject({ x: 3, y: 4 });
  });
});

describe('finding cells', () => {
  it('gives the nearest visible cell that a look at all of them gives', () => {
    const grid = new CellGrid(points);
    const some = states.map((state, c) => (c % 3 === 0 ? HIDDEN : state));
    for (let k = 0; k < 300; k++) {
      const [x, y] = [1.5 * random.normal(), 1.5 * random.normal()];
      let best = -1;
      let least = 0.2 ** 2;
      for (let c = 0; c < 1000; c++) {
        const apart = (points[2 * c]! - x) ** 2 + (points[2 * c + 1]! - y) ** 2;
        if (some[c] !== HIDDEN && apart <= least) [least, best] = [apart, c];
      }
      expect(grid.nearest(x, y, 0.2, some)).toBe(best);
    }
  });

  it('takes the cells in a lasso, however it is drawn, and no hidden one', () => {
    const square = [-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5];
    const backwards = [-0.5, 0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5];
    const isIn = Uint8Array.from({ length: 1000 }, (_, c) =>
      Math.abs(points[2 * c]!) < 0.5 && Math.abs(points[2 * c + 1]!) < 0.5 ? 1 : 0,
    );
    expect(insideOf(points, square, states)).toEqual(isIn);
    expect(insideOf(points, backwards, states)).toEqual(isIn);
    expect(insideOf(points, square, new Uint8Array(1000))).toEqual(new Uint8Array(1000));
    expect(insideOf(points, [0, 0, 1, 1], states)).toEqual(new Uint8Array(1000));
    // A figure of eight: its two lobes are inside, what lies beside the crossing is not.
    const eight = insideOf(Float32Array.of(-1, 0, 1, 0, 0, 0.9), [-2, -1, 2, 1, 2, -1, -2, 1], states);
    expect([...eight]).toEqual([1, 1, 0]);
  });
});

describe('drawing', () => {
  const raster = () => ({ pixels: new Uint32Array(40 * 30), width: 40, height: 30 });
  const white = pack('#ffffff');

  it('puts a dot of its colour where the cell is, soft at the edge, and nothing elsewhere', () => {
    const to = raster();
    const dots = {
      points: Float32Array.of(2, 1),
      colours: Uint32Array.of(pack('#0072b2')),
      states: Uint8Array.of(PLAIN),
    };
    splat(to, dots, { scale: 10, left: 0, top: 25 }, 6, white);
    expect(to.pixels[15 * 40 + 20]).toBe(pack('#0072b2'));
    const drawn = [...to.pixels.keys()].filter(p => to.pixels[p] !== white);
    // The area of a dot with a diameter of 6, edges counted by what they cover.
    expect(drawn.length).toBeGreaterThan(28);
    expect(drawn.length).toBeLessThan(50);
    for (const p of drawn) expect(Math.hypot((p % 40) - 20, Math.floor(p / 40) - 15)).toBeLessThan(4.3);
  });

  it('leaves out hidden cells, draws dim ones below plain ones, and nothing outside', () => {
    const to = raster();
    const dots = {
      points: Float32Array.of(2, 1, 2, 1, 2, 1, 900, 900),
      colours: Uint32Array.of(pack('#d55e00'), pack('#009e73'), pack('#cc79a7'), pack('#000000')),
      states: Uint8Array.of(PLAIN, DIM, HIDDEN, PLAIN),
    };
    splat(to, dots, { scale: 10, left: 0, top: 25 }, 4, white);
    expect(to.pixels[15 * 40 + 20]).toBe(pack('#d55e00'));
    const dimmed = { ...dots, states: Uint8Array.of(HIDDEN, DIM, HIDDEN, HIDDEN) };
    splat(to, dimmed, { scale: 10, left: 0, top: 25 }, 4, white);
    expect(to.pixels[15 * 40 + 20]).toBe(mix(white, pack('#009e73'), 46));
  });

  it('mixes colours by their share', () => {
    expect(mix(pack('#000000'), pack('#ffffff'), 256)).toBe(pack('#ffffff'));
    expect(mix(pack('#000000'), pack('#ffffff'), 0)).toBe(pack('#000000'));
    expect(mix(pack('#204060'), pack('#608040'), 128)).toBe(pack('#406050'));
  });

  it('shuffles the same way every time, and puts high values on top', () => {
    expect(shuffledOrder(500)).toEqual(shuffledOrder(500));
    expect(shuffledOrder(500).toSorted()).toEqual(Uint32Array.from({ length: 500 }, (_, k) => k));
    expect([...orderByValue([0, 5, NaN, 2])].slice(-2)).toEqual([3, 1]);
    expect(orderByValue([0, 5, NaN, 2])[0]).toBe(2);
  });
});

describe('colours', () => {
  it('are the numbered ones of the figures, and values lie on their scale', () => {
    const column = { name: 'type', levels: ['b', 'a'], codes: Int32Array.of(0, 1, 1) };
    const colouring = byCategory(column);
    expect(colouring.categories.map(({ label, number }) => [label, number])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect([...paint(colouring, LIGHT).colours]).toEqual([1, 0, 0].map(k => pack(CATEGORICAL[k]!)));
    const value = byValue('x', '', Float32Array.of(0, 10, NaN), String);
    expect([value.low, value.high]).toEqual([0, 10]);
    const { colours } = paint(value, LIGHT);
    expect(colours[0]).toBe(pack('#440154'));
    expect(colours[1]).toBe(pack('#fde725'));
  });

  it('can be told from the surface in the dark, and their numbers can be read', () => {
    const light = (hex: string): number => {
      const linear = (at: number): number => (parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2;
      return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5) + 0.05;
    };
    const contrast = (a: string, b: string): number =>
      Math.max(light(a), light(b)) / Math.min(light(a), light(b));
    for (const colour of CATEGORICAL) {
      expect(contrast(onSurface(colour, DARK), DARK.surface)).toBeGreaterThan(2.2);
      expect(contrast(inkOn(colour), colour)).toBeGreaterThan(4.4);
      expect(onSurface(colour, LIGHT)).toBe(colour);
    }
  });
});

describe('numbers of categories', () => {
  it('stand at the middle of their visible cells and apart from each other', () => {
    const own = Float32Array.of(0, 0, 2, 2, 1, 1, 1.01, 1);
    const of = Int32Array.of(0, 0, 0, 1);
    const all = categoryPlaces(own, of, ['1', '2', null], new Uint8Array(4).fill(PLAIN));
    expect(all.map(({ text, x }) => [text, Number(x.toFixed(2))])).toEqual([
      ['1', 1],
      ['2', 1.01],
    ]);
    const [a, b] = placeOnScreen(all, { x: 1, y: 1, scale: 100 }, size);
    expect(Math.hypot(a!.left - b!.left, a!.top - b!.top)).toBeGreaterThan(18.9);
    const hidden = Uint8Array.of(PLAIN, PLAIN, PLAIN, HIDDEN);
    expect(categoryPlaces(own, of, ['1', '2', null], hidden)).toHaveLength(1);
  });
});
