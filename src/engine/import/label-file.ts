/**
 * A labels file: one row per cell, in any order, some cells missing. The column with the cell names is found by trying
 * which one holds the names of the count file. Read twice instead of kept as strings: the first pass finds that column,
 * the second one fills codes.
 */
import { basename } from 'node:path';
import { badFile, badInput } from '../../shared/errors.ts';
import type { LabelColumn, LabelOptions } from '../../shared/model.ts';
import { pacer } from '../counts/pacer.ts';
import { counted, grouped } from '../steps/words.ts';
import { findDelimiter, readText, records } from './delimited.ts';
import type { Delimiter } from './delimited.ts';
import { ColumnBuilder } from './label-columns.ts';
import type { LeftOut } from './label-columns.ts';

/** Rows between two looks at the clock. */
const PACE = 4096;
const STRANGERS_SHOWN = 5;

export interface FileLabels {
  readonly columns: readonly LabelColumn[];
  /** Columns that are no labels: measurements, ids. */
  readonly leftOut: readonly LeftOut[];
  /** Per cell: whether the file has a row for it. */
  readonly named: Uint8Array;
  /** How many cells have a row. */
  readonly matched: number;
  /** Rows that name no cell, and a few of those names. */
  readonly strangers: { readonly rows: number; readonly names: readonly string[] };
  /** Names of all columns, and which of them holds the cell names. */
  readonly header: readonly string[];
  readonly idColumn: string;
  readonly warnings: readonly string[];
}

interface Table {
  readonly name: string;
  readonly text: string;
  readonly delimiter: Delimiter;
  readonly header: readonly string[];
  /** Records before the first row of data: 1 with a header, else 0. */
  readonly skip: number;
}

interface Ids {
  readonly column: number;
  /** The cell of a name in that column, or undefined. */
  readonly cellOf: (name: string) => number | undefined;
  readonly note: string | null;
}

/**
 * @param cellNames Names of the cells in the order of the count file, unique.
 * @param countFile Name of the count file, for messages.
 * @throws AppError BAD_FILE for a file that is no table, BAD_INPUT where no cell or column matches.
 */
export async function readLabelFile(
  path: string,
  cellNames: readonly string[],
  countFile: string,
  options: LabelOptions,
  signal: AbortSignal,
): Promise<FileLabels> {
  const pace = pacer(signal);
  const cells = await indexOf(cellNames, pace);
  const table = await openTable(path, cells);
  const { name } = table;
  const ids = await findIds(table, cells, countFile, options, pace);

  const builders = table.header.map(column => new ColumnBuilder(column, cellNames.length));
  const named = new Uint8Array(cellNames.length);
  let rows = 0;
  let matched = 0;
  let repeated = 0;
  const strangers: string[] = [];
  for (const fields of rowsOf(table)) {
    if (rows++ % PACE === 0) await pace();
    const cell = ids.cellOf(fields[ids.column]!);
    if (cell === undefined) {
      if (strangers.length < STRANGERS_SHOWN) strangers.push(fields[ids.column]!);
      continue;
    }
    if (named[cell] === 1) {
      repeated++;
      continue;
    }
    named[cell] = 1;
    matched++;
    for (const [k, builder] of builders.entries()) builder.set(cell, fields[k]!);
  }
  const others = builders.filter((_, k) => k !== ids.column);
  const wanted = [options.typeColumn, options.experimentColumn, options.donorColumn];
  for (const { column } of options.drop ?? []) wanted.push(column);
  const finished = others.map(builder => builder.finish(matched, wanted.includes(builder.name)));
  const warnings = ids.note === null ? [] : [ids.note];
  if (repeated > 0) {
    warnings.push(
      `${name} has ${counted(repeated, 'row')} for cells that an earlier row has named; the first row of a cell counts.`,
    );
  }
  if (matched < cellNames.length || matched + repeated < rows) {
    warnings.push(
      `${name} has labels for ${grouped(matched)} of the ${counted(cellNames.length, 'cell')} of ${countFile}; ` +
        `${counted(rows - matched - repeated, 'row')} of it ${rows - matched - repeated === 1 ? 'names' : 'name'} no cell there.`,
    );
  }
  return {
    columns: finished.filter(column => 'codes' in column),
    leftOut: finished.filter(column => 'why' in column),
    named,
    matched,
    strangers: { rows: rows - matched - repeated, names: strangers },
    header: table.header,
    idColumn: table.header[ids.column]!,
    warnings,
  };
}

/** Names of the columns, whether they belong to these cells or not. @throws AppError BAD_FILE for what is no table */
export async function labelHeader(path: string, cellNames: readonly string[]): Promise<readonly string[]> {
  return (await openTable(path, new Map(cellNames.map((name, k) => [name, k])))).header;
}

