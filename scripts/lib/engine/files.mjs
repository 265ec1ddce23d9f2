/**
 * The files of a native engine, as they lie in the user's cache and in node_modules: what there is, whether it is
 * whole, and how it gets from one place to the other without a moment in which half of it would be taken for all.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a native engine consists of, below the folder of tfjs-node. */
export const PARTS = ['deps', 'lib'];

/** Files and links below the parts of `folder`, in order: path, size, time, and the target of a link. */
export async function listFiles(folder) {
  const files = [];
  for (const part of PARTS) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of entries) {
      if (entry.isDirectory()) continue;
      const path = join(entry.parentPath ?? entry.path, entry.name);
      files.push(await describe(folder, relative(folder, path)));
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** True where every file is as it was when it was listed. */
export async function areUnchanged(folder, files) {
  const now = await Promise.all(files.map(({ path }) => describe(folder, path).catch(() => null)));
  return files.every((file, k) => JSON.stringify(file) === JSON.stringify(now[k]));
}

async function describe(folder, path) {
  const found = await lstat(join(folder, path));
  const target = found.isSymbolicLink() ? { target: await readlink(join(folder, path)) } : {};
  return { path, size: found.size, mtimeMs: found.mtimeMs, ...target };
}

/** The list with a SHA-256 sum of each file, for a cache that outlives what made it. */
export async function withSums(folder, files) {
  const listed = [];
  for (const file of files) {
    const sha256 = file.target === undefined ? await sumOf(join(folder, file.path)) : undefined;
    listed.push({ ...file, sha256 });
  }
  return listed;
}

/** True where every listed file has its content. */
export async function haveSums(folder, files) {
  const found = new Map((await listFiles(folder)).map(file => [file.path, file]));
  for (const { path, size, target, sha256 } of files) {
    const file = found.get(path);
    if (file?.size !== size || file.target !== target) return false;
    if (target === undefined && (await sumOf(join(folder, path))) !== sha256) return false;
  }
  return true;
}

async function sumOf(path) {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}

/**
 * Puts the parts of `from` in the place of those of `to`: hard links where the disk allows, copies elsewhere. One at a
 * time, under the set-up's lock; what an earlier attempt left half-made is removed.
 */
export async function lay(from, to) {
  const beside = join(dirname(to), '.engine-being-laid');
  await rm(beside, { recursive: true, force: true });
  for (const { path, target } of await listFiles(from)) {
    const place = join(beside, path);
    await mkdir(dirname(place), { recursive: true });
    if (target === undefined)
      await link(join(from, path), place).catch(() => copyFile(join(from, path), place));
    else if (staysInside(path, target)) await symlink(target, place);
    else await copyFile(join(from, path), place);
  }
  for (const part of PARTS) {
    await rm(join(to, part), { recursive: true, force: true });
    await rename(join(beside, part), join(to, part));
  }
  await rm(beside, { recursive: true, force: true });
}

/** True for a relative link, read from `path`, that leads to another file of the engine. */
export function staysInside(path, target) {
  const [part] = path.split(sep);
  const end = normalize(join(dirname(path), target));
  return !isAbsolute(target) && end.startsWith(part + sep);
}
