/** Unpacks the chunks of a compressed list of numbers on all cores, past the library; chunk-index.ts says where they lie. */
import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { ChunkIndex } from './chunk-index.ts';

const unzip = promisify(inflate);
const readAt = promisify(read);

export class Unpacker {
  readonly #descriptor: number;
  readonly #index: ChunkIndex;

  constructor(path: string, index: ChunkIndex) {
    this.#descriptor = openSync(path, 'r');
    this.#index = index;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * Bytes of the values from (inclusive) to (exclusive).
   * @returns null where a chunk is not what it should be: the library has the sentence for it
   */
  async bytes(from: number, to: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const { length, size } = this.#index;
    const out = new Uint8Array((to - from) * size);
    const first = Math.floor(from / length);
    const last = Math.ceil(to / length);
    const parts = await Promise.all(
      Array.from({ length: last - first }, (_, k) => this.#chunk(first + k)),
    ).catch(() => null);
    if (parts === null) return null;
    for (const [k, part] of parts.entries()) {
      const start = (first + k) * length;
      const [a, b] = [Math.max(from, start), Math.min(to, start + length)];
      const place = out.subarray((a - from) * size, (b - from) * size);
      if (this.#index.shuffled) unshuffle(part, place, a - start, b - start, length, size);
      else place.set(part.subarray((a - start) * size, (b - start) * size));
    }
    return out;
  }

  async #chunk(k: number): Promise<Uint8Array> {
    const { chunks, length, size } = this.#index;
    const { at, bytes } = chunks[k]!;
    const packed = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await readAt(this.#descriptor, packed, 0, bytes, at);
    const unpacked = await unzip(packed, { maxOutputLength: length * size });
    if (bytesRead !== bytes || unpacked.length !== length * size) throw new Error('not a whole chunk');
    return unpacked;
  }
}

/** Shuffled, the first bytes of all values stand together, then the second bytes and so on. */
function unshuffle(
  part: Uint8Array,
  out: Uint8Array<ArrayBuffer>,
  from: number,
  to: number,
  length: number,
  size: number,
): void {
  if (size === 8 || size === 4) {
    const halves = new Uint32Array(out.buffer, out.byteOffset, out.byteLength / 4);
    for (let half = 0; half < size / 4; half++) {
      const [a, b, c, d] = [0, 1, 2, 3].map(k =>
        part.subarray((4 * half + k) * length, (4 * half + k + 1) * length),
      );
      const step = size / 4;
      // High bytes of small numbers are all zero, as the new array is.
      if ([a, b, c, d].every(plane => isZero(plane!))) continue;
      for (let k = from, at = half; k < to; k++, at += step) {
        halves[at] = a![k]! | (b![k]! << 8) | (c![k]! << 16) | (d![k]! << 24);
      }
    }
    return;
  }
  for (let byte = 0; byte < size; byte++) {
    const plane = part.subarray(byte * length, (byte + 1) * length);
    for (let k = from, at = byte; k < to; k++, at += size) out[at] = plane[k]!;
  }
}

function isZero(bytes: Uint8Array): boolean {
  if (zeros.length < bytes.length) zeros = Buffer.alloc(bytes.length);
  return zeros.subarray(0, bytes.length).equals(bytes);
}

let zeros = Buffer.alloc(0);
