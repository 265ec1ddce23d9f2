import { expect, test } from 'vitest';
import { SEGMENT_BYTES, Segments } from '../../../../src/engine/readers/r/segments.ts';

/** Bytes that tell their place. */
function numbered(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let k = 0; k < length; k++) bytes[k] = (k * 7 + (k >> 8)) & 0xff;
  return bytes;
}

test('bytes come back as they went in, across the borders of segments', () => {
  const bytes = numbered(2 * SEGMENT_BYTES + 1000);
  const segments = new Segments();
  // Pieces of many lengths, as unpacking yields them, and single bytes.
  for (let from = 0, n = 1; from < bytes.length; n = (n * 13) % 700_001) {
    if (n % 5 === 0) segments.appendByte(bytes[from]!);
    const start = n % 5 === 0 ? from + 1 : from;
    segments.append(bytes.subarray(start, from + n));
    from += n;
  }
  expect(segments.length).toBe(bytes.length);
  expect(segments.copy(0, bytes.length).equals(bytes)).toBe(true);
  for (const at of [0, SEGMENT_BYTES - 3, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES - 2]) {
    expect(segments.int32At(at), String(at)).toBe(bytes.readInt32BE(at));
    expect(segments.byteAt(at), String(at)).toBe(bytes[at]);
    expect(segments.copy(at, 900).equals(bytes.subarray(at, at + 900)), String(at)).toBe(true);
  }
});
