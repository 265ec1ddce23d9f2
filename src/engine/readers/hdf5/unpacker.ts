/** Unpacks the chunks of a compressed list of numbers on all cores, past the library; chunk-index.ts says where they lie. */
import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { ChunkIndex } from './chunk-index.ts';

const unzip = promisify(inflate);
const readAt = promisify(read);

export interface Unpacked {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of a value. */
  readonly size: number;
}

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
   * The values from (inclusive) to (exclusive).
   * @param narrow the values are whole: where the upper half of all of them is zero, it is left out
   * @returns null where a chunk is not what it should be: the library has the sentence for it
   */
  async read(from: number, to: number, narrow: boolean): Promise<Unpacked | null> {
    const { length, size: stored, shuffled } = this.#index;
    const first = Math.floor(from / length);
    const last = Math.ceil(to / length);
    const parts = await Promise.all(
      Array.from({ length: last - first }, (_, k) => this.#chunk(first + k)),
    ).catch(() => null);
    if (parts === null) return null;
    const half = (stored * length) / 2;
    const halved = narrow && shuffled && stored === 8 && parts.every(part => isZero(part.subarray(half)));
    const size = halved ? 4 : stored;
    const bytes = new Uint8Array((to - from) * size);
    for (const [k, part] of parts.entries()) {
      const start = (first + k) * length;
      const [a, b] = [Math.max(from, start), Math.min(to, start + length)];
      const place = bytes.subarray((a - from) * size, (b - from) * size);
      if (shuffled) unshuffle(part, place, a - start, b - start, length, size);
      else place.set(part.subarray((a - start) * size, (b - start) * size));
    }
    return { bytes, size };
  }

  async #chunk(k: number): Promise<Uint8Array> {
    const { chunks, length, size } = this.#index;
    const { at, bytes } = chunks[k]!;
    const packed = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await readAt(this.#descriptor, packed, 0, bytes, at);
    // At once: by default it would be handed over in pieces of 16 KB, each by way of the event loop.
    const whole = Math.max(64, length * size);
    const unpacked = await unzip(packed, { maxOutputLength: length * size, chunkSize: whole });
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
  if (size > 1) {
    const pairs = new Uint16Array(out.buffer, out.byteOffset, out.byteLength / 2);
    const step = size / 2;
    for (let pair = 0; pair < step; pair++) {
      const low = part.subarray(2 * pair * length, (2 * pair + 1) * length);
      const high = part.subarray((2 * pair + 1) * length, (2 * pair + 2) * length);
      // High bytes of small numbers are all zero, as the new array is.
      if (isZero(low) && isZero(high)) continue;
      for (let k = from, at = pair; k < to; k++, at += step) pairs[at] = low[k]! | (high[k]! << 8);
    }
    return;
  }
  out.set(part.subarray(from, to));
}

function isZero(bytes: Uint8Array): boolean {
  if (zeros.length < bytes.length) zeros = Buffer.alloc(bytes.length);
  return zeros.subarray(0, bytes.length).equals(bytes);
}

let zeros = Buffer.alloc(0);
