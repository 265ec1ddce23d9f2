/** The panel as a spreadsheet: a sheet with the panel, one with all genes of the run, one that explains the columns. */
import writeXlsxFile from 'write-excel-file/node';
import type { Cell, SheetData } from 'write-excel-file/node';
import { plainText } from '../../shared/charts/text.ts';
import type { PanelGene } from '../../shared/model.ts';
import { significant } from '../../shared/csv.ts';
import { BACKGROUND_COLUMNS, PANEL_COLUMNS, type Column } from './gene-table.ts';

/** The most that a spreadsheet cell holds. */
const CELL_LENGTH = 32_767;
/** Widths in characters. */
const TEXT_WIDTH = 18;
const NUMBER_WIDTH = 13;

/** @param panel name of the panel, used for its sheet */
export async function panelWorkbook(panel: string, genes: readonly PanelGene[]): Promise<Buffer> {
  const inPanel = genes.filter(gene => gene.inPanel);
  return writeXlsxFile([
    geneSheet(panel, PANEL_COLUMNS, inPanel),
    geneSheet('All genes', BACKGROUND_COLUMNS, genes),
    columnsSheet(),
  ]).toBuffer();
}

function geneSheet(name: string, columns: readonly Column[], genes: readonly PanelGene[]) {
  const rows = genes.map(gene => columns.map(column => cell(column, gene)));
  return {
    sheet: name,
    stickyRowsCount: 1,
    columns: columns.map(column => ({ width: column.text ? TEXT_WIDTH : NUMBER_WIDTH })),
    data: [columns.map(column => heading(column.name)), ...rows] satisfies SheetData,
  };
}

function columnsSheet() {
  const rows = BACKGROUND_COLUMNS.map(column => [text(column.name), text(column.meaning)]);
  return {
    sheet: 'Columns',
    stickyRowsCount: 1,
    columns: [{ width: TEXT_WIDTH }, { width: 90 }],
    data: [[heading('column'), heading('meaning')], ...rows] satisfies SheetData,
  };
}

function cell(column: Column, gene: PanelGene): Cell {
  const value = column.value(gene);
  if (value === null || value === '') return null;
  if (typeof value === 'string') return text(value);
  return Number.isFinite(value) ? { type: Number, value: significant(value) } : null;
}

/** Typed as text: neither SEPT2 nor =A1 is anything but letters. */
function text(value: string): Cell {
  return { type: String, value: plainText(value).slice(0, CELL_LENGTH) };
}

function heading(value: string): Cell {
  return { type: String, value, fontWeight: 'bold' };
}
