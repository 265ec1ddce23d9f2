/** The beginning of a table as fields: comments, separator, header and some rows, enough to tell how to read it. */
import { badFile } from '../../shared/errors.ts';
import { SPACE, TableParser } from './table-parser.ts';
import { NEWLINE, RETURN } from './text.ts';

/** So many rows are looked at, within so many bytes; at least one row however long it is. */
const SAMPLE_ROWS = 200;
const SAMPLE_BYTES = 4 << 20;
const LONGEST_HEAD = 512 << 20;

export const TAB = 9;
export const COMMA = 44;
const [SEMICOLON, HASH, QUOTE] = [59, 35, 34];
/** In the order of preference where two would do. */
const SEPARATORS = [TAB, COMMA, SEMICOLON, SPACE];

export interface TableHead {
  readonly separator: number;
  /** The last comment line without its hash signs, or null. */
  readonly comment: string | null;
  /** Bytes and lines of comments before the table. */
  readonly commentBytes: number;
  readonly commentLines: number;
  /** The first rows, the header among them; the last of them is whole. */
  readonly rows: readonly (readonly string[])[];
}

/** Takes as many chunks off a stream as the head needs. The chunks are to be read again from the first. */
export async function gatherHead(file: string, chunks: AsyncIterator<Buffer, void>): Promise<Buffer> {
  const gathered: Buffer[] = [];
  let bytes = 0;
  let lines = 0;
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) break;
    gathered.push(value);
    bytes += value.length;
    lines += Math.max(occurrences(value, NEWLINE), occurrences(value, RETURN));
    if (lines > SAMPLE_ROWS + 1 || (lines > 2 && bytes >= SAMPLE_BYTES)) break;
    if (bytes > LONGEST_HEAD) throw badFile(file, 'is not a table: its lines are too long');
  }
  return Buffer.concat(gathered);
}

/** @param bytes beginning of the file, cut anywhere. */
export function parseHead(file: string, bytes: Buffer): TableHead {
  let at = 0;
  let commentLines = 0;
  let comment: string | null = null;
  while (bytes[at] === HASH) {
    const end = lineEnd(bytes, at);
    comment = bytes
      .toString('utf8', at, end)
      .replace(/^#+\s*/, '')
      .trim();
    at = end + (bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? 2 : 1);
    commentLines++;
  }
  const commentBytes = Math.min(at, bytes.length);
  const sample = wholeLines(bytes.subarray(commentBytes));
  const separator = separatorOf(sample);
  return { separator, comment, commentBytes, commentLines, rows: fieldsOf(file, sample, separator) };
}

/** The separator that splits most lines evenly, into most fields. */
function separatorOf(sample: Buffer): number {
  const lines: [number, number][] = [];
  for (let at = 0; at < sample.length && lines.length < 20;) {
    const end = lineEnd(sample, at);
    if (end > at) lines.push([at, end]);
    at = end + 1;
  }
  let best = COMMA;
  let bestScore = 0;
  for (const separator of SEPARATORS) {
    const counts = lines.map(([from, to]) => countFields(sample, from, to, separator));
    // The header may be one shorter; without it the commonest number of fields speaks.
    const body = counts.length > 1 ? counts.slice(1) : counts;
    const [width, times] = commonest(body);
    if (width < 2) continue;
    const fits = counts[0] === width || counts[0] === width - 1 ? 1 : 0.5;
    const score = (times / body.length) * fits * (1 + Math.min(width, 1e6) / 1e7);
    if (score > bestScore) [best, bestScore] = [separator, score];
  }
  return best;
}

function fieldsOf(file: string, sample: Buffer, separator: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const layout = { separator, firstValue: 0, endValue: 0, skipRows: 0, firstLine: 1 };
  const parser = new TableParser(file, layout, {
    text: (_, text) => row.push(text),
    value: () => undefined,
    endRow: () => {
      rows.push(row);
      row = [];
    },
  });
  parser.push(sample);
  parser.finish();
  return rows;
}

/** Cuts off the last line where it may be unfinished, and lines beyond the sample. */
function wholeLines(bytes: Buffer): Buffer {
  let at = 0;
  for (let n = 0; n <= SAMPLE_ROWS && at < bytes.length; n++) {
    const end = lineEnd(bytes, at);
    if (end === bytes.length) return n < 2 ? bytes : bytes.subarray(0, at);
    at = end + (bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? 2 : 1);
  }
  return bytes.subarray(0, at);
}

function lineEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  const end = newline < 0 ? bytes.length : newline;
  const carriage = bytes.subarray(from, end).indexOf(RETURN);
  return carriage < 0 ? end : from + carriage;
}

function countFields(bytes: Buffer, from: number, to: number, separator: number): number {
  let fields = 1;
  let quoted = false;
  for (let k = from; k < to; k++) {
    if (bytes[k] === QUOTE) quoted = !quoted;
    else if (!quoted && bytes[k] === separator) {
      const counts = separator !== SPACE || (k > from && k + 1 < to && bytes[k + 1] !== SPACE);
      if (counts) fields++;
    }
  }
  return fields;
}

function commonest(counts: readonly number[]): [value: number, times: number] {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
}

function occurrences(bytes: Buffer, byte: number): number {
  let n = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) n++;
  return n;
}
