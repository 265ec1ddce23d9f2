/** Two overlapping sets as circles whose areas and overlap are in proportion. */
import { figure, type FigureSize } from './svg.ts';
import { escapeMarkup, formatCount, shorten } from './text.ts';
import type { ChartTheme } from './theme.ts';

export interface VennFigure {
  readonly title: string;
  readonly subtitle: string;
  readonly a: { readonly name: string; readonly size: number };
  readonly b: { readonly name: string; readonly size: number };
  readonly shared: number;
}

export function vennSvg(venn: VennFigure, size: FigureSize, theme: ChartTheme): string {
  const top = 92;
  const radiusOf = (n: number): number => Math.sqrt(n / Math.PI);
  const [ra, rb] = [radiusOf(venn.a.size), radiusOf(venn.b.size)];
  const apart = distanceFor(ra, rb, venn.shared);
  const span = Math.max(apart + ra + rb, 2 * ra, 2 * rb) || 1;
  const scale = Math.min((size.width - 220) / span, (size.height - top - 40) / (2 * Math.max(ra, rb) || 1));
  const left = Math.min(-ra, apart - rb);
  const offset = (size.width - span * scale) / 2;
  const y = top + (size.height - top - 34) / 2;
  const a = { x: offset - left * scale, r: ra * scale };
  const b = { x: a.x + apart * scale, r: rb * scale };
  const circle = (c: { x: number; r: number }, colour: string): string =>
    `<circle cx="${c.x.toFixed(1)}" cy="${y.toFixed(1)}" r="${c.r.toFixed(1)}" fill="${colour}" fill-opacity="0.2" stroke="${colour}" stroke-width="1.5"/>`;
  const onlyA = venn.a.size - venn.shared;
  const onlyB = venn.b.size - venn.shared;
  // A number stands in its region where that is wide enough, else beside the circles on a line of its own.
  const regions = [
    { text: onlyA, from: a.x - a.r, to: Math.min(a.x + a.r, b.x - b.r), side: -1 },
    { text: venn.shared, from: Math.max(a.x - a.r, b.x - b.r), to: Math.min(a.x + a.r, b.x + b.r), side: 0 },
    { text: onlyB, from: Math.max(b.x - b.r, a.x + a.r), to: b.x + b.r, side: 1 },
  ];
  let lastFoot = -Infinity;
  const counts = regions
    .map(region => {
      const text = formatCount(region.text);
      const width = region.to - region.from;
      const middle = (region.from + region.to) / 2;
      if (width >= text.length * 10 + 8) {
        return `<text x="${middle.toFixed(1)}" y="${(y + 6).toFixed(1)}" font-size="17" font-weight="600" text-anchor="middle" fill="${theme.ink}">${text}</text>`;
      }
      if (region.text === 0 && region.side !== 0) return '';
      const foot = y + Math.max(a.r, b.r) + 20;
      const from = width > 0 || region.side !== 0 ? middle : (a.x + b.x) / 2;
      // Two numbers at the foot keep their distance.
      const x = Math.max(from, lastFoot + text.length * 10 + 14);
      lastFoot = x;
      return (
        `<line x1="${from.toFixed(1)}" y1="${y.toFixed(1)}" x2="${x.toFixed(1)}" y2="${(foot - 12).toFixed(1)}" stroke="${theme.faint}"/>` +
        `<text x="${x.toFixed(1)}" y="${foot.toFixed(1)}" font-size="14" font-weight="600" text-anchor="middle" fill="${theme.ink}">${text}</text>`
      );
    })
    .join('');
  const name = (x: number, anchor: string, label: string, n: number, colour: string): string =>
    `<text x="${x.toFixed(1)}" y="${(y - Math.max(a.r, b.r) - 14).toFixed(1)}" font-size="13" font-weight="600" text-anchor="${anchor}" fill="${colour}">${escapeMarkup(shorten(label, 30))} (${formatCount(n)})</text>`;
  const body =
    circle(b, theme.other) +
    circle(a, theme.accent) +
    name(size.width / 2 - 24, 'end', venn.a.name, venn.a.size, theme.accent) +
    name(size.width / 2 + 24, 'start', venn.b.name, venn.b.size, theme.muted) +
    counts;
  return figure({ title: venn.title, subtitle: venn.subtitle, body }, size, theme);
}

/** Distance of centres at which two circles share the given area, by bisection: the shared area falls with distance. */
function distanceFor(a: number, b: number, shared: number): number {
  if (shared <= 0) return a + b + 0.06 * Math.max(a, b);
  let low = Math.abs(a - b);
  let high = a + b;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (lens(a, b, middle) > shared) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Area that two circles of radius a and b at distance d share (d between |a - b| and a + b). */
function lens(a: number, b: number, d: number): number {
  if (d <= Math.abs(a - b)) return Math.PI * Math.min(a, b) ** 2;
  const angle = (p: number, q: number): number => Math.acos((d * d + p * p - q * q) / (2 * d * p));
  const kite = Math.sqrt((-d + a + b) * (d + a - b) * (d - a + b) * (d + a + b)) / 2;
  return a * a * angle(a, b) + b * b * angle(b, a) - kite;
}
