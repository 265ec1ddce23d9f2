import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { decodeTensors, encodeTensors, type NamedTensors } from '../../../src/engine/models/tensors-file.ts';
import { weightsFromTensors, weightsToTensors } from '../../../src/engine/models/weights.ts';

const tensors: NamedTensors = new Map([
  ['first', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, -0) }],
  ['constructor', { shape: [1], data: Float32Array.of(NaN) }],
  ['empty', { shape: [0, 5], data: new Float32Array(0) }],
]);
const bytes = Buffer.concat([...encodeTensors(tensors, { made: 'here' })]);

/** A file of this header and these values. */
function file(header: string, values: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + values);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}
const entry = (shape: string, from: number, to: number) =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;

describe('files of tensors', () => {
  it('give back what was written, also from the middle of a larger buffer', () => {
    const expected = { tensors, meta: { made: 'here' } };
    expect(decodeTensors(bytes, 'w')).toEqual(expected);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeTensors(shifted.subarray(3), 'w')).toEqual(expected);
  });

  it('follow the safetensors layout', () => {
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    expect(header['first']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(bytes.readFloatLE(8 + length + 4)).toBe(2);
  });

  it.each([
    { problem: 'nothing', damaged: new Uint8Array(0), message: 'w is too short for a file of weights.' },
    {
      problem: 'a cut header',
      damaged: bytes.subarray(0, 40),
      message: 'w is cut short or is no file of weights.',
    },
    {
      problem: 'a huge header',
      damaged: new Uint8Array(64).fill(255),
      message: 'w is cut short or is no file of weights.',
    },
    { problem: 'cut values', damaged: bytes.subarray(0, -4), message: 'w is cut short.' },
    {
      problem: 'more values',
      damaged: Buffer.concat([bytes, bytes]),
      message: 'w has more bytes than its header names.',
    },
    { problem: 'no JSON', damaged: file('{"a":', 0), message: 'w has a header that cannot be read.' },
    { problem: 'a list', damaged: file('[1]', 4), message: 'w has more bytes than its header names.' },
    {
      problem: 'another type',
      damaged: file('{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', 4),
      message: 'w has a header of another kind of file.',
    },
    {
      problem: 'an overlap',
      damaged: file(`{"a":${entry('[2]', 0, 8)},"b":${entry('[1]', 4, 8)}}`, 8),
      message: 'w has no sound place for the tensor "b".',
    },
    {
      problem: 'a wrong size',
      damaged: file(`{"a":${entry('[3]', 0, 8)}}`, 8),
      message: 'w has no sound place for the tensor "a".',
    },
    {
      problem: 'a backward range',
      damaged: file(`{"a":${entry('[1]', 8, 4)}}`, 8),
      message: 'w has no sound place for the tensor "a".',
    },
    {
      problem: 'a negative offset',
      damaged: file(`{"a":${entry('[1]', -4, 0)}}`, 8),
      message: 'w has a header of another kind of file.',
    },
    {
      problem: 'a shape beyond all memory',
      damaged: file(`{"a":${entry('[9007199254740991,9007199254740991]', 0, 8)}}`, 8),
      message: 'w has no sound place for the tensor "a".',
    },
  ])('refuse $problem', ({ damaged, message }) => {
    expect(() => decodeTensors(damaged, 'w')).toThrow(
      expect.objectContaining({ code: 'BAD_FILE', message }) as Error,
    );
  });

  it('never fail in another way, whatever bytes are changed', () => {
    const random = createRandom('damage');
    for (let trial = 0; trial < 2000; trial++) {
      const damaged = Uint8Array.from(
        bytes.subarray(0, random.nextInt(4) === 0 ? random.nextInt(bytes.length) : undefined),
      );
      for (let k = random.nextInt(4); k >= 0 && damaged.length > 0; k--) {
        damaged[random.nextInt(damaged.length)] = random.nextInt(256);
      }
      try {
        decodeTensors(damaged, 'w');
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FILE' });
      }
    }
  });
});

describe('weights in a file', () => {
  const layer = (inputs: number, outputs: number) => ({
    kernel: new Float32Array(inputs * outputs).fill(2),
    bias: new Float32Array(outputs),
    shape: [inputs, outputs] as const,
  });

  it('come back layer by layer', () => {
    const weights = [layer(3, 2), layer(2, 4)];
    expect(weightsFromTensors(weightsToTensors(weights), 'w')).toEqual(weights);
  });

  it.each([
    { problem: 'no layer', weights: [] },
    { problem: 'layers that do not meet', weights: [layer(3, 2), layer(5, 4)] },
    { problem: 'a bias of another length', weights: [{ ...layer(3, 2), bias: new Float32Array(3) }] },
  ])('are refused with $problem', ({ weights }) => {
    expect(() => weightsFromTensors(weightsToTensors(weights), 'w')).toThrow(
      expect.objectContaining({ code: 'BAD_FILE' }) as Error,
    );
  });

  it('are refused where a bias is missing or something else stands there too', () => {
    const missing = weightsToTensors([layer(3, 2)]);
    missing.delete('layers.0.bias');
    expect(() => weightsFromTensors(missing, 'w')).toThrow('layer 1');
    const more = weightsToTensors([layer(3, 2)]).set('other', { shape: [1], data: new Float32Array(1) });
    expect(() => weightsFromTensors(more, 'w')).toThrow('one network');
  });
});
