/** Frames as bytes: everything comes back, and hostile bytes are refused without harm. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { decode, encode } from '../../src/shared/rpc/codec.ts';
import type { Frame } from '../../src/shared/rpc/frames.ts';

const result = (value: unknown): Frame => ({ t: 'result', id: 1, value });

/** A frame with this JSON in front of `body`, lengths as they should be. */
function frameOf(json: string, body = new Uint8Array(0)): Uint8Array {
  const head = new TextEncoder().encode(json);
  const base = Math.ceil((4 + head.length) / 8) * 8;
  const bytes = new Uint8Array(base + body.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  bytes.set(body, base);
  return bytes;
}
const withArray = (reference: string): Uint8Array =>
  frameOf(`{"t":"result","id":1,"value":${reference}}`, new Uint8Array(16));

describe('codec', () => {
  it('brings every type of array back, aligned, from any offset', () => {
    const values = {
      u8: Uint8Array.of(1, 2, 3),
      i8: Int8Array.of(-1),
      u16: Uint16Array.of(65535),
      i16: Int16Array.of(-2, 5, 7),
      u32: Uint32Array.of(2 ** 32 - 1),
      i32: Int32Array.of(-(2 ** 31)),
      f32: Float32Array.of(0.5, NaN),
      f64: Float64Array.of(Math.PI, -Infinity),
      none: new Float64Array(0),
      nested: [{ a: Float32Array.of(1, 2, 3, 4).subarray(1, 3) }],
      numbers: [NaN, Infinity, -Infinity, 0.1],
      text: 'Zählung \u{1f9ec}',
    };
    const bytes = encode(result(values));
    expect(decode(bytes)).toEqual(result(values));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decode(shifted.subarray(3))).toEqual(result(values));
    // A slice of a Buffer stays where it is, aligned or not.
    expect(decode(Buffer.from(shifted.buffer, 3))).toEqual(result(values));
  });

  it('reads Buffers, which share their memory with others', () => {
    const frame = result(Float64Array.of(1, 2));
    expect(decode(Buffer.from(encode(frame)))).toEqual(frame);
  });

  it('does not send what no transport carries', () => {
    expect(() => encode(result(new BigInt64Array(1)))).toThrow('cannot be sent');
    expect(() => encode(result(1n))).toThrow(TypeError);
  });

  it.each([
    ['before its frame', '{"$bin":-8,"type":"Uint8Array","length":1}'],
    ['beyond its frame', '{"$bin":0,"type":"Uint8Array","length":17}'],
    ['far away', '{"$bin":9007199254740984,"type":"Uint8Array","length":1}'],
    ['too long by bytes', '{"$bin":8,"type":"Float64Array","length":2}'],
    ['with a length that overflows', '{"$bin":0,"type":"Float64Array","length":9007199254740991}'],
    ['with a broken length', '{"$bin":0,"type":"Uint8Array","length":1.5}'],
    ['not aligned', '{"$bin":4,"type":"Float64Array","length":1}'],
    ['of an inherited type', '{"$bin":0,"type":"constructor","length":1}'],
    ['of no type', '{"$bin":0,"length":1}'],
    ['with text for an offset', '{"$bin":"0","type":"Uint8Array","length":1}'],
  ])('refuses an array %s', (_, reference) => {
    expect(() => decode(withArray(reference))).toThrow();
  });
  it('reads an array that fills its frame', () => {
    expect(decode(withArray('{"$bin":8,"type":"Float64Array","length":1}'))).toEqual(
      result(Float64Array.of(0)),
    );
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['three bytes', new Uint8Array(3)],
    ['a length beyond the bytes', Uint8Array.of(255, 255, 255, 255, 0)],
    ['no JSON', frameOf('{')],
    ['JSON that is no frame', frameOf('[]')],
    ['no object', frameOf('null')],
    ['an unknown frame', frameOf('{"t":"eval","id":1}')],
    ['a call without a name', frameOf('{"t":"call","id":1,"input":1}')],
    ['an id that is no number', frameOf('{"t":"cancel","id":"1"}')],
    ['an error without a code', frameOf('{"t":"error","id":1,"error":{}}')],
    ['deep nesting', frameOf('['.repeat(200_000))],
    ['deep nesting, closed', frameOf(`{"t":"result","id":1,"value":${'['.repeat(2e5)}${']'.repeat(2e5)}}`)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decode(bytes)).toThrow();
  });

  it('survives every cut and ten thousand changes of a frame', () => {
    const frame = result({ a: Float32Array.of(1, 2, 3), b: Uint16Array.of(4), c: ['x', 1e300] });
    const whole = encode(frame);
    const random = createRandom(1, 'codec');
    const attempt = (bytes: Uint8Array): void => {
      try {
        decode(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    };
    for (let n = 0; n < whole.length; n++) attempt(whole.slice(0, n));
    for (let k = 0; k < 10_000; k++) {
      const bytes = whole.slice();
      for (let m = random.nextInt(4); m >= 0; m--) bytes[random.nextInt(bytes.length)] = random.nextInt(256);
      attempt(bytes);
    }
  });
});
