/** The readers, and the one way in: from any path a user gives to counts in a sink. */
import { basename, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { AppError, badFile } from '../../shared/errors.ts';
import type { ReadOptions } from '../../shared/model.ts';
import type { RowSink } from '../counts/rows.ts';
import { withUnpacked } from './archive.ts';
import { fileChunks, fileProblem, headOf, type Head } from './bytes.ts';
import type { ReadContext, Reader, ReadResult, Source } from './contract.ts';
import { packingOf, unrecognised, type Packing } from './detect.ts';
import { anndataReader, loomReader, tenxH5Reader } from './hdf5/index.ts';
import { locate } from './locate.ts';
import { isCompanion } from './mtx-files.ts';
import { mtxReader } from './mtx.ts';
import { cancellable, checkOptions, readWith } from './read.ts';
import { rdataReader, rdsReader } from './r/index.ts';
import { tableReader } from './table.ts';

/** In the order they are asked: binary formats know themselves for certain, tables are whatever text is left. */
export const readers: readonly Reader[] = [
  mtxReader,
  tenxH5Reader,
  loomReader,
  anndataReader,
  rdsReader,
  rdataReader,
  tableReader,
];

/**
 * Reads a file, a folder, or an archive with one of them inside; the reader is found by content.
 * @throws AppError BAD_INPUT for options that cannot be used and where several matrices are there to choose from,
 *   BAD_FILE and FORMAT_UNRECOGNISED with one sentence on the file, NO_ROOM, CANCELLED once the signal fired.
 *   The sink may have received cells before.
 */
export async function readPath(
  path: string,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
): Promise<ReadResult> {
  checkOptions(options);
  const name = basename(resolve(path));
  return cancellable(name, context.signal, async () => {
    const found = await stat(path).catch((error: unknown) => {
      throw fileProblem(name, error);
    });
    const source = { path, name, isFolder: found.isDirectory() };
    if (source.isFolder) return readFolder(source, options, sink, context, 0);
    // A pipe or a device would never end.
    if (!found.isFile()) throw badFile(name, 'is neither a file nor a folder');
    return readFile(source, options, sink, context, 0);
  });
}

async function readFolder(
  folder: Source,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
  depth: number,
): Promise<ReadResult> {
  const { source, layer } = await locate(folder, options.layer, async candidate => {
    context.signal.throwIfAborted();
    const packing = packingAt(depth, await headOf(candidate));
    return packing === 'gzip' || (await readerOf(candidate)) !== undefined;
  });
  if (layer === null) return readFile(source, options, sink, context, depth);
  const { layer: _, ...others } = options;
  const result = await readFile(source, others, sink, context, depth);
  return { ...result, layer: result.layer === null ? layer : `${layer}, ${result.layer}` };
}

async function readFile(
  source: Source,
  options: ReadOptions,
  sink: RowSink,
  context: ReadContext,
  depth: number,
): Promise<ReadResult> {
  const head = await headOf(source);
  if (head.size === 0) throw badFile(source.name, 'is empty');
  if (head.gzipped && head.content.length === 0) await refuseUnpackable(source, context);
  const packing = packingAt(depth, head);
  if (packing !== null) {
    return withUnpacked(source, packing, head.size, context, folder =>
      readFolder(folder, options, sink, context, depth + 1).catch((error: unknown) => {
        throw inArchive(source.name, error);
      }),
    );
  }
  if (isCompanion(source.name)) {
    throw badFile(
      source.name,
      'is one of the three files of a 10x matrix: choose the folder that holds them',
    );
  }
  const reader = await readerOf(source);
  if (!reader) throw unrecognised(source.name, head);
  return readWith(reader, source, options, sink, context);
}

/** Nothing came out of the start of a gzipped file: unpacking it says why. */
async function refuseUnpackable(source: Source, context: ReadContext): Promise<void> {
  let bytes = 0;
  for await (const chunk of fileChunks(source, context)) bytes += chunk.length;
  if (bytes === 0) throw badFile(source.name, 'is empty');
}

/** Archives within archives are not followed, but for single gzipped files as they lie in the archives of GEO. */
function packingAt(depth: number, head: Head): Packing | null {
  const packing = packingOf(head);
  return depth === 0 || (depth === 1 && packing === 'gzip') ? packing : null;
}

async function readerOf(source: Source): Promise<Reader | undefined> {
  for (const reader of readers) if (await reader.recognises(source)) return reader;
  return undefined;
}

/** Says which archive a file is in, unless it is the archive itself that is spoken of. */
function inArchive(archive: string, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'BAD_FILE') return error;
  const { file, cause } = (error as AppError<'BAD_FILE'>).facts;
  return file === archive ? error : badFile(`${file} in ${archive}`, cause, { cause: error });
}
