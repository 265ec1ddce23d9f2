/**
 * Splits a table into rows and fields, byte by byte and chunk by chunk, without making strings of numbers: only the
 * unfinished field at the end of a chunk is kept. Quotes and doubled quotes, and any kind of line end.
 */
import { badFile } from '../../shared/errors.ts';
import { parseNumber, POWERS_OF_TEN } from './numbers.ts';
import { decodeName, LONGEST_NAME, NEWLINE, RETURN } from './text.ts';

export const SPACE = 32;
const [QUOTE, DOT, ZERO] = [34, 46, 48];
/** Whole numbers of so many digits are exact, and their quotients by powers of ten rounded as they should be. */
const EXACT_DIGITS = 15;

export interface FieldLayout {
  /** The byte between fields; a space stands for any number of spaces. */
  readonly separator: number;
  /** Columns from (inclusive) to (exclusive) hold numbers, the others text. */
  readonly firstValue: number;
  readonly endValue: number;
  /** Rows at the beginning to pass over. */
  readonly skipRows: number;
  /** Number of the line at which the bytes begin, from 1. */
  readonly firstLine: number;
}

export interface FieldTaker {
  text(column: number, text: string): void;
  /** A number other than 0; NaN for a missing one. */
  value(column: number, value: number): void;
  endRow(fields: number, line: number): void;
}

export class TableParser {
  readonly #file: string;
  readonly #layout: FieldLayout;
  readonly #taker: FieldTaker;
  #rest: Buffer = Buffer.alloc(0);
  #column = 0;
  #line: number;
  #skip: number;
  #afterReturn = false;
  /** The field that begins here does not end in these bytes. */
  #unfinished = false;

  constructor(file: string, layout: FieldLayout, taker: FieldTaker) {
    this.#file = file;
    this.#layout = layout;
    this.#taker = taker;
    this.#line = layout.firstLine;
    this.#skip = layout.skipRows;
  }

