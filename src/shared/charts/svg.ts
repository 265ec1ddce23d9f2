/** The frame of figures that are drawn as SVG text, and their legends. */
import { escapeMarkup, textWidth } from './text.ts';
import { FONT, type ChartTheme } from './theme.ts';

/** Pixels at 96 per inch. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

/** A whole SVG with background, title and conditions; the title is also its accessible name. */
export function figure(
  parts: { readonly title: string; readonly subtitle: string; readonly body: string },
  size: FigureSize,
  theme: ChartTheme,
): string {
  const title = escapeMarkup(parts.title);
  const subtitle = escapeMarkup(parts.subtitle);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
    `viewBox="0 0 ${size.width} ${size.height}" role="img" font-family="${escapeMarkup(FONT)}">` +
    `<title>${title}</title><desc>${subtitle}</desc>` +
    `<rect width="${size.width}" height="${size.height}" fill="${theme.surface}"/>` +
    `<text x="16" y="26" font-size="16" font-weight="600" fill="${theme.ink}">${title}</text>` +
    `<text x="16" y="46" font-size="12" fill="${theme.muted}">${subtitle}</text>` +
    `${parts.body}</svg>`
  );
}

const ROW = 20;

export interface LegendEntry {
  readonly colour: string;
  /** Number in the coloured dot; colour is never the only carrier of meaning. */
  readonly mark: string;
  readonly text: string;
}

/** A legend in as many columns as its height asks for; `width` includes the gap to the plot. */
export function legendLayout(
  name: string,
  entries: readonly LegendEntry[],
  height: number,
  theme: ChartTheme,
): { readonly svg: string; readonly width: number } {
  const perColumn = Math.max(1, Math.floor((height - ROW) / ROW));
  let svg = `<text y="10" font-size="12" font-weight="600" fill="${theme.ink}">${escapeMarkup(name)}</text>`;
  let x = 0;
  for (let from = 0; from < entries.length; from += perColumn) {
    const column = entries.slice(from, from + perColumn);
    column.forEach((entry, row) => {
      const y = 32 + row * ROW;
      svg +=
        `<circle cx="${x + 9}" cy="${y - 4}" r="8.5" fill="${entry.colour}"/>` +
        `<text x="${x + 9}" y="${y - 0.5}" font-size="9.5" font-weight="600" text-anchor="middle" fill="${onColour(entry.colour)}">${entry.mark}</text>` +
        `<text x="${x + 24}" y="${y}" font-size="12" fill="${theme.ink}">${escapeMarkup(entry.text)}</text>`;
    });
    x += 24 + Math.max(...column.map(e => textWidth(e.text, 12))) + 14;
  }
  return { svg, width: Math.max(x, textWidth(name, 12)) + 20 };
}

/** Black or white, whichever is easier to read on the colour. */
function onColour(hex: string): string {
  const part = (at: number): number => parseInt(hex.slice(at, at + 2), 16);
  return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5) > 150 ? '#14181f' : '#ffffff';
}
