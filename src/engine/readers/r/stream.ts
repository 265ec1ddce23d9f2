/** R's two ways of writing the same items: XDR (big-endian binary) and text. */
import { badFile, type AppError } from '../../../shared/errors.ts';
import type { Segments } from './segments.ts';
import { NA_INTEGER, type Slice } from './values.ts';

/** A vector of numbers that has been stepped over, to be read in slices. */
export type Slicer = (from: number, to: number) => Slice;

export interface RStream {
  int(): number;
  /** Steps over a vector of numbers. */
  integers(length: number): Slicer;
  doubles(length: number): Slicer;
  bytes(length: number): Buffer;
  /** Steps over raw bytes. */
  skipRaw(length: number): void;
  /** @throws AppError BAD_FILE unless that many items can still follow, before anything is allocated for them */
  expect(items: number): void;
}

export function endsEarly(file: string): AppError {
  return badFile(file, 'ends too early: the download or copy is incomplete');
}

export class XdrStream implements RStream {
  readonly #file: string;
  readonly #bytes: Segments;
  #position: number;

  constructor(file: string, bytes: Segments, position: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#position = position;
  }

  int(): number {
    return this.#bytes.int32At(this.#take(4));
  }

  integers(length: number): Slicer {
    const start = this.#take(4 * length);
    return (from, to) => {
      const copy = this.#bytes.copy(start + 4 * from, 4 * (to - from)).swap32();
      return new Int32Array(copy.buffer);
    };
  }

  doubles(length: number): Slicer {
    const start = this.#take(8 * length);
    return (from, to) => {
      const copy = this.#bytes.copy(start + 8 * from, 8 * (to - from)).swap64();
      return new Float64Array(copy.buffer);
    };
  }

  bytes(length: number): Buffer {
    return this.#bytes.copy(this.#take(length), length);
  }

  skipRaw(length: number): void {
    this.#take(length);
  }

  expect(items: number): void {
    if (items > (this.#bytes.length - this.#position) / 4) throw endsEarly(this.#file);
  }

  #take(length: number): number {
    const start = this.#position;
    if (length < 0 || length > this.#bytes.length - start) throw endsEarly(this.#file);
    this.#position += length;
    return start;
  }
}

// Escapes of R's text format besides octal numbers.
const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, v: 11, b: 8, r: 13, f: 12, a: 7 };

/** One item a line; text with escapes. */
export class AsciiStream implements RStream {
  readonly #file: string;
  readonly #bytes: Segments;
  #position: number;

  constructor(file: string, bytes: Segments, position: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#position = position;
  }

  int(): number {
    const word = this.#word();
    if (word === 'NA') return NA_INTEGER;
    const value = Number(word);
    if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31) {
      throw badFile(this.#file, `is damaged: ${shown(word)} stands where a whole number belongs`);
    }
    return value | 0;
  }

  integers(length: number): Slicer {
    this.expect(length);
    const values = new Int32Array(length);
    for (let k = 0; k < length; k++) values[k] = this.int();
    return (from, to) => values.slice(from, to);
  }

  doubles(length: number): Slicer {
    this.expect(length);
    const values = new Float64Array(length);
    for (let k = 0; k < length; k++) values[k] = this.#double();
    return (from, to) => values.slice(from, to);
  }

  bytes(length: number): Buffer {
    if (length < 0 || length > this.#bytes.length - this.#position) throw endsEarly(this.#file);
    this.#skipSpace();
    const out = Buffer.alloc(length);
    for (let k = 0; k < length; k++) {
      const byte = this.#next();
      out[k] = byte === 0x5c ? this.#escape() : byte;
    }
    return out;
  }

  skipRaw(length: number): void {
    this.expect(length);
    for (let k = 0; k < length; k++) this.#word();
  }

  expect(items: number): void {
    if (items > (this.#bytes.length - this.#position) / 2) throw endsEarly(this.#file);
  }

  #double(): number {
    const word = this.#word();
    if (word === 'NA' || word === 'NaN') return NaN;
    if (word === 'Inf' || word === '-Inf') return word === 'Inf' ? Infinity : -Infinity;
    const value = Number(word);
    if (Number.isNaN(value))
      throw badFile(this.#file, `is damaged: ${shown(word)} stands where a number belongs`);
    return value;
  }

  #word(): string {
    this.#skipSpace();
    let word = '';
    while (this.#position < this.#bytes.length && word.length < 64) {
      const byte = this.#bytes.byteAt(this.#position);
      if (byte <= 0x20) break;
      word += String.fromCharCode(byte);
      this.#position++;
    }
    if (word === '') throw endsEarly(this.#file);
    return word;
  }

  #escape(): number {
    const byte = this.#next();
    if (byte < 0x30 || byte > 0x37) return ESCAPES[String.fromCharCode(byte)] ?? byte;
    let value = byte - 0x30;
    for (let digits = 1; digits < 3; digits++) {
      const next = this.#next();
      if (next < 0x30 || next > 0x37) {
        this.#position--;
        break;
      }
      value = value * 8 + next - 0x30;
    }
    return value & 0xff;
  }

  #skipSpace(): void {
    while (this.#position < this.#bytes.length && this.#bytes.byteAt(this.#position) <= 0x20)
      this.#position++;
  }

  #next(): number {
    if (this.#position >= this.#bytes.length) throw endsEarly(this.#file);
    return this.#bytes.byteAt(this.#position++);
  }
}

/** A word of a damaged file, fit for a sentence. */
function shown(word: string): string {
  return word.slice(0, 20).replaceAll(/[^\x21-\x7e]/g, '?');
}
