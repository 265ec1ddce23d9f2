/** Raw bytes of numbers, as the HDF5 library hands them over (little-endian), turned into typed arrays. */

export type Numbers =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

export interface NumberType {
  readonly float: boolean;
  /** Bytes: 1, 2, 4 or 8 for whole numbers; 2, 4 or 8 for floats. */
  readonly size: number;
  readonly signed: boolean;
}

export function isReadable({ float, size }: NumberType): boolean {
  return size === 2 || size === 4 || size === 8 || (size === 1 && !float);
}

/**
 * @param bytes of `isReadable` numbers, starting at offset 0 of its buffer
 * 64-bit whole numbers become doubles: exact up to 2^53, beyond which no count, index or pointer is valid anyway.
 */
export function decodeNumbers(bytes: Uint8Array<ArrayBuffer>, type: NumberType): Numbers {
  const { buffer } = bytes;
  if (type.float) {
    if (type.size === 8) return new Float64Array(buffer);
    return type.size === 4 ? new Float32Array(buffer) : halves(new Uint16Array(buffer));
  }
  switch (type.size) {
    case 1:
      return type.signed ? new Int8Array(buffer) : bytes;
    case 2:
      return type.signed ? new Int16Array(buffer) : new Uint16Array(buffer);
    case 4:
      return type.signed ? new Int32Array(buffer) : new Uint32Array(buffer);
    default:
      return longs(buffer, type.signed);
  }
}

/** By 32-bit halves: BigInts for every element would cost ten times as much. */
function longs(buffer: ArrayBuffer, signed: boolean): Float64Array {
  const low = new Uint32Array(buffer);
  const high = signed ? new Int32Array(buffer) : low;
  const out = new Float64Array(buffer.byteLength / 8);
  for (let k = 0; k < out.length; k++) out[k] = high[2 * k + 1]! * 4294967296 + low[2 * k]!;
  return out;
}

/** IEEE 754 half precision. */
function halves(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, half => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
}
