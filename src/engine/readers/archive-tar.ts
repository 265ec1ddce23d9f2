/** Unpacks a tar file, gzipped or not; links, devices and the like are passed over. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Extract } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { UnpackGuard } from './archive-guard.ts';
import { fileChunks } from './bytes.ts';
import type { ReadContext, Source } from './contract.ts';

/** @throws AppError BAD_FILE, or a plain error of the tar library where the file is damaged. */
export async function unpackTar(archive: Source, guard: UnpackGuard, context: ReadContext): Promise<void> {
  const members = extract();
  const feeding = pipeline(Readable.from(fileChunks(archive, context)), members);
  const writing = writeMembers(members, guard);
  const ends = await Promise.allSettled([writing, feeding]);
  // Where both fail, one tore down the other: the error that has words is the cause.
  const failures = ends.filter(end => end.status === 'rejected').map((end): unknown => end.reason);
  if (failures.length > 0) throw failures.find(failure => failure instanceof AppError) ?? failures[0];
}

async function writeMembers(members: Extract, guard: UnpackGuard): Promise<void> {
  for await (const member of members) {
    const { name, type, size } = member.header;
    const isFile = type === 'file' || type === 'contiguous-file';
    if (isFile && !guard.isLitter(name)) {
      guard.expect(size);
      const to = await guard.place(name);
      // Streams of this library can be iterated, though its types do not say so.
      const chunks = member as unknown as AsyncIterable<Buffer>;
      await pipeline(guard.watch(chunks), createWriteStream(to, { flags: 'wx' }));
    } else {
      member.resume();
    }
  }
}
