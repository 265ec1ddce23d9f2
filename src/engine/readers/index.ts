/** The readers, and the one way in: from any path a user gives to counts in a sink. */
import { basename } from 'node:path';
import { stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { ReadOptions } from '../../shared/model.ts';
import type { RowSink } from '../counts/rows.ts';
import type { ReadContext, Reader, ReadResult } from './contract.ts';
import { readWith } from './read.ts';

export const readers: readonly Reader[] = [];

/** Finds the reader by content and reads. */
export async function readPath(
  path: string,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
): Promise<ReadResult> {
  const source = { path, name: basename(path), isFolder: (await stat(path)).isDirectory() };
  for (const reader of readers) {
    if (await reader.recognises(source)) return readWith(reader, source, options, sink, context);
  }
  throw new AppError('FORMAT_UNRECOGNISED', `${source.name} is in no format that is read.`, {
    file: source.name,
    reads: readers.map(reader => reader.format),
  });
}
