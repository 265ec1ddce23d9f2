/**
 * Seeded random numbers without global state. A stream is named by its parts, such as (seed, 'dropout', epoch, step):
 * the same parts always give the same numbers, and streams of different parts are independent, so that work can be
 * resumed or done in another order without changing a single draw.
 *
 * Generator: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021,
 * doi:10.1145/3460772). Seeding: the 128-bit murmur3 hash (Appleby, public domain) over the parts.
 */

/** A number or text that helps to name a stream. */
export type RandomPart = number | string;

interface Mutable<T> {
  readonly length: number;
  [index: number]: T;
}

const TWO_32 = 2 ** 32;

export class Random {
  readonly #parts: readonly RandomPart[];
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  /** The second normal of a pair, kept for the next call. */
  #spare = NaN;

  constructor(parts: readonly RandomPart[]) {
    this.#parts = parts;
    const [a, b, c, d] = hash128(words(parts));
    this.#a = a;
    this.#b = b;
    this.#c = c;
    // The all-zero state is the one that the generator never leaves.
    this.#d = (a | b | c | d) === 0 ? 1 : d;
  }

  /** Uniform whole number from 0 to 2^32 - 1. */
  nextUint32(): number {
    const b = this.#b;
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = rotate(d, 11);
    return scrambled >>> 0;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number {
    return this.nextUint32() / TWO_32;
  }

  /**
   * Uniform whole number from 0 to n - 1, without the bias of a plain remainder (draws beyond the last full multiple
   * of n are drawn again).
   * @throws RangeError unless n is a whole number from 1 to 2^32.
   */
  nextInt(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) throw new RangeError(`No whole number below ${n}`);
    const limit = TWO_32 - (TWO_32 % n);
    let draw = this.nextUint32();
    while (draw >= limit) draw = this.nextUint32();
    return draw % n;
  }

  /** Standard normal, by the polar method (Marsaglia and Bray 1964). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = v * scale;
      return u * scale;
    }
  }

  /** Puts the entries of an array or typed array in random order, in place (Fisher and Yates), and returns it. */
  shuffle<T, A extends Mutable<T>>(array: A & Mutable<T>): A {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      const kept = array[i]!;
      array[i] = array[j]!;
      array[j] = kept;
    }
    return array;
  }

  /** The stream named by this stream's parts and more; it does not depend on what was drawn here. */
  fork(...parts: readonly RandomPart[]): Random {
    return new Random([...this.#parts, ...parts]);
  }

  /** Fills with uniform values from low to high, and returns the array. */
  fillUniform(array: Float32Array, low: number, high: number): Float32Array {
    const width = high - low;
    // 24 bits are what a single-precision number holds.
    for (let i = 0; i < array.length; i++) array[i] = low + ((this.nextUint32() >>> 8) / 2 ** 24) * width;
    return array;
  }
}

/** The stream of these parts; order counts, and 1 is not '1'. */
export function createRandom(...parts: readonly RandomPart[]): Random {
  return new Random(parts);
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Parts as 32-bit words that no other list of parts shares: their number, then each with its kind. */
function words(parts: readonly RandomPart[]): number[] {
  const out: number[] = [parts.length];
  for (const part of parts) {
    if (typeof part === 'string') {
      out.push(1, part.length);
      for (let i = 0; i < part.length; i++) out.push(part.charCodeAt(i));
    } else {
      // Adding 0 turns -0 into 0.
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, part + 0);
      out.push(2, bits.getInt32(0), bits.getInt32(4));
    }
  }
  return out;
}

/** murmur3 finalizer: every bit of the input changes half of the bits of the output. */
function avalanche(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Constants of murmur3_x86_128: multiplier before and after the first rotation, rotations, multiplier base. */
const LANES = [
  [0x239b961b, 0xab0e9789, 15, 19, 0x561ccd1b],
  [0xab0e9789, 0x38b34ae5, 16, 17, 0x0bcaa747],
  [0x38b34ae5, 0xa1e38b93, 17, 15, 0x96cd1c35],
  [0xa1e38b93, 0x239b961b, 18, 13, 0x32ac3b17],
] as const;

/** murmur3_x86_128 with seed 0; the input is whole words, filled up with zeros to a multiple of four. */
function hash128(input: readonly number[]): [number, number, number, number] {
  const h: [number, number, number, number] = [0, 0, 0, 0];
  for (let at = 0; at < input.length; at += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const [first, second, turnWord, turnLane, add] = LANES[lane]!;
      const word = Math.imul(rotate(Math.imul(input[at + lane] ?? 0, first), turnWord), second);
      h[lane] = Math.imul(rotate(h[lane]! ^ word, turnLane) + h[(lane + 1) % 4]!, 5) + add;
    }
  }
  for (let lane = 0; lane < 4; lane++) h[lane]! ^= input.length * 4;
  mix(h);
  for (let lane = 0; lane < 4; lane++) h[lane] = avalanche(h[lane]!);
  mix(h);
  return h.map(x => x | 0) as [number, number, number, number];
}

function mix(h: [number, number, number, number]): void {
  h[0] = (h[0] + h[1] + h[2] + h[3]) | 0;
  for (let lane = 1; lane < 4; lane++) h[lane] = (h[lane]! + h[0]) | 0;
}
