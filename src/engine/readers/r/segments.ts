/** Bytes that were unpacked piece by piece, read at any position: an R file can be larger than one buffer should be. */

export const SEGMENT_BYTES = 1 << 24;

export class Segments {
  readonly #full: Buffer[] = [];
  #last = Buffer.alloc(0);
  #used = 0;

  get length(): number {
    return this.#full.length * SEGMENT_BYTES + this.#used;
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      this.#makeRoom(bytes.length - from);
      const n = Math.min(bytes.length - from, this.#last.length - this.#used);
      this.#last.set(bytes.subarray(from, from + n), this.#used);
      this.#used += n;
      from += n;
    }
  }

  appendByte(byte: number): void {
    this.#makeRoom(1);
    this.#last[this.#used++] = byte;
  }

  byteAt(position: number): number {
    const segment = Math.floor(position / SEGMENT_BYTES);
    return (this.#full[segment] ?? this.#last)[position % SEGMENT_BYTES]!;
  }

  /** Big-endian. */
  int32At(position: number): number {
    const at = position % SEGMENT_BYTES;
    if (at + 4 > SEGMENT_BYTES) return this.copy(position, 4).readInt32BE(0);
    return (this.#full[Math.floor(position / SEGMENT_BYTES)] ?? this.#last).readInt32BE(at);
  }

  /** A copy in a buffer of its own, which starts at offset 0; the caller has checked that the bytes are there. */
  copy(position: number, length: number): Buffer<ArrayBuffer> {
    const out = Buffer.from(new ArrayBuffer(length));
    for (let done = 0; done < length;) {
      const segment = Math.floor((position + done) / SEGMENT_BYTES);
      const at = (position + done) % SEGMENT_BYTES;
      const n = Math.min(length - done, SEGMENT_BYTES - at);
      out.set((this.#full[segment] ?? this.#last).subarray(at, at + n), done);
      done += n;
    }
    return out;
  }

  /** The last segment grows with its content, so that a small file takes little memory. */
  #makeRoom(wanted: number): void {
    if (this.#used === SEGMENT_BYTES) {
      this.#full.push(this.#last);
      this.#last = Buffer.alloc(0);
      this.#used = 0;
    }
    if (this.#used < this.#last.length) return;
    const size = Math.min(SEGMENT_BYTES, Math.max(1 << 16, 2 * this.#used, this.#used + wanted));
    const grown = Buffer.alloc(size);
    grown.set(this.#last.subarray(0, this.#used));
    this.#last = grown;
  }
}
