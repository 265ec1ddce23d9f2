/**
 * Named float32 tensors as bytes, in the safetensors layout that Python tools read too: the length of the header as an
 * unsigned 64-bit number, the header as JSON, then all values, little-endian, without gaps.
 * https://huggingface.co/docs/safetensors
 */
import { z } from 'zod';
import { badFile } from '../../shared/errors.ts';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type NamedTensors = Map<string, NamedTensor>;
export type TensorsMeta = Readonly<Record<string, string>>;

/** Bytes per value. */
const WIDTH = 4;
/** No file of ours comes near; a longer header is damage. */
const LONGEST_HEADER = 1 << 24;
const METADATA = '__metadata__';

const headerShape = z.record(
  z.string(),
  z.strictObject({
    dtype: z.literal('F32'),
    shape: z.array(z.number().int().nonnegative()).max(8),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
);
const metaShape = z.record(z.string(), z.string());

/** The file piece by piece, so that it can be written without a second copy in memory. */
export function* encodeTensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  meta: TensorsMeta = {},
): Generator<Uint8Array> {
  const header: Record<string, unknown> = { [METADATA]: meta };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const start = end;
    end += data.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of 8 let a reader map the values as they lie.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  yield length;
  yield padded;
  for (const { data } of tensors.values())
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * @param file name for messages
 * @throws AppError BAD_FILE for anything but a whole file of this layout with float32 tensors.
 */
export function decodeTensors(bytes: Uint8Array, file: string): { tensors: NamedTensors; meta: TensorsMeta } {
  if (bytes.length < 8) throw badFile(file, 'is too short for a file of weights');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(LONGEST_HEADER, bytes.length - 8))) {
    throw badFile(file, 'is cut short or is no file of weights');
  }
  const start = 8 + Number(length);
  const { header, meta } = parseHeader(bytes.subarray(8, start), file);
  const values = bytes.subarray(start);
  const tensors: NamedTensors = new Map();
  let expected = 0;
  const byOffset = Object.entries(header).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  for (const [name, { shape, data_offsets }] of byOffset) {
    const [from, to] = data_offsets;
    const size = shape.reduce((product, n) => product * n, WIDTH);
    if (from !== expected || to - from !== size) {
      throw badFile(file, `has no sound place for the tensor "${name}"`);
    }
    expected = to;
    if (to > values.length) throw badFile(file, 'is cut short');
    // A copy, because a view needs an aligned start and would keep the whole file in memory; and not by `slice`, which
    // in a Buffer is another view.
    tensors.set(name, { shape, data: new Float32Array(new Uint8Array(values.subarray(from, to)).buffer) });
  }
  if (expected !== values.length) throw badFile(file, 'has more bytes than its header names');
  return { tensors, meta };
}

function parseHeader(bytes: Uint8Array, file: string) {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badFile(file, 'has a header that cannot be read', { cause });
  }
  const { [METADATA]: meta = {}, ...rest } = z.record(z.string(), z.unknown()).catch({}).parse(json);
  const header = headerShape.safeParse(rest);
  const parsedMeta = metaShape.safeParse(meta);
  if (!header.success || !parsedMeta.success) throw badFile(file, 'has a header of another kind of file');
  return { header: header.data, meta: parsedMeta.data };
}
