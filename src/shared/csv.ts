/** CSV after RFC 4180: commas, quotes where needed, CRLF; safe to open in a spreadsheet. */
import { plainText } from './charts/text.ts';

export type CsvValue = string | number | null;

/** Header and rows; null and numbers that are none stay empty. */
export function csvOf(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [header.map(field).join(',')];
  for (const row of rows) lines.push(row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(significant(value)) : '';
  const safe = harmless(plainText(value));
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A name that a spreadsheet would run as a formula gets an apostrophe, which spreadsheets do not show. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

/** Whole numbers as they are; others with seven significant digits, all that the 32-bit figures of a run hold. */
export function significant(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
