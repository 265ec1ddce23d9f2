/** What the columns of a table are: names, counts, and the text that people put beside them. */
import { badFile } from '../../shared/errors.ts';
import type { ReadOptions } from '../../shared/model.ts';
import { parseNumber } from './numbers.ts';
import { cellLikeness, geneLikeness, orientationOf } from './table-orientation.ts';
import type { TableHead } from './table-head.ts';

export interface TableLayout {
  readonly rows: 'genes' | 'cells';
  /** Fields of every row. */
  readonly width: number;
  /** Rows end with a separator, after which nothing comes. */
  readonly trailing: boolean;
  /** The first row is the header (and no comment line is). */
  readonly headerInRows: boolean;
  /** Columns from (inclusive) to (exclusive) hold values. */
  readonly firstValue: number;
  readonly endValue: number;
  /** Names over the value columns. */
  readonly names: readonly string[];
  /** Columns of the names of rows; the same where there is one only. */
  readonly idColumn: number;
  readonly symbolColumn: number;
  /** Text columns of a table whose rows are cells. */
  readonly labels: readonly { readonly column: number; readonly name: string }[];
  readonly warnings: readonly string[];
}

/** Numeric or not, these describe genes. */
const ANNOTATION =
  /^(gene_?length|length|chr|chrom|chromosome|start|end|strand|width|(gene_?)?(bio)?type|entrez(_?(gene|id))*|description)$/i;
const ENSEMBL = /^ENS[A-Z]{0,6}G\d{8,}/i;
/** A labels table has few columns; more numbers than these are a matrix whatever stands beside them. */
const MOST_LABEL_NUMBERS = 60;

/** @throws AppError BAD_FILE where this is no table of counts with names over columns and before rows. */
export function layoutOf(file: string, head: TableHead, options: ReadOptions): TableLayout {
  const { header, body, corner, width, trailing, headerInRows } = frameOf(file, head);
  const kinds = Array.from({ length: width }, (_, column) => kindOf(body, column));
  const nameOf = (column: number): string => header[column - 1]!;
  const numbers = kinds.filter((kind, column) => column > 0 && kind === 'number').length;
  if (numbers === 0) {
    throw badFile(
      file,
      'holds no numbers: a table of counts has names in its first column and counts after it',
    );
  }

  let leading = 1;
  while (kinds[leading] === 'text') leading++;
  let described = leading;
  while (described < width - 1 && (kinds[described] === 'text' || ANNOTATION.test(nameOf(described))))
    described++;
  let end = width;
  while (kinds[end - 1] === 'text') end--;

  const columns = header.slice(leading - 1, end - 1);
  // A running number before the names is what spreadsheets and pandas write.
  const numbered = leading > 1 && body.every((row, k) => Number(row[0]) - Number(body[0]![0]) === k);
  const names = body.map(row => row[numbered ? 1 : 0]!);
  refuseLabels(file, kinds, columns, names, numbers, options);
  refuseNumbersAsHeader(file, columns);
  const commented = !headerInRows;
  const seen = orientationOf({ columns, rows: names, corner: numbered ? nameOf(1) : corner, commented });
  const rows = options.rows ?? seen.rows;
  const warnings =
    options.rows === undefined && !seen.sure
      ? [`Nothing says whether the rows of ${file} are genes or cells; they were taken as ${rows}.`]
      : [];

  const frame = { rows, width, trailing, headerInRows };
  if (rows === 'cells') {
    const idColumn = numbered ? 1 : 0;
    const texts = [...range(idColumn + 1, leading), ...range(end, width)];
    return {
      ...frame,
      firstValue: leading,
      endValue: end,
      names: columns,
      idColumn,
      symbolColumn: idColumn,
      labels: texts.map(column => ({ column, name: nameOf(column) })),
      warnings,
    };
  }
  const { idColumn, symbolColumn } = geneColumns(body, kinds, described, numbered, nameOf);
  return {
    ...frame,
    firstValue: described,
    endValue: width,
    names: header.slice(described - 1),
    idColumn,
    symbolColumn,
    labels: [],
    warnings: described === 1 ? warnings : [...warnings, saidOf(file, described, idColumn, symbolColumn)],
  };
}

interface Frame {
  /** Names over all columns but the first. */
  readonly header: readonly string[];
  readonly corner: string | null;
  readonly body: readonly (readonly string[])[];
  readonly width: number;
  readonly trailing: boolean;
  readonly headerInRows: boolean;
}

