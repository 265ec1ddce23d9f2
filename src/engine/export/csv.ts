/** CSV after RFC 4180: commas, quotes where needed, CRLF. */
import { plainText } from '../../shared/charts/text.ts';
import type { PanelGene } from '../../shared/model.ts';
import type { Column } from './gene-table.ts';

export function geneCsv(columns: readonly Column[], genes: readonly PanelGene[]): string {
  const lines = [columns.map(c => c.name).join(',')];
  for (const gene of genes) lines.push(columns.map(column => field(column, gene)).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function field(column: Column, gene: PanelGene): string {
  const value = column.value(gene);
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(significant(value)) : '';
  const safe = harmless(plainText(value));
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A name that a spreadsheet would run as a formula gets an apostrophe, which spreadsheets do not show. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

/** Seven significant digits, all that the 32-bit figures of a run hold. */
export function significant(value: number): number {
  return Number(value.toPrecision(7));
}
