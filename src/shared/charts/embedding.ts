/**
 * A map of the cells as an SVG: PCA, t-SNE or UMAP, coloured by a category or a value. Points of one colour are one
 * path of round dots, so that 16,000 cells take some 200 kB instead of 3 MB as single shapes.
 */
import type { LabelColumn } from '../model.ts';
import { categorise } from './categories.ts';
import { valueColour } from './palette.ts';
import { figure, legendLayout, type FigureSize } from './svg.ts';
import { escapeMarkup, formatCount, formatFigure, shorten, textWidth } from './text.ts';
import type { ChartTheme } from './theme.ts';

export type CellColour =
  | { readonly kind: 'category'; readonly column: Pick<LabelColumn, 'name' | 'levels' | 'codes'> }
  | {
      readonly kind: 'value';
      readonly name: string;
      readonly unit: string;
      readonly values: ArrayLike<number>;
    };

export interface EmbeddingFigure {
  readonly title: string;
  /** Conditions in small print: how many cells, what the colours are. */
  readonly subtitle: string;
  /** Two coordinates a cell, in turn. */
  readonly points: Float32Array;
  readonly axes: readonly [string, string];
  readonly colour: CellColour;
}

interface Layer {
  readonly colour: string;
  readonly cells: readonly number[];
}

const MARGIN = { left: 40, top: 64, bottom: 40, right: 16 };
/** Layers in which the colours take turns, so that no category lies on top everywhere. */
const TURNS = 8;

export function embeddingSvg(map: EmbeddingFigure, size: FigureSize, theme: ChartTheme): string {
  const cells = map.points.length / 2;
  const legend =
    map.colour.kind === 'category'
      ? categoryLegend(map.colour.column, size, theme)
      : valueLegend(map.colour, size, theme);
  const plot = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: size.width - MARGIN.left - MARGIN.right - legend.width,
    height: size.height - MARGIN.top - MARGIN.bottom,
  };
  const place = fit(map.points, plot);
  const radius = Math.min(3.5, Math.max(1, 100 / Math.sqrt(Math.max(1, cells))));
  const dots = legend.layers
    .map(layer => {
      let path = '';
      for (const c of layer.cells) path += `M${place.x(c)} ${place.y(c)}h0`;
      return path === '' ? '' : `<path d="${path}" stroke="${layer.colour}"/>`;
    })
    .join('');
  const frame =
    `<rect x="${plot.x}" y="${plot.y}" width="${plot.width}" height="${plot.height}" fill="none" stroke="${theme.line}"/>` +
    `<text x="${plot.x + plot.width / 2}" y="${plot.y + plot.height + 24}" text-anchor="middle" font-size="13" fill="${theme.muted}">${escapeMarkup(map.axes[0])}</text>` +
    `<text transform="translate(${plot.x - 14} ${plot.y + plot.height / 2}) rotate(-90)" text-anchor="middle" font-size="13" fill="${theme.muted}">${escapeMarkup(map.axes[1])}</text>`;
  const body =
    frame +
    `<g fill="none" stroke-width="${(2 * radius).toFixed(1)}" stroke-linecap="round" stroke-opacity="0.8">${dots}</g>` +
    numbers(legend.numbered, map.points, place, theme) +
    `<g transform="translate(${plot.x + plot.width + 20} ${plot.y})">${legend.svg}</g>`;
  return figure({ title: map.title, subtitle: map.subtitle, body }, size, theme);
}

interface Place {
  x(cell: number): number;
  y(cell: number): number;
}

/** The same scale on both axes: distances on a map mean the same in every direction. One decimal is a tenth of a pixel. */
function fit(points: Float32Array, plot: { x: number; y: number; width: number; height: number }): Place {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let k = 0; k < points.length; k++) {
    low[k & 1] = Math.min(low[k & 1]!, points[k]!);
    high[k & 1] = Math.max(high[k & 1]!, points[k]!);
  }
  const inset = 12;
  const spanX = high[0]! - low[0]! || 1;
  const spanY = high[1]! - low[1]! || 1;
  const scale = Math.min((plot.width - 2 * inset) / spanX, (plot.height - 2 * inset) / spanY);
  const centreX = plot.x + plot.width / 2;
  const centreY = plot.y + plot.height / 2;
  const round = (v: number): number => Math.round(v * 10) / 10;
  return {
    x: c => round(centreX + (points[2 * c]! - (low[0]! + high[0]!) / 2) * scale),
    y: c => round(centreY - (points[2 * c + 1]! - (low[1]! + high[1]!) / 2) * scale),
  };
}

interface Legend {
  readonly width: number;
  readonly svg: string;
  /** Points from the lowest layer to the highest. */
  readonly layers: readonly Layer[];
  /** Cells of every numbered category. */
  readonly numbered: readonly { readonly number: number; readonly cells: readonly number[] }[];
}

