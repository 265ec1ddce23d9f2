/** Unpacks bzip2, reading the file as it goes: the decoder asks for one byte after the other. */
import { closeSync, openSync, readSync } from 'node:fs';
import bzip from 'seek-bzip';
import type { Segments } from './segments.ts';

const CHUNK_BYTES = 1 << 20;

class Enough extends Error {}

/**
 * @param most bytes after which to stop; the decoder gives them block by block
 * @param report called for every megabyte that comes out
 * @throws Error where the packed data end early or are damaged
 */
export function unpackBzip2(path: string, out: Segments, most: number, report: () => void): void {
  const file = openSync(path, 'r');
  try {
    const output = {
      writeByte(byte: number): void {
        out.appendByte(byte);
        if (out.length % CHUNK_BYTES === 0) report();
        if (out.length >= most) throw new Enough();
      },
    };
    bzip.decode(bytesOf(file), output);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    closeSync(file);
  }
}

function bytesOf(file: number): Parameters<typeof bzip.decode>[0] {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let length = 0;
  let position = 0;
  const atEnd = (): boolean => {
    if (position < length) return false;
    length = readSync(file, chunk, 0, CHUNK_BYTES, null);
    position = 0;
    return length === 0;
  };
  const readByte = (): number => {
    if (atEnd()) throw new Error('The packed data end early.');
    return chunk[position++]!;
  };
  return {
    readByte,
    read: (to, offset, count) => {
      for (let k = 0; k < count; k++) to[offset + k] = readByte();
      return count;
    },
    eof: atEnd,
  };
}
