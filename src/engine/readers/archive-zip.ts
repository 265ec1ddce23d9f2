/** Unpacks a zip file member by member, with sizes and checksums verified. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { badFile } from '../../shared/errors.ts';
import type { UnpackGuard } from './archive-guard.ts';
import type { ReadContext, Source } from './contract.ts';

/** File type bits of Unix modes, which zip keeps in the upper half of the external attributes. */
const TYPE_MASK = 0xf000;
const SYMBOLIC_LINK = 0xa000;

/** @throws AppError BAD_FILE, or a plain error of the zip library where the file is damaged. */
export async function unpackZip(archive: Source, guard: UnpackGuard, context: ReadContext): Promise<void> {
  const zip = await openPromise(archive.path, { strictFileNames: false });
  let done = 0;
  for await (const entry of zip.eachEntry()) {
    context.signal.throwIfAborted();
    const name = entry.fileName;
    context.progress({
      phase: 'unpack',
      label: `Unpacking ${archive.name}`,
      done: done++,
      of: zip.entryCount,
    });
    if (name.startsWith('xl/')) {
      throw badFile(archive.name, 'is an Excel workbook: save its sheet as CSV and choose that');
    }
    if (name.endsWith('/') || guard.isLitter(name) || isLink(entry)) continue;
    if (entry.isEncrypted()) throw badFile(archive.name, 'is protected by a password: unpack it first');
    if (!entry.canDecodeFileData()) {
      throw badFile(archive.name, 'is packed by a method that is not read: unpack it first');
    }
    await unpackMember(zip, entry, archive.name, guard, context.signal);
  }
}

async function unpackMember(
  zip: ZipFile,
  entry: Entry,
  archive: string,
  guard: UnpackGuard,
  signal: AbortSignal,
): Promise<void> {
  guard.expect(entry.uncompressedSize);
  const to = await guard.place(entry.fileName);
  const stream = await zip.openReadStreamPromise(entry);
  let sum = 0;
  const checked = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of guard.watch(chunks)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  };
  await pipeline(stream, checked, createWriteStream(to, { flags: 'wx' }), { signal });
  if (sum !== entry.crc32) throw badFile(archive, 'is damaged: the checksum of a file in it is wrong');
}

function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & TYPE_MASK) === SYMBOLIC_LINK;
}
