/** Text files in whatever encoding and with whatever line ends people have, as UTF-8 bytes and as lines. */
import { TextDecoder } from 'node:util';
import { badFile } from '../../shared/errors.ts';
import { fileChunks } from './bytes.ts';
import type { ReadContext, Source } from './contract.ts';
import { utf16Of } from './detect.ts';

export const NEWLINE = 10;
export const RETURN = 13;

/** No name is as long; a longer line or field means that the file is something else. */
export const LONGEST_NAME = 1 << 16;

/** The content of a text file without its byte order mark; UTF-16 is turned into UTF-8. */
export async function* textChunks(
  file: Pick<Source, 'path' | 'name'>,
  context: ReadContext,
): AsyncGenerator<Buffer, void> {
  let decoder: TextDecoder | null = null;
  let first = true;
  for await (let chunk of fileChunks(file, context)) {
    if (first) {
      const encoding = utf16Of(chunk);
      if (encoding !== null) decoder = new TextDecoder(encoding);
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
      first = false;
    }
    yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}

/** Names are UTF-8; where they are not, they come from an older Windows or R, whose letters are near to Latin-1. */
export function decodeName(bytes: Buffer, from = 0, to = bytes.length): string {
  const text = bytes.toString('utf8', from, to);
  return text.includes('\ufffd') ? bytes.toString('latin1', from, to) : text;
}

/** All lines of a short text file (names of genes or cells), without empty ones at its end. */
export async function textLines(
  file: Pick<Source, 'path' | 'name'>,
  context: ReadContext,
): Promise<string[]> {
  const lines: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of textChunks(file, context)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      lines.push(lineOf(bytes, from, end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LONGEST_NAME) throw badFile(file.name, `has no end of line ${lines.length + 1}`);
  }
  lines.push(lineOf(rest, 0, rest.length));
  // A file with bare carriage returns (old Mac) is one line until here.
  const separate = lines.length === 1 && lines[0]!.includes('\r') ? lines[0]!.split('\r') : lines;
  while (separate.length > 0 && separate.at(-1)!.trim() === '') separate.pop();
  return separate;
}

function lineOf(bytes: Buffer, from: number, end: number): string {
  return decodeName(bytes, from, end > from && bytes[end - 1] === RETURN ? end - 1 : end);
}
