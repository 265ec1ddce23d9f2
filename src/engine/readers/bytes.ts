/** Bytes of files, plain or gzipped: the start for recognising, chunks for reading. Here errors of disks get words. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { AppError, badFile } from '../../shared/errors.ts';
import type { ReadContext, Source } from './contract.ts';

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 14;
/** So much of a gzipped start is unpacked, which gives two megabytes at the very most. */
const PACKED_HEAD_BYTES = 1 << 11;
const PROGRESS_MILLISECONDS = 100;

type NamedFile = Pick<Source, 'path' | 'name'>;

export interface Head {
  readonly size: number;
  readonly raw: Buffer;
  readonly gzipped: boolean;
  /** The unpacked start where the file is gzipped, else the same as `raw`. */
  readonly content: Buffer;
}

/** The first bytes of a file, enough to tell what it is. */
export async function headOf(file: NamedFile): Promise<Head> {
  try {
    const handle = await open(file.path, 'r');
    try {
      const { size } = await handle.stat();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const raw = buffer.subarray(0, bytesRead);
      const gzipped = isGzip(raw);
      return { size, raw, gzipped, content: gzipped ? unpackedStart(raw) : raw };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileProblem(file.name, error);
  }
}

/**
 * The content of a file from its start to its end, unpacked where it is gzipped (in one piece or several).
 * Reports progress in bytes of the file as it lies on the disk.
 * @throws AppError BAD_FILE where the file cannot be read or its gzip data end early or are damaged.
 */
export async function* fileChunks(file: NamedFile, context: ReadContext): AsyncGenerator<Buffer, void> {
  const { size, gzipped } = await headOf(file);
  const bytes = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  const ignoreEnd = (): void => undefined; // errors reach the loop below through the last stream
  const stream = gzipped ? pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), ignoreEnd) : bytes;
  let reported = -Infinity;
  try {
    for await (const chunk of stream) {
      context.signal.throwIfAborted();
      if (performance.now() - reported >= PROGRESS_MILLISECONDS) {
        reported = performance.now();
        context.progress({ phase: 'read', label: `Reading ${file.name}`, done: bytes.bytesRead, of: size });
      }
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fileProblem(file.name, error);
  } finally {
    stream.destroy();
    bytes.destroy();
  }
}

/** An error of the file system or of unpacking as one sentence; all others are passed on as they are. */
export function fileProblem(name: string, error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const say = (cause: string): AppError => badFile(name, cause, { cause: error });
  if (code === 'Z_BUF_ERROR') return say('ends too early: the download or copy is incomplete');
  if (/^Z_(DATA|STREAM|NEED)/.test(code)) return say('is damaged: its packed content cannot be unpacked');
  if (code === 'ENOENT') return say('does not exist');
  if (code === 'EACCES' || code === 'EPERM') return say('cannot be opened: you may not read it');
  if (code === 'ENAMETOOLONG') return say('has a name that is too long for this computer');
  if (/^E[A-Z0-9]+$/.test(code)) return say(`cannot be read from the disk (${code})`);
  return error;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unpackedStart(raw: Buffer): Buffer {
  try {
    const packed = raw.subarray(0, PACKED_HEAD_BYTES);
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, HEAD_BYTES);
  } catch {
    return Buffer.alloc(0); // damaged from the start: whoever reads on gets the error with its words
  }
}
