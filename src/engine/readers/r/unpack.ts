/** R files are packed with gzip, bzip2, xz, Zstandard or not at all; here they are unpacked, up to what memory holds. */
import { createReadStream } from 'node:fs';
import { totalmem } from 'node:os';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import * as xzPackage from 'xz-decompress';
import { AppError, badFile } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/model.ts';
import { fileProblem } from '../bytes.ts';
import type { Source } from '../contract.ts';
import { unpackBzip2 } from './bzip2.ts';
import { Segments } from './segments.ts';

// The package is CommonJS, whose exports Node hands over as one default; its types do not say so.
const { XzReadableStream } = (xzPackage as unknown as { default: typeof xzPackage }).default;

export type RPacking = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'none';

const CHUNK_BYTES = 1 << 20;
/** Share of the computer's memory that an unpacked file may take. */
const MEMORY_SHARE = 0.6;

export function rPackingOf(start: Uint8Array): RPacking {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, k) => start[k] === byte);
  if (begins(0x1f, 0x8b)) return 'gzip';
  if (begins(0x42, 0x5a, 0x68)) return 'bzip2';
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return 'xz';
  return begins(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : 'none';
}

/**
 * @param looksRight asked once, with the first bytes: a file that is no R file is given up at once
 * @returns the unpacked bytes, as far as `most` where that is given
 * @throws AppError BAD_FILE where the packed data are damaged, end early, or unpack to more than memory holds
 */
export async function unpack(
  source: Source,
  packing: RPacking,
  {
    most = Infinity,
    progress,
  }: { readonly most?: number; readonly progress?: (value: Progress) => void } = {},
): Promise<Segments> {
  const { path, name } = source;
  const limit = totalmem() * MEMORY_SHARE;
  const out = new Segments();
  const report = (): void => {
    if (out.length > limit) {
      const size = Math.round(limit / 2 ** 30);
      throw badFile(name, `unpacks to more than ${size} GB, which is more than this computer can hold`);
    }
    progress?.({ phase: 'unpack', label: `Unpacking ${name}`, done: out.length, of: 0 });
  };
  try {
    if (packing === 'bzip2') {
      unpackBzip2(path, out, most, report);
      return out;
    }
    const stream = streamOf(path, packing);
    for await (const chunk of stream) {
      out.append(chunk);
      report();
      if (out.length >= most) break;
    }
    return out;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const known = fileProblem(name, error);
    if (known instanceof AppError) throw known;
    const cause = 'ends too early or is damaged: its packed content cannot be unpacked';
    throw badFile(name, cause, { cause: error });
  }
}

function streamOf(path: string, packing: Exclude<RPacking, 'bzip2'>): AsyncIterable<Uint8Array> {
  const bytes = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  switch (packing) {
    case 'none':
      return bytes as AsyncIterable<Buffer>;
    case 'xz':
      return new XzReadableStream(Readable.toWeb(bytes) as ReadableStream<Uint8Array>);
    default: {
      const unpacker =
        packing === 'gzip'
          ? createGunzip({ chunkSize: CHUNK_BYTES })
          : createZstdDecompress({ chunkSize: CHUNK_BYTES });
      bytes.on('error', error => unpacker.destroy(error));
      return bytes.pipe(unpacker) as AsyncIterable<Buffer>;
    }
  }
}
