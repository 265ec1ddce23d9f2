/**
 * The Matrix Market coordinate format, read as bytes: a header line, comments, the line with the sizes, and one line
 * "row column value" for every entry. Format: math.nist.gov/MatrixMarket/formats.html
 */
import { badFile } from '../../shared/errors.ts';
import type { ReadContext, Source } from './contract.ts';
import { parseNumber } from './numbers.ts';
import { NEWLINE, RETURN, textChunks } from './text.ts';

const [SPACE, TAB, ZERO, PERCENT] = [32, 9, 48, 37];
/** 10x writes its versions into a comment; no other line comes near. */
const LONGEST_LINE = 1 << 20;

export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
  readonly entries: number;
}

/** Takes entries, counted from 0. */
export type EntryTaker = (row: number, column: number, value: number) => void;

/**
 * Reads the sizes, asks `begin` what to do with entries of such a matrix, and passes on one after the other.
 * @throws AppError BAD_FILE for other kinds of matrices, entries that are no numbers or outside the matrix, and where
 *   there are more or fewer of them than announced.
 */
export async function readMatrix(
  file: Pick<Source, 'path' | 'name'>,
  context: ReadContext,
  begin: (size: MatrixSize) => EntryTaker,
): Promise<void> {
  const parser = new MatrixParser(file.name, begin);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of textChunks(file, context)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, chunk]);
      if (rest.length > LONGEST_LINE) throw badFile(file.name, 'is not a text of lines');
      continue;
    }
    const lines = chunk.subarray(0, end);
    parser.lines(rest.length === 0 ? lines : Buffer.concat([rest, lines]));
    rest = chunk.subarray(end);
  }
  parser.finish(rest);
}

class MatrixParser {
  readonly #file: string;
  readonly #begin: (size: MatrixSize) => EntryTaker;
  #size: MatrixSize | null = null;
  #take: EntryTaker = () => undefined;
  #line = 0;
  #held = 0;

  constructor(file: string, begin: (size: MatrixSize) => EntryTaker) {
    this.#file = file;
    this.#begin = begin;
  }

  /** @param bytes whole lines, the last with its newline. */
  lines(bytes: Buffer): void {
    let at = 0;
    while (this.#size === null && at < bytes.length) {
      const end = bytes.indexOf(NEWLINE, at) + 1;
      this.#head(bytes.toString('latin1', at, end).trim());
      at = end;
    }
    if (this.#size !== null) this.#entries(bytes, at, this.#size);
  }

  /** @param rest a last line without its newline. */
  finish(rest: Buffer): void {
    if (rest.length > 0) {
      const whole = /^\s*\d+\s+\d+\s+\S+\s*$/.test(rest.toString('latin1'));
      const blank = rest.toString('latin1').trim() === '';
      if (whole || blank || this.#size === null) this.lines(Buffer.concat([rest, Buffer.from('\n')]));
    }
    if (this.#size === null) throw badFile(this.#file, 'ends before the line with the sizes of the matrix');
    const { entries } = this.#size;
    if (this.#held !== entries) {
      throw badFile(this.#file, `announces ${entries} entries but holds ${this.#held}`);
    }
  }

  #head(line: string): void {
    this.#line++;
    if (this.#line === 1) return this.#banner(line);
    if (line === '' || line.startsWith('%')) return;
    const sizes = line.split(/\s+/).map(Number);
    const [rows = 0, columns = 0, entries = 0] = sizes;
    if (sizes.length !== 3 || !sizes.every(Number.isSafeInteger) || Math.min(...sizes) < 0) {
      throw badFile(this.#file, `line ${this.#line} does not give rows, columns and entries of the matrix`);
    }
    this.#size = { rows, columns, entries };
    this.#take = this.#begin(this.#size);
  }

  #banner(line: string): void {
    const [mark, object, layout, field, symmetry] = line.toLowerCase().split(/\s+/);
    if (mark !== '%%matrixmarket' || object !== 'matrix') {
      throw badFile(this.#file, 'does not begin with the line of a Matrix Market file');
    }
    if (layout !== 'coordinate') {
      throw badFile(this.#file, 'is a dense Matrix Market file; a sparse one (coordinate) is needed');
    }
    if (field !== 'integer' && field !== 'real') {
      const cause = field === 'pattern' ? 'says where counts are but not what they are' : 'holds no counts';
      throw badFile(this.#file, `${cause} (Matrix Market field ${field ?? 'missing'})`);
    }
    if (symmetry !== 'general') {
      throw badFile(this.#file, `is a ${symmetry ?? 'symmetric'} matrix, not a table of genes and cells`);
    }
  }

  /** Lines of three whole numbers are read here; whatever else there is goes through `#other`. */
  #entries(bytes: Buffer, start: number, { rows, columns, entries }: MatrixSize): void {
    const take = this.#take;
    let at = start;
    while (at < bytes.length) {
      const from = at;
      let row = 0;
      let column = 0;
      let value = 0;
      let digit: number;
      // The buffer ends with a newline, so every loop ends inside it.
      while ((digit = bytes[at++]! - ZERO) >= 0 && digit <= 9) row = row * 10 + digit;
      if (bytes[at - 1] === SPACE || bytes[at - 1] === TAB) {
        while ((digit = bytes[at++]! - ZERO) >= 0 && digit <= 9) column = column * 10 + digit;
        if (bytes[at - 1] === SPACE || bytes[at - 1] === TAB) {
          const first = at;
          while ((digit = bytes[at++]! - ZERO) >= 0 && digit <= 9) value = value * 10 + digit;
          const digits = at - 1 - first;
          if (bytes[at - 1] === RETURN) at++;
          if (bytes[at - 1] === NEWLINE && digits > 0 && digits < 16) {
            this.#line++;
            if (row < 1 || row > rows || column < 1 || column > columns) this.#outside(row, column);
            if (++this.#held <= entries) take(row - 1, column - 1, value);
            continue;
          }
        }
      }
      const end = bytes.indexOf(NEWLINE, from);
      this.#other(bytes.toString('latin1', from, end).trim());
      at = end + 1;
    }
  }

  #other(line: string): void {
    this.#line++;
    if (line === '' || line.charCodeAt(0) === PERCENT) return;
    const fields = line.split(/\s+/);
    const [row, column, value] = [Number(fields[0]), Number(fields[1]), parseNumber(fields[2] ?? '?')];
    if (fields.length !== 3 || !Number.isInteger(row) || !Number.isInteger(column) || value === undefined) {
      const shown = line.length > 40 ? `${line.slice(0, 40)}...` : line;
      throw badFile(
        this.#file,
        `line ${this.#line} is no entry of row, column and value: ${printable(shown)}`,
      );
    }
    const { rows, columns, entries } = this.#size!;
    if (row < 1 || row > rows || column < 1 || column > columns) this.#outside(row, column);
    if (++this.#held <= entries) this.#take(row - 1, column - 1, value);
  }

  #outside(row: number, column: number): never {
    const { rows, columns } = this.#size!;
    const cause = `line ${this.#line} names row ${row}, column ${column}, but the matrix is ${rows} x ${columns}`;
    throw badFile(this.#file, cause);
  }
}

/** Damaged bytes would make a message that cannot be read. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
