/** Small delimited text files (labels): decoded, and cut into records. */
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badFile } from '../../shared/errors.ts';
import { fileProblem, isGzip } from '../readers/bytes.ts';

/** Ten million cells with a few labels each; a labels file beyond that is something else. */
const LARGEST = 400_000_000;

const unzip = promisify(gunzip);

/**
 * The text of a file: gzip or plain, UTF-8 or UTF-16, with or without a byte order mark.
 * @throws AppError BAD_FILE where it is missing, empty, damaged or far too large.
 */
export async function readText(path: string, name: string): Promise<string> {
  const bytes = await readBytes(path, name);
  if (bytes.length === 0) throw badFile(name, 'is empty');
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  // The decoder takes the byte order mark away.
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes('\0')) throw badFile(name, 'is not a text file');
  return text;
}

async function readBytes(path: string, name: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > LARGEST) throw badFile(name, 'is too large for a file of labels');
    const bytes = await readFile(path);
    return isGzip(bytes) ? await unzip(bytes, { maxOutputLength: LARGEST }) : bytes;
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLong
      ? badFile(name, 'is too large for a file of labels', { cause: error })
      : fileProblem(name, error);
  }
}

export type Delimiter = '\t' | ',' | ';' | ' ';

/** The first of tab, comma, semicolon and space that divides the second line (R may leave a field of the first away). */
export function findDelimiter(text: string, name: string): Delimiter | null {
  for (const delimiter of ['\t', ',', ';', ' '] as const) {
    let divided = false;
    let line = 0;
    for (const { fields } of records(text, delimiter, name)) {
      divided = fields.length > 1;
      if (++line === 2) break;
    }
    if (divided) return delimiter;
  }
  return null;
}

export interface TextRecord {
  readonly fields: readonly string[];
  /** Line where it begins, from 1. */
  readonly line: number;
}

/**
 * The records of delimited text (RFC 4180: quoted fields may hold delimiters, line ends and doubled quotes). Empty lines
 * are passed over; LF, CRLF and CR end a line.
 * @throws AppError BAD_FILE for a quote that is never closed.
 */
export function* records(text: string, delimiter: Delimiter, name: string): Generator<TextRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const fields: string[] = [];
    const begins = line;
    for (;;) {
      if (text[at] === '"') {
        const quoted = quotedField(text, at, name, line);
        fields.push(quoted.value);
        line += quoted.lines;
        at = quoted.end;
        // What follows a closing quote belongs to no field; it is kept, as spreadsheets do.
        const rest = fieldEnd(text, at, delimiter);
        if (rest > at) fields[fields.length - 1] += text.slice(at, rest);
        at = rest;
      } else {
        const end = fieldEnd(text, at, delimiter);
        fields.push(text.slice(at, end));
        at = end;
      }
      if (text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { fields, line: begins };
  }
}

function fieldEnd(text: string, from: number, delimiter: Delimiter): number {
  const divides = delimiter.charCodeAt(0);
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === divides || code === 10 || code === 13) break;
  }
  return at;
}

function quotedField(
  text: string,
  from: number,
  name: string,
  line: number,
): { value: string; end: number; lines: number } {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw badFile(name, `has a quote in line ${line} that is never closed`);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1, lines: countLines(text.slice(from, quote)) };
    value += '"';
    at = quote + 2;
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