function frameOf(file: string, { comment, separator, rows }: TableHead): Frame {
  const first = rows[0] ?? [];
  const commented = comment === null ? null : headerInComment(comment, separator, rows);
  const body = commented === null ? rows.slice(1) : rows;
  if (body.length === 0) throw badFile(file, 'holds a header at most: no row of counts follows');
  const fields = [...(commented ?? first)];
  let width = commonWidth(body);
  if (body.filter(row => row.length === width).length * 2 < body.length) {
    throw badFile(file, 'is a text but not a table: its lines have different numbers of fields');
  }
  if (width === 1) {
    throw badFile(
      file,
      'has one column only: a table of counts has names in its first column and counts after it',
    );
  }
  const trailing = fields.length < width && body.every(row => row.length < width || row[width - 1] === '');
  const padded = fields.length === width && fields.at(-1) === '' && body.every(row => row[width - 1] === '');
  if (padded) fields.pop();
  if (trailing || padded) width--;
  if (fields.length !== width && fields.length !== width - 1) {
    throw badFile(file, `has ${fields.length} fields in its header where the rows have ${width}`);
  }
  const corner = fields.length === width ? fields[0]! : null;
  return {
    header: corner === null ? fields : fields.slice(1),
    corner,
    body,
    width,
    trailing: trailing || padded,
    headerInRows: commented === null,
  };
}

/** The last comment is the header where the first row is one of values and the comment has as many names. */
function headerInComment(
  comment: string,
  separator: number,
  rows: readonly (readonly string[])[],
): string[] | null {
  const width = commonWidth(rows);
  const isData = rows[0]?.slice(1).every(field => parseNumber(field) !== undefined) ?? false;
  if (!isData) return null;
  const splits = [comment.split(String.fromCharCode(separator)), comment.split(/\s+/)];
  const names = splits.find(split => split.length === width || split.length === width - 1);
  return names?.map(name => name.trim()) ?? null;
}

/** The commonest number of fields, so that one broken row does not speak for all. */
function commonWidth(rows: readonly (readonly string[])[]): number {
  const times = new Map<number, number>();
  for (const { length } of rows) times.set(length, (times.get(length) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [1, 0])[0];
}

/** Text where no sampled row has a number and one has text; a stray word among numbers is an error found later. */
function kindOf(body: readonly (readonly string[])[], column: number): 'number' | 'text' {
  let texts = 0;
  for (const row of body) {
    const value = parseNumber(row[column] ?? '');
    if (value === undefined) texts++;
    else if (!Number.isNaN(value)) return 'number';
  }
  return texts > 0 ? 'text' : 'number';
}

function refuseLabels(
  file: string,
  kinds: readonly ('number' | 'text')[],
  columns: readonly string[],
  rowNames: readonly string[],
  numbers: number,
  options: ReadOptions,
): void {
  if (options.rows !== undefined || geneLikeness(columns) > 0 || geneLikeness(rowNames) > 0) return;
  const hasText = kinds.some((kind, column) => column > 0 && kind === 'text');
  const isAssignment = numbers <= 3 && cellLikeness(rowNames) > 0.75;
  if ((hasText && numbers <= MOST_LABEL_NUMBERS) || isAssignment) {
    throw badFile(
      file,
      'looks like a table of cell labels: choose it as the labels of a count file, or say what its rows are if it holds counts',
    );
  }
}

/** Numbers can be names too (Entrez ids, numbered cells), but counts repeat themselves. */
function refuseNumbersAsHeader(file: string, columns: readonly string[]): void {
  if (columns.some(name => parseNumber(name) === undefined)) return;
  const values = columns.map(name => (/^\d+$/.test(name) ? Number(name) : NaN));
  const running = values.length > 1 && values.every((value, k) => value - values[0]! === k);
  const distinct = !values.includes(NaN) && new Set(values).size === values.length;
  if (running || (distinct && values.length >= 20)) return;
  throw badFile(file, 'has numbers in its first line, where the names of cells or genes are expected');
}

function geneColumns(
  body: readonly (readonly string[])[],
  kinds: readonly ('number' | 'text')[],
  described: number,
  numbered: boolean,
  nameOf: (column: number) => string,
): { idColumn: number; symbolColumn: number } {
  const first = numbered ? 1 : 0;
  const second = range(first + 1, described).find(
    column => kinds[column] === 'text' && !ANNOTATION.test(nameOf(column)),
  );
  if (second === undefined) return { idColumn: first, symbolColumn: first };
  const isEnsembl = (column: number): boolean => ENSEMBL.test(body[0]![column] ?? '');
  return isEnsembl(second) && !isEnsembl(first)
    ? { idColumn: second, symbolColumn: first }
    : { idColumn: first, symbolColumn: second };
}

function saidOf(file: string, described: number, idColumn: number, symbolColumn: number): string {
  const ids = `column ${idColumn + 1} of ${file} was taken as gene ids`;
  const both = idColumn === symbolColumn ? ids : `${ids}, column ${symbolColumn + 1} as gene names`;
  const used = idColumn === symbolColumn ? 1 : 2;
  const others = described - used;
  const rest =
    others === 0 ? '' : `; ${others} more before the counts ${others === 1 ? 'was' : 'were'} left out`;
  return `${both[0]!.toUpperCase()}${both.slice(1)}${rest}.`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
}