  /** @throws AppError BAD_FILE at a field of a number column that is no number, naming line and column. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = bytes.subarray(this.#fields(bytes));
    if (this.#rest.length > LONGEST_NAME) {
      throw badFile(
        this.#file,
        `line ${this.#line} has a field that does not end: perhaps a quote is missing`,
      );
    }
  }

  /** Ends the last row where the file has no last line end. */
  finish(): void {
    if (this.#rest.length > 0 || this.#column > 0) this.push(Buffer.from('\n'));
    if (this.#rest.length > 0) {
      throw badFile(
        this.#file,
        `ends within a quoted field of line ${this.#line}: a quote is missing, or the rest of the file`,
      );
    }
  }

  /** @returns where the unfinished field begins, or the end. */
  #fields(bytes: Buffer): number {
    const { separator, firstValue, endValue } = this.#layout;
    let at = 0;
    if (this.#afterReturn && bytes.length > 0) {
      if (bytes[0] === NEWLINE) at = 1;
      this.#afterReturn = false;
    }
    this.#unfinished = false;
    while (at < bytes.length && !this.#unfinished) {
      if (separator === SPACE && this.#isBetween(bytes, at)) at = this.#passSpaces(bytes, at);
      else if (this.#skip === 0 && this.#column >= firstValue && this.#column < endValue) {
        at = this.#numbers(bytes, at);
      } else at = this.#text(bytes, at);
    }
    return at;
  }

  /** Reads number fields up to the last number column, the end of the row or of the bytes: the loop that counts. */
  #numbers(bytes: Buffer, start: number): number {
    const { separator, endValue } = this.#layout;
    const length = bytes.length;
    let column = this.#column;
    let at = start;
    while (column < endValue && at < length) {
      // Most fields of most tables are a single zero.
      if (bytes[at] === ZERO && at + 1 < length && bytes[at + 1] === separator) {
        column++;
        at += 2;
        continue;
      }
      let value = 0;
      let digit: number;
      let end = at;
      while (end < length && (digit = bytes[end]! - ZERO) >= 0 && digit <= 9) {
        value = value * 10 + digit;
        end++;
      }
      let digits = end - at;
      if (end < length && bytes[end] === DOT) {
        const point = end++;
        while (end < length && (digit = bytes[end]! - ZERO) >= 0 && digit <= 9) {
          value = value * 10 + digit;
          end++;
        }
        digits = end - at - 1;
        if (value !== 0 && digits <= EXACT_DIGITS) value /= POWERS_OF_TEN[end - point - 1]!;
      }
      const stop = end < length ? bytes[end]! : -1;
      const plain = stop === separator || stop === NEWLINE || stop === RETURN;
      if (!plain || digits === 0 || digits > EXACT_DIGITS) {
        if (separator === SPACE && this.#isBetween(bytes, at)) break;
        end = fieldEnd(bytes, at, separator);
        if (end < 0) {
          this.#unfinished = true;
          break;
        }
        value = this.#number(bytes, at, end, column);
      }
      if (value !== 0) this.#taker.value(column, value);
      column++;
      if (bytes[end] !== separator) {
        this.#column = column;
        return this.#endRow(bytes, end);
      }
      at = end + 1;
    }
    this.#column = column;
    return at;
  }

  #text(bytes: Buffer, at: number): number {
    const end = fieldEnd(bytes, at, this.#layout.separator);
    if (end < 0) {
      this.#unfinished = true;
      return at;
    }
    const more = bytes[end] === this.#layout.separator;
    if (this.#column === 0 && end === at && !more) return this.#lineEnd(bytes, end); // an empty line is no row
    if (this.#skip === 0) this.#taker.text(this.#column, fieldText(bytes, at, end));
    this.#column++;
    return more ? end + 1 : this.#endRow(bytes, end);
  }

  /** Whether no field begins here: spaces before one, or after the last one of a line. */
  #isBetween(bytes: Buffer, at: number): boolean {
    const byte = bytes[at];
    return byte === SPACE || (this.#column > 0 && (byte === NEWLINE || byte === RETURN));
  }

  #passSpaces(bytes: Buffer, start: number): number {
    let at = start;
    while (at < bytes.length && bytes[at] === SPACE) at++;
    const ends = bytes[at] === NEWLINE || bytes[at] === RETURN;
    return ends && this.#column > 0 ? this.#endRow(bytes, at) : at;
  }

  #endRow(bytes: Buffer, end: number): number {
    const fields = this.#column;
    this.#column = 0;
    if (this.#skip > 0) this.#skip--;
    else this.#taker.endRow(fields, this.#line);
    return this.#lineEnd(bytes, end);
  }

  /** @returns where the next line begins. */
  #lineEnd(bytes: Buffer, end: number): number {
    this.#line++;
    if (bytes[end] !== RETURN) return end + 1;
    if (end + 1 === bytes.length) this.#afterReturn = true;
    return bytes[end + 1] === NEWLINE ? end + 2 : end + 1;
  }

  #number(bytes: Buffer, from: number, end: number, column: number): number {
    const text = fieldText(bytes, from, end);
    const value = parseNumber(text);
    if (value !== undefined) return value;
    const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
    throw badFile(
      this.#file,
      `line ${this.#line} has ${JSON.stringify(shown)} in column ${column + 1}, where a number is expected`,
    );
  }
}

/** @returns where the separator or line end after the field stands, or -1 where it is not in these bytes. */
function fieldEnd(bytes: Buffer, from: number, separator: number): number {
  let at = from;
  if (bytes[at] === QUOTE) {
    for (at++; ; at++) {
      at = bytes.indexOf(QUOTE, at);
      if (at < 0 || at + 1 === bytes.length) return -1;
      if (bytes[at + 1] !== QUOTE) break;
      at++;
    }
  }
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === separator || byte === NEWLINE || byte === RETURN) return at;
  }
  return -1;
}

function fieldText(bytes: Buffer, from: number, end: number): string {
  if (bytes[from] !== QUOTE) return decodeName(bytes, from, end).trim();
  const text = decodeName(bytes, from, end).trimEnd();
  return text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
