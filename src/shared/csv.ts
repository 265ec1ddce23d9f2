/** CSV after RFC 4180: commas, quotes where needed, CRLF; safe to open in a spreadsheet. */
import { plainText } from './charts/text.ts';

export type CsvValue = string | number | null;

/** Header and rows; null and numbers that are none stay empty. */
export function csvOf(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [header.map(field).join(',')];
  for (const row of rows) lines.push(row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** Rows for a program that takes every field as it stands: no apostrophes before what a spreadsheet would change. */
export function plainCsv(rows: Iterable<readonly string[]>): string {
  return [...rows].map(row => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(significant(value)) : '';
  return quoted(harmless(plainText(value)));
}

/**
 * A name that a spreadsheet would run as a formula or take for a date (SEPT2, MARCH1, 1-Dec) gets an apostrophe in front, so
 * that it stays text.
 */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) || DATE.test(text) ? `'${text}` : text;
}

const MONTH = '(?:jan|feb|mar|march|apr|may|jun|jul|aug|sept?|oct|nov|dec)';
const DATE = new RegExp(`^(?:${MONTH}[- ]?\\d{1,4}|\\d{1,2}[- ]?${MONTH})$`, 'i');

/** Whole numbers as they are; others with seven significant digits, all that the 32-bit figures of a run hold. */
export function significant(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
