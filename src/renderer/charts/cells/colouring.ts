/** From what cells are coloured by to the packed colour of each, readable on the surface that there is. Pure. */
import { categorise, type Category } from '../../../shared/charts/categories.ts';
import { NO_VALUE, valueColour } from '../../../shared/charts/palette.ts';
import type { ChartTheme } from '../../../shared/charts/theme.ts';
import type { LabelColumn } from '../../../shared/model.ts';
import { orderByValue, pack, shuffledOrder } from './splat.ts';

export interface CategoryColouring {
  readonly kind: 'category';
  readonly name: string;
  /** The shown cells' own column, for figures that are saved. */
  readonly column: LabelColumn;
  readonly categories: readonly Category[];
  readonly of: Int32Array;
}

export interface ValueColouring {
  readonly kind: 'value';
  readonly name: string;
  /** Unit or scale in words. */
  readonly unit: string;
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
  /** A value as people read it. */
  text(value: number): string;
}
export type Colouring = CategoryColouring | ValueColouring;

/** @param column over the shown cells */
export function byCategory(column: LabelColumn): CategoryColouring {
  const { categories, of } = categorise(column);
  return { kind: 'category', name: column.name, column, categories, of };
}

export function byValue(
  name: string,
  unit: string,
  values: Float32Array,
  text: (value: number) => string,
): ValueColouring {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return {
    kind: 'value',
    name,
    unit,
    values,
    low: low <= high ? low : 0,
    high: low <= high ? high : 0,
    text,
  };
}

/** Shades of a value; more cannot be told apart. */
const SHADES = 256;
const VALUE_LUT = Uint32Array.from({ length: SHADES }, (_, s) => pack(valueColour(s / (SHADES - 1))));

/** Packed colour of each cell, and in which order they lie over each other. */
export function paint(colouring: Colouring, theme: ChartTheme): { colours: Uint32Array; order: Uint32Array } {
  if (colouring.kind === 'category') {
    const packed = colouring.categories.map(({ colour }) => pack(onSurface(colour, theme)));
    return {
      colours: Uint32Array.from(colouring.of, category => packed[category]!),
      order: shuffledOrder(colouring.of.length),
    };
  }
  const { values, low, high } = colouring;
  const none = pack(NO_VALUE);
  const span = high - low || 1;
  const colours = Uint32Array.from(values, value =>
    Number.isFinite(value) ? VALUE_LUT[Math.round(((value - low) / span) * (SHADES - 1))]! : none,
  );
  return { colours, order: orderByValue(values) };
}

/** Contrast with the surface below which a dot is lost. */
const LEAST_CONTRAST = 2.4;

/** The palette is made for white; its darkest colours are lifted on a dark surface, by as little as it takes. */
export function onSurface(hex: string, theme: ChartTheme): string {
  if (theme.name === 'light') return hex;
  const surface = luminance(theme.surface);
  let lifted = hex;
  for (let share = 0.08; (luminance(lifted) + 0.05) / (surface + 0.05) < LEAST_CONTRAST && share < 0.7;) {
    lifted = towardsWhite(hex, share);
    share += 0.08;
  }
  return lifted;
}

/** Black or white, whichever is easier to read on the colour. */
export function inkOn(hex: string): string {
  const light = luminance(hex);
  return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

const channel = (hex: string, at: number): number => parseInt(hex.slice(at, at + 2), 16);

function towardsWhite(hex: string, share: number): string {
  const part = (at: number): string =>
    Math.round(channel(hex, at) * (1 - share) + 255 * share)
      .toString(16)
      .padStart(2, '0');
  return `#${part(1)}${part(3)}${part(5)}`;
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(hex: string): number {
  const linear = (at: number): number => {
    const value = channel(hex, at) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
}
