/** The paths of an import: what they are called, and the sum of what is in them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badInput } from '../../shared/errors.ts';
import { makeUnique } from '../genes/names.ts';

const EXTENSION =
  /\.(csv|tsv|txt|gz|bz2|xz|h5|hdf5|h5ad|loom|rds|rdata|rda|zip|tar|tgz|mtx|counts?|sparse)$/i;
/** Names that Cell Ranger gives to every folder, so that they tell nothing. */
const COMMON =
  /^(filtered|raw)_(feature_bc|gene_bc)_matri(x|ces)(_h5)?$|^(matrix|counts|outs|hg19|hg38|grch37|grch38)$/i;
/** The folder that the server makes for an upload has a name that tells nothing either. */
const UPLOAD = /^[0-9a-f]{32}$/;
/** What is read of a folder: the files of a 10x matrix, wherever in it they are. */
const MATRIX_FILE = /(matrix\.mtx|features\.tsv|genes\.tsv|barcodes\.tsv)(\.gz)?$/i;
/** Folders within folders that are looked into; 10x puts a matrix two levels down. */
const DEPTH = 3;

/**
 * A short name for each path, used as experiment label: the file name without extensions, or the folder above where
 * the name is one that every sample has. Unique.
 * @param names What the user calls them, where something was said.
 */
export function labelsOfPaths(
  paths: readonly string[],
  names: readonly (string | undefined)[] = [],
): string[] {
  return makeUnique(paths.map((path, k) => names[k] ?? labelOf(resolve(path)))).names;
}

function labelOf(path: string): string {
  let name = basename(path);
  while (EXTENSION.test(name) && name.replace(EXTENSION, '') !== '') name = name.replace(EXTENSION, '');
  const above = dirname(path);
  const tells = basename(above) !== '' && !UPLOAD.test(basename(above));
  return COMMON.test(name) && tells ? labelOf(above) : name;
}

/** @throws AppError BAD_INPUT for a path that is given twice. */
export function checkDistinct(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths.map(p => resolve(p))) {
    if (seen.has(path)) throw badInput('files', `${basename(path)} is given twice. Give every file once.`);
    seen.add(path);
  }
}

/** SHA-256 of a file, or over the names and contents of the matrix files in a folder; hexadecimal. */
export async function sumSource(path: string, signal: AbortSignal): Promise<string> {
  if ((await stat(path)).isFile()) return sumFile(path, signal);
  const lines: string[] = [];
  for (const name of (await matrixFiles(path, '', DEPTH)).sort()) {
    lines.push(`${name} ${await sumFile(join(path, name), signal)}\n`);
  }
  return createHash('sha256').update(lines.join('')).digest('hex');
}

async function sumFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

async function matrixFiles(root: string, inside: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, inside), { withFileTypes: true })) {
    const name = join(inside, entry.name);
    if (entry.isFile() && MATRIX_FILE.test(entry.name)) found.push(name);
    if (entry.isDirectory() && depth > 0) found.push(...(await matrixFiles(root, name, depth - 1)));
  }
  return found;
}