function categoryLegend(
  column: Pick<LabelColumn, 'name' | 'levels' | 'codes'>,
  size: FigureSize,
  theme: ChartTheme,
): Legend {
  const { categories, of } = categorise(column);
  const members = categories.map((): number[] => []);
  of.forEach((category, cell) => members[category]!.push(cell));
  const { svg, width } = legendLayout(
    shorten(column.name, 24),
    categories.map(c => ({
      colour: c.colour,
      mark: c.number === null ? '' : String(c.number),
      text: `${shorten(c.label, 26)} (${formatCount(c.cells)})`,
    })),
    size.height - MARGIN.top - MARGIN.bottom,
    theme,
  );
  const layers: Layer[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    // Grey categories stand last in the legend and lie lowest on the map.
    categories.forEach((_, k) => {
      const category = categories.length - 1 - k;
      const cells = members[category]!.filter((_cell, i) => i % TURNS === turn);
      layers.push({ colour: categories[category]!.colour, cells });
    });
  }
  const numbered = categories.flatMap((c, k) =>
    c.number === null ? [] : [{ number: c.number, cells: members[k]! }],
  );
  return { width, svg, layers, numbered: numbered.length > 1 ? numbered : [] };
}

/** Steps of a value's colour; more cannot be told apart. */
const SHADES = 32;

function valueLegend(
  colour: Extract<CellColour, { kind: 'value' }>,
  size: FigureSize,
  theme: ChartTheme,
): Legend {
  const finite = Array.from(colour.values).filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const layers = [{ colour: valueColour(NaN), cells: [] as number[] }];
  for (let s = 0; s < SHADES; s++) layers.push({ colour: valueColour(s / (SHADES - 1)), cells: [] });
  for (let c = 0; c < colour.values.length; c++) {
    const share = high > low ? (colour.values[c]! - low) / (high - low) : 0;
    const shade = Number.isFinite(share) ? Math.min(SHADES - 1, Math.floor(share * SHADES)) : -1;
    layers[shade + 1]!.cells.push(c);
  }
  const height = Math.min(160, size.height - MARGIN.top - MARGIN.bottom - 30);
  let svg = `<text y="10" font-size="12" font-weight="600" fill="${theme.ink}">${escapeMarkup(shorten(colour.name, 24))}</text>`;
  for (let s = 0; s < SHADES; s++) {
    const y = 24 + height - ((s + 1) * height) / SHADES;
    svg += `<rect x="0" y="${y.toFixed(1)}" width="14" height="${(height / SHADES + 0.5).toFixed(1)}" fill="${valueColour(s / (SHADES - 1))}"/>`;
  }
  const label = (y: number, value: number): string =>
    `<text x="22" y="${y}" font-size="12" fill="${theme.muted}">${escapeMarkup(`${formatFigure(value)} ${colour.unit}`)}</text>`;
  if (finite.length > 0) svg += label(34, high) + label(24 + height, low);
  const text = Math.max(textWidth(shorten(colour.name, 24), 12), 22 + textWidth(`0.0000 ${colour.unit}`, 12));
  return { width: text + 24, svg, layers, numbered: [] };
}

/** The number of each category at the median of its cells, pushed apart where two would overlap. */
function numbers(
  categories: Legend['numbered'],
  points: Float32Array,
  place: Place,
  theme: ChartTheme,
): string {
  const median = (cells: readonly number[], axis: 0 | 1): number =>
    cells.toSorted((a, b) => points[2 * a + axis]! - points[2 * b + axis]!)[Math.floor(cells.length / 2)]!;
  const labels = categories.map(c => ({
    text: String(c.number),
    x: place.x(median(c.cells, 0)),
    y: place.y(median(c.cells, 1)),
  }));
  const distance = 17;
  for (let round = 0; round < 30; round++) {
    for (const [i, a] of labels.entries()) {
      for (const b of labels.slice(i + 1)) {
        const dx = b.x - a.x || 0.1;
        const dy = b.y - a.y || 0.1;
        const gap = Math.hypot(dx, dy);
        if (gap >= distance) continue;
        const push = (distance - gap) / 2 / gap;
        a.x -= dx * push;
        a.y -= dy * push;
        b.x += dx * push;
        b.y += dy * push;
      }
    }
  }
  const draw = (extra: string): string =>
    labels
      .map(l => `<text x="${l.x.toFixed(1)}" y="${(l.y + 4.5).toFixed(1)}"${extra}>${l.text}</text>`)
      .join('');
  // The halo is drawn as text of its own below: paint-order is not known to every program that opens a figure.
  return (
    `<g font-size="13" font-weight="600" text-anchor="middle">` +
    `<g fill="${theme.surface}" stroke="${theme.surface}" stroke-width="3.5" stroke-linejoin="round">${draw('')}</g>` +
    `<g fill="${theme.ink}">${draw('')}</g></g>`
  );
}
