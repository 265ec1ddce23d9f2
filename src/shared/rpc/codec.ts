/**
 * Frames as bytes, for transports that carry nothing else: [u32 JSON length][JSON][pad to 8][array][pad to 8][array]...
 * A typed array stands in the JSON as `{$bin: offset, type, length}`, a number that JSON cannot spell as `{$num: text}`.
 * Decoding trusts nothing: every offset and length is checked against the bytes that are there.
 */
import { parseFrame, type Frame } from './frames.ts';

const TYPES = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
const HEADER = 4;
/** Arrays start at multiples of the largest element. */
const padded = (n: number): number => Math.ceil(n / 8) * 8;

/** @throws TypeError for values that no transport carries (functions, BigInt, other views). */
export function encode(frame: Frame): Uint8Array<ArrayBuffer> {
  const arrays: Uint8Array[] = [];
  let at = 0;
  const json = JSON.stringify(frame, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $num: String(value) };
    if (!ArrayBuffer.isView(value)) return value;
    const type = value.constructor.name;
    if (!Object.hasOwn(TYPES, type)) throw new TypeError(`${type} cannot be sent.`);
    const reference = { $bin: at, type, length: (value as Float32Array).length };
    arrays.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    at = padded(at + value.byteLength);
    return reference;
  });
  const head = new TextEncoder().encode(json);
  const base = padded(HEADER + head.length);
  const bytes = new Uint8Array(base + at);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, HEADER);
  let position = base;
  for (const array of arrays) {
    bytes.set(array, position);
    position = padded(position + array.length);
  }
  return bytes;
}

/**
 * The frame in `bytes`. Its arrays are views of `bytes` where these are aligned, so nobody may write to them afterwards.
 * @throws Error where the bytes are no frame.
 */
export function decode(bytes: Uint8Array): Frame {
  if (bytes.length < HEADER) throw new TypeError('A frame has at least four bytes.');
  // Not by `slice`, which in a Buffer is another view of the same place.
  const own = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const length = new DataView(own.buffer, own.byteOffset).getUint32(0, true);
  if (length > own.length - HEADER) throw new RangeError('The frame is shorter than it says.');
  const base = padded(HEADER + length);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(own.subarray(HEADER, HEADER + length));
  return parseFrame(
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null) return value;
      if ('$num' in value) return Number(value.$num);
      return '$bin' in value ? arrayAt(own, base, value) : value;
    }),
  );
}

function arrayAt(bytes: Uint8Array, base: number, reference: object): unknown {
  const { $bin, type, length } = reference as Record<string, unknown>;
  if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) throw new TypeError('Unknown type of array.');
  const Type = TYPES[type as keyof typeof TYPES];
  const start = base + Number($bin);
  const fits =
    isCount($bin) &&
    isCount(length) &&
    $bin % 8 === 0 &&
    start + length * Type.BYTES_PER_ELEMENT <= Math.max(bytes.length, base);
  if (!fits) throw new RangeError('An array lies outside its frame.');
  return length === 0 ? new Type(0) : new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset + start, length);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
