/** The numbers of categories on a map, at the middle of their cells and apart from each other. Pure. */
import type { View, Size } from './view.ts';
import { toScreen } from './view.ts';

export interface CategoryPlace {
  readonly text: string;
  /** In cell coordinates. */
  readonly x: number;
  readonly y: number;
}

/** The middle of many cells is known well enough from so many of them. */
const ENOUGH = 1500;
const APART = 19;
const ROUNDS = 30;

/**
 * Medians of the visible cells of every numbered category.
 * @param of category of each cell; @param texts what is written, null for nothing
 */
export function categoryPlaces(
  points: Float32Array,
  of: Int32Array,
  texts: readonly (string | null)[],
  states: Uint8Array,
): CategoryPlace[] {
  const counts = new Uint32Array(texts.length);
  for (let c = 0; c < of.length; c++) if (states[c] !== 0) counts[of[c]!]!++;
  const xs = texts.map((): number[] => []);
  const ys = texts.map((): number[] => []);
  const seen = new Uint32Array(texts.length);
  for (let c = 0; c < of.length; c++) {
    const category = of[c]!;
    if (states[c] === 0 || texts[category] === null) continue;
    const step = Math.max(1, Math.floor(counts[category]! / ENOUGH));
    if (seen[category]!++ % step !== 0) continue;
    xs[category]!.push(points[2 * c]!);
    ys[category]!.push(points[2 * c + 1]!);
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  return texts.flatMap((text, k) =>
    text === null || xs[k]!.length === 0 ? [] : [{ text, x: median(xs[k]!), y: median(ys[k]!) }],
  );
}

/** Where they are written, in CSS pixels. */
export function placeOnScreen(
  places: readonly CategoryPlace[],
  view: View,
  size: Size,
): { readonly text: string; readonly left: number; readonly top: number }[] {
  const labels = places.map(({ text, x, y }) => {
    const [left, top] = toScreen(view, size, x, y);
    return { text, left, top };
  });
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (const [k, a] of labels.entries()) {
      for (const b of labels.slice(k + 1)) {
        const right = b.left - a.left || 0.1;
        const down = b.top - a.top || 0.1;
        const gap = Math.hypot(right, down);
        if (gap >= APART) continue;
        moved = true;
        const push = (APART - gap) / 2 / gap;
        a.left -= right * push;
        a.top -= down * push;
        b.left += right * push;
        b.top += down * push;
      }
    }
    if (!moved) break;
  }
  return labels;
}
