/** Zip, tar, tar.gz and gzipped binary files: unpacked into a private folder that is gone when reading has ended. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, badFile } from '../../shared/errors.ts';
import { noRoom, UnpackGuard } from './archive-guard.ts';
import { unpackTar } from './archive-tar.ts';
import { unpackZip } from './archive-zip.ts';
import { fileChunks, fileProblem } from './bytes.ts';
import type { ReadContext, Source } from './contract.ts';
import type { Packing } from './detect.ts';

/**
 * Calls `use` with the folder that holds the content of an archive, and removes the folder afterwards.
 * @throws AppError BAD_FILE for damaged, hostile or empty archives, NO_ROOM where the disk is too small.
 */
export async function withUnpacked<T>(
  archive: Source,
  packing: Packing,
  packedBytes: number,
  context: ReadContext,
  use: (folder: Source) => Promise<T>,
): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'f910-unpack-'));
  try {
    const guard = new UnpackGuard(archive.name, path, packedBytes, await freeBytes(path));
    try {
      if (packing === 'zip') await unpackZip(archive, guard, context);
      else if (packing === 'tar') await unpackTar(archive, guard, context);
      else await unpackGzip(archive, guard, context);
    } catch (error) {
      throw unpackProblem(archive.name, error, packedBytes, context.signal);
    }
    if (guard.files === 0) throw badFile(archive.name, 'is an archive without a file in it');
    return await use({ path, name: archive.name, isFolder: true });
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function unpackGzip(archive: Source, guard: UnpackGuard, context: ReadContext): Promise<void> {
  const to = await guard.place(archive.name.replace(/\.gz$/i, ''));
  await pipeline(guard.watch(fileChunks(archive, context)), createWriteStream(to, { flags: 'wx' }));
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** The libraries for archives throw plain errors; whatever they find wrong is the file's fault. */
function unpackProblem(name: string, error: unknown, packedBytes: number, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return noRoom(name, packedBytes, 0);
  if (code === 'EEXIST' || code === 'EISDIR') {
    return badFile(name, 'holds two files of the same name', { cause: error });
  }
  const known = fileProblem(name, error);
  if (known instanceof AppError) return known;
  return badFile(name, 'is damaged or incomplete: it cannot be unpacked', { cause: error });
}
