/** What a table of the interface is made of: columns that know how to show, sort and export a row. */
import { csvOf, significant, type CsvValue } from '../../shared/csv.ts';
import { plainText } from '../../shared/charts/text.ts';

export interface Column<Row> {
  readonly id: string;
  /** Head of the column, and of the exported one. */
  readonly label: string;
  /** What is sorted and exported. Null: nothing to say. */
  value(row: Row): CsvValue;
  /** What is shown where that is not the value itself. */
  readonly text?: ((row: Row) => string) | undefined;
  /** Numbers stand to the right, and are sorted largest first. */
  readonly number?: boolean | undefined;
  /** What the column means. */
  readonly hint?: string | undefined;
  /** CSS width. */
  readonly width?: string | undefined;
  /** Found and exported, but not shown. */
  readonly hidden?: boolean | undefined;
}

export interface Sorting {
  readonly id: string;
  readonly down: boolean;
}

const byName = new Intl.Collator('en', { numeric: true });

/** Rows that hold the text in any column, in the order asked for; what has no value comes last either way. */
export function arrange<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  wanted: string,
  sorting: Sorting | null,
): readonly Row[] {
  const text = wanted.trim().toLowerCase();
  const searched = columns.filter(column => column.number !== true);
  const holds = (row: Row): boolean =>
    searched.some(column =>
      String(column.value(row) ?? '')
        .toLowerCase()
        .includes(text),
    );
  const found = text === '' ? rows : rows.filter(holds);
  const column = sorting && columns.find(({ id }) => id === sorting.id);
  if (!column) return found;
  const sign = sorting.down ? -1 : 1;
  const keyed = found.map(row => ({ row, key: column.value(row) }));
  const isMissing = (key: CsvValue): boolean => key === null || key === '' || Number.isNaN(key);
  keyed.sort((a, b) => {
    if (isMissing(a.key) || isMissing(b.key)) return Number(isMissing(a.key)) - Number(isMissing(b.key));
    return (
      sign *
      (typeof a.key === 'number' && typeof b.key === 'number'
        ? a.key - b.key
        : byName.compare(String(a.key), String(b.key)))
    );
  });
  return keyed.map(({ row }) => row);
}

export function tableCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Blob {
  const text = csvOf(
    columns.map(({ label }) => label),
    rows.map(row => columns.map(column => column.value(row))),
  );
  return new Blob([text], { type: 'text/csv' });
}

/** The most that a cell of a spreadsheet holds. */
const CELL_LENGTH = 32_767;

/** Text is typed as text, so that neither SEPT2 nor =A1 is anything but letters. */
export async function tableXlsx<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<Blob> {
  // Only who asks for a spreadsheet loads its writer.
  const { default: write } = await import('write-excel-file/browser');
  const cell = (value: CsvValue) => {
    if (value === null || value === '') return null;
    if (typeof value === 'number')
      return Number.isFinite(value) ? { type: Number, value: significant(value) } : null;
    return { type: String, value: plainText(value).slice(0, CELL_LENGTH) };
  };
  const head = columns.map(({ label }) => ({ type: String, value: label, fontWeight: 'bold' as const }));
  return write([head, ...rows.map(row => columns.map(column => cell(column.value(row))))], {
    sheet: sheetName(name),
    stickyRowsCount: 1,
    columns: columns.map(({ number }) => ({ width: number === true ? 13 : 18 })),
  }).toBlob();
}

/** A sheet's name has at most 31 characters and none of these. */
function sheetName(name: string): string {
  return (
    name
      .replace(/[\\/?*[\]:\s]+/g, ' ')
      .slice(0, 31)
      .trim() || 'Table'
  );
}

/** A file's name that every system takes. */
export function fileName(name: string, ending: string): string {
  const safe = name
    .replace(/[^\p{L}\p{N}._ -]+/gu, ' ')
    .replace(/\s+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return `${(safe || 'table').slice(0, 100)}.${ending}`;
}
