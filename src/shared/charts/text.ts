/** Text in charts: escaping, shortening, widths without a browser, numbers with sensible digits. */

/**
 * Safe inside SVG and HTML text and quoted attributes. Characters that XML cannot hold (control characters, halves of
 * surrogate pairs) become the replacement character.
 */
export function escapeMarkup(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Control characters but tab and line breaks replaced, surrogate pairs whole. */
export function plainText(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}--[\t\n\r]]|[\ufffe\uffff]/gv, '\ufffd');
}

/** One line of at most `length` characters, with an ellipsis where something was cut. */
export function shorten(text: string, length: number): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/** Approximate width in pixels in Inter, to lay out legends where no browser measures; on the wide side. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const character of text) {
    if ("iljtfrI.,:;'|!()[] 1".includes(character)) em += 0.38;
    else if ('mwMW@%'.includes(character)) em += 0.92;
    else if (character >= 'A' && character <= 'Z') em += 0.7;
    else if (character < '\u0250') em += 0.61;
    else em += 1;
  }
  return em * size;
}

/** 12345 as 12,345. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three significant digits, plain where readable: 0.213, 1.87, 0.00021, 3.1e-12; "n/a" for null. */
export function formatFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'n/a';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-4) return value.toExponential(1);
  if (size >= 100) return value.toFixed(0);
  return size >= 1 ? value.toFixed(2) : Number(value.toPrecision(3)).toFixed(decimals(size));
}

/** Three decimals, or as many as three significant digits need below 0.1. */
function decimals(size: number): number {
  return size >= 0.1 ? 3 : 2 - Math.floor(Math.log10(size));
}

/** A score such as explained variance or R2, three decimals: 0.213, -0.004; "n/a" for null. */
export function formatScore(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'n/a';
  const text = value.toFixed(3);
  return text === '-0.000' ? '0.000' : text;
}

/** Share as a percentage: 0.213 as 21 %, 0.0213 as 2.1 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = Math.abs(percent) >= 10 || percent === 0 ? 0 : Math.abs(percent) >= 1 ? 1 : 2;
  return `${percent.toFixed(digits)} %`;
}

/** p as people write it. */
export function formatP(p: number | null): string {
  if (p === null) return 'n/a';
  if (p < 1e-300) return '< 1e-300';
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}

/** A number on an axis: at most three significant digits, none that say nothing. */
export function formatTick(value: number): string {
  return String(Number(value.toPrecision(3)));
}
