/** Finds the counts in a folder: the user's own, or one that an archive was unpacked into. */
import { basename, dirname, join, relative, sep } from 'node:path';
import { opendir, stat } from 'node:fs/promises';
import { AppError, badFile, badInput } from '../../shared/errors.ts';
import { fileProblem } from './bytes.ts';
import type { Source } from './contract.ts';
import { unrecognisedFormat } from './detect.ts';
import { isCompanion, matrixFiles, matrixPrefix } from './mtx-files.ts';

const DEEPEST = 5;
const MOST_FILES = 20_000;
const DATA_NAME = /\.(h5|hdf5|h5ad|loom|rds|rdata|rda|csv|tsv|tab|txt)(\.gz)?$/i;
const TABLE_NAME = /\.(csv|tsv|tab|txt)(\.gz)?$/i;
const NOT_DATA = /^(readme|licen[cs]e|changelog|manifest|filelist|md5)/i;
const ZARR = new Set(['.zgroup', '.zarray', '.zattrs', '.zmetadata', 'zarr.json']);

export interface Located {
  readonly source: Source;
  /** The name it was chosen by where there were several, else null. */
  readonly layer: string | null;
}

/**
 * The one file to read in a folder and its subfolders: a 10x matrix that lies in the folder itself, or else whatever
 * `isRead` says can be read, among several the one named by `layer` (subfolder, prefix or file name). Tables beside a
 * 10x matrix are taken for its labels.
 * @throws AppError BAD_FILE, FORMAT_UNRECOGNISED where there is none, BAD_INPUT where there are several.
 */
export async function locate(
  folder: Source,
  layer: string | undefined,
  isRead: (source: Source) => Promise<boolean>,
): Promise<Located> {
  const files = await filesIn(folder);
  if (files.length === 0) throw badFile(folder.name, 'is an empty folder');
  const matrices = matricesAmong(files);
  const own = matrices.filter(({ path }) => dirname(path) === folder.path);
  const sources = own.length > 0 ? own : [...matrices];
  if (own.length === 0) {
    for (const path of files) {
      const name = basename(path);
      if (!DATA_NAME.test(name) || NOT_DATA.test(name) || isCompanion(name)) continue;
      if (matrices.length > 0 && TABLE_NAME.test(name)) continue;
      const source = { path, name, isFolder: false };
      if (await isRead(source)) sources.push(source);
    }
  }
  if (sources.length === 0) throw nothingIn(folder, files);
  if (sources.length === 1) return { source: sources[0]!, layer: null };
  return choose(folder, sources, layer);
}

function choose(folder: Source, sources: readonly Source[], layer: string | undefined): Located {
  const named = new Map(sources.map(source => [labelOf(folder, source), source]));
  const source = layer === undefined ? undefined : named.get(layer);
  if (source && layer !== undefined) return { source, layer };
  const shown = [...named.keys()].slice(0, 8).join(', ');
  const list = named.size > 8 ? `${shown} and ${named.size - 8} more` : shown;
  const problem = layer === undefined ? `holds ${named.size} matrices` : `holds no matrix named ${layer}`;
  throw badInput('layer', `${folder.name} ${problem}: choose one of ${list} as the layer.`);
}

/** What a user would call it: "hg19" for hg19/matrix.mtx, "GSM1_lung" for GSM1_lung_matrix.mtx.gz, else the path. */
function labelOf(folder: Source, { path }: Source): string {
  const prefix = matrixPrefix(basename(path));
  const within = relative(folder.path, prefix === null ? path : dirname(path));
  const label = [within, prefix?.replace(/[_.-]+$/, '') ?? ''].filter(part => part !== '').join('/');
  return label === '' ? folder.name : label.replaceAll(sep, '/');
}

function matricesAmong(files: readonly string[]): Source[] {
  const byFolder = Map.groupBy(files, path => dirname(path));
  return [...byFolder].flatMap(([folder, paths]) =>
    matrixFiles(paths.map(path => basename(path))).map(name => ({
      path: join(folder, name),
      name,
      isFolder: false,
    })),
  );
}

function nothingIn(folder: Source, files: readonly string[]): AppError {
  if (files.some(path => ZARR.has(basename(path)))) {
    return unrecognisedFormat(
      folder.name,
      'is a Zarr folder, which is not among the formats that can be read',
    );
  }
  const without = 'the folder has no matrix.mtx or matrix.mtx.gz';
  return files.some(path => isCompanion(basename(path)))
    ? badFile(folder.name, `cannot be read: ${without}`)
    : unrecognisedFormat(
        folder.name,
        `cannot be read: ${without}, nor a file of the other formats that can be read`,
      );
}

/** All files by path, in the order of their names; hidden ones only where they say what the folder is. */
async function filesIn(folder: Source): Promise<string[]> {
  const files: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    const folders: string[] = [];
    for await (const entry of await opendir(path)) {
      const child = join(path, entry.name);
      // Chunks of a Zarr folder are no files for anyone else.
      if (ZARR.has(entry.name)) return void files.push(child);
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      // Links to files are followed, as data folders are full of them; links to folders may run in circles.
      if (entry.isDirectory()) folders.push(child);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(child)))) files.push(child);
      if (files.length > MOST_FILES) {
        throw badFile(folder.name, `holds more than ${MOST_FILES} files: choose the folder of one data set`);
      }
    }
    if (depth < DEEPEST) for (const child of folders) await visit(child, depth + 1);
  };
  try {
    await visit(folder.path, 0);
  } catch (error) {
    throw fileProblem(folder.name, error);
  }
  return files.sort();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}