async function openTable(path: string, cells: ReadonlyMap<string, number>): Promise<Table> {
  const name = basename(path);
  const text = await readText(path, name);
  const delimiter = findDelimiter(text, name);
  if (delimiter === null)
    throw badFile(name, 'has one column only: names of cells and their labels are needed');
  return withHeader(name, text, delimiter, cells);
}

/** Settles what the first line is: names of columns, with or without one above the row names, or already a cell. */
function withHeader(
  name: string,
  text: string,
  delimiter: Delimiter,
  cells: ReadonlyMap<string, number>,
): Table {
  const [first = [], second = []] = firstTwo(text, delimiter, name);
  // Of a file without a header, as PanglaoDB has them, the first cell may be missing in the counts.
  const isCell = (field: string): boolean => cells.has(field) || /^[ACGTN]{8,}([-.]\d+)?$/.test(field);
  if (first.some(isCell)) {
    const header = first.map((_, k) =>
      k === 0 ? 'cell' : first.length === 2 ? 'cluster' : `column ${k + 1}`,
    );
    return { name, text, delimiter, header, skip: 0 };
  }
  // R's write.table leaves nothing above the row names.
  const header = first.length === second.length - 1 ? ['', ...first] : [...first];
  const unnamed = header.map((field, k) => field.trim() || (k === 0 ? 'row names' : `column ${k + 1}`));
  const twice = unnamed.find((field, k) => unnamed.indexOf(field) < k);
  if (twice !== undefined) throw badFile(name, `has two columns named ${twice}`);
  return { name, text, delimiter, header: unnamed, skip: 1 };
}

function firstTwo(text: string, delimiter: Delimiter, name: string): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (const { fields } of records(text, delimiter, name)) if (found.push(fields) === 2) break;
  return found;
}

/** @throws AppError BAD_FILE for a row with another number of fields than the header. */
function* rowsOf(table: Table): Generator<readonly string[]> {
  let left = table.skip;
  for (const { fields, line } of records(table.text, table.delimiter, table.name)) {
    if (left-- > 0) continue;
    if (fields.length !== table.header.length) {
      throw badFile(
        table.name,
        `has ${counted(fields.length, 'field')} in line ${line} where ${table.header.length} are expected`,
      );
    }
    yield fields;
  }
}

/**
 * The column with the most cell names in it, or the one that the user named; without any match, the same again with
 * the number at the end of barcodes (`-1`) taken away on both sides, where that keeps cells apart.
 */
async function findIds(
  table: Table,
  cells: ReadonlyMap<string, number>,
  countFile: string,
  options: LabelOptions,
  pace: () => Promise<void>,
): Promise<Ids> {
  const named = options.idColumn === undefined ? -1 : table.header.indexOf(options.idColumn);
  if (options.idColumn !== undefined && named < 0) {
    throw badInput(
      '--id-column',
      `${table.name} has no column ${options.idColumn}; it has ${table.header.join(', ')}.`,
    );
  }
  /** Per column: how many of its values are cells. */
  const count = async (isCell: (field: string) => boolean): Promise<Float64Array> => {
    const counts = new Float64Array(table.header.length);
    let rows = 0;
    for (const fields of rowsOf(table)) {
      if (rows++ % PACE === 0) await pace();
      for (const [k, field] of fields.entries())
        if ((named < 0 || k === named) && isCell(field)) counts[k]!++;
    }
    return counts;
  };
  const best = (counts: Float64Array): number => counts.indexOf(Math.max(...counts));

  const exact = await count(field => cells.has(field));
  if (exact.some(n => n > 0)) {
    return { column: best(exact), cellOf: field => cells.get(field), note: null };
  }
  const short = await indexOf([...cells.keys()].map(withoutNumber), pace);
  // Two cells that would become one make the shorter names useless.
  const shortened = short.size === cells.size ? await count(field => short.has(withoutNumber(field))) : exact;
  if (shortened.some(n => n > 0)) {
    const note = `The cell names of ${table.name} and ${countFile} differ in the number at their end (such as -1); they were matched without it.`;
    return { column: best(shortened), cellOf: field => short.get(withoutNumber(field)), note };
  }
  const [row] = rowsOf(table);
  const example = row?.[Math.max(0, named)] ?? '';
  const cell = cells.keys().next().value ?? '';
  throw badInput(
    '--labels',
    `${table.name} names none of the ${counted(cells.size, 'cell')} of ${countFile}: it has names such as ${example}, the cells are named like ${cell}. Choose the labels that belong to these counts, or the column with the cell names (--id-column).`,
  );
}

async function indexOf(
  names: readonly string[],
  pace: () => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const index = new Map<string, number>();
  for (const [position, name] of names.entries()) {
    if (position % PACE === 0) await pace();
    index.set(name, position);
  }
  return index;
}

function withoutNumber(name: string): string {
  return name.replace(/[-.]\d{1,3}$/, '');
}
