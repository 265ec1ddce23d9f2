/** Tables over cells or genes that R objects carry: data.frame, and DataFrame of Bioconductor. */
import type { LabelColumn } from '../../../shared/model.ts';
import { categoricalLabels, numberLabels, textLabels } from '../binary/label-columns.ts';
import {
  attributeOf,
  hasClass,
  isNumbers,
  NA_INTEGER,
  namedElements,
  textsOf,
  type RNumbers,
  type RText,
  type RValue,
} from './values.ts';

export interface RTable {
  /** Names of the rows; empty where they have none. */
  readonly rowNames: readonly string[];
  readonly columns: ReadonlyMap<string, RValue>;
}

/** Null for a value that is no table. */
export function openTable(value: RValue | undefined): RTable | null {
  if (value === undefined) return null;
  if (value.type === 'list' && hasClass(value, 'data.frame')) {
    return { rowNames: textsOf(attributeOf(value, 'row.names')) ?? [], columns: namedElements(value) };
  }
  const data = attributeOf(value, 'listData');
  if (value.type !== 'S4' || data === undefined) return null;
  return { rowNames: textsOf(attributeOf(value, 'rownames')) ?? [], columns: namedElements(data) };
}

/** A column of text or of factors as text; null for others. */
export function columnText(table: RTable | null, name: string): readonly string[] | null {
  const column = table?.columns.get(name);
  if (!isNumbers(column)) return textsOf(column);
  const levels = factorLevels(column);
  return levels && Array.from(column.slice(0, column.length), code => levels[code - 1] ?? '');
}

/**
 * The columns that group cells; one that has not `rows` values is left out.
 * @param order for every cell its row in the table, -1 for none; null: as they are
 */
export function labelsOf(table: RTable, rows: number, order: Int32Array | null): LabelColumn[] {
  return [...table.columns].flatMap(([name, column]) => labelOf(name, column, rows, order) ?? []);
}

/**
 * One column as labels.
 * @returns null where it groups nothing, or has not `rows` values
 */
export function labelOf(
  name: string,
  column: RValue,
  rows: number,
  order: Int32Array | null,
): LabelColumn | null {
  if (column.type === 'character') {
    return column.values.length === rows ? textLabels(name, ordered(column, order)) : null;
  }
  if (!isNumbers(column) || column.length !== rows) return null;
  const values = reordered(column, order);
  const levels = factorLevels(column);
  if (levels !== null) {
    const codes = values.map(code => (Number.isNaN(code) ? -1 : code - 1));
    return categoricalLabels(name, codes, levels);
  }
  if (column.type === 'logical') return numberLabels(name, values, value => (value === 0 ? 'FALSE' : 'TRUE'));
  return numberLabels(name, values);
}

function factorLevels(column: RNumbers): readonly string[] | null {
  return hasClass(column, 'factor') ? (textsOf(attributeOf(column, 'levels')) ?? []) : null;
}

function ordered(column: RText, order: Int32Array | null): readonly (string | null)[] {
  return order === null ? column.values : Array.from(order, row => column.values[row] ?? null);
}

/** Missing values as NaN, and so are those of cells that the table lacks. */
function reordered(column: RNumbers, order: Int32Array | null): Float64Array {
  const all = column.slice(0, column.length);
  const missing = column.type === 'double' ? NaN : NA_INTEGER;
  const at = (row: number): number => {
    const value = all[row];
    return value === undefined || value === missing ? NaN : value;
  };
  return order === null ? Float64Array.from(all, (_, row) => at(row)) : Float64Array.from(order, at);
}
