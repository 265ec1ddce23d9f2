/**
 * The native engine from the npm registry alone, for Linux on x64 where nothing else can be reached: the package
 * tfjs-node-lambda-releases carries TensorFlow 1.15 and an addon that tfjs-node 4.22 works with.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { fetchWithNpm } from '../processes.mjs';
import { staysInside } from './files.mjs';

export const PACKAGE = {
  name: 'tfjs-node-lambda-releases',
  version: '1.6.1',
  integrity:
    'sha512-D275PZpxsKenTuiPnvIE5T+D5JrT4aU9M3EDCedBQKlP0hUB7011Yzg8CAJ6MBIog9Lq90aaEair4yrBBlk61w==',
  megabytes: 195,
  unpackedMegabytes: 250,
};
const ARCHIVE = 'package/nodejs12.x-tf2.7.0.br';
const INSIDE = 'node_modules/@tensorflow/tfjs-node/';
/** Where a part of the archive goes; what is not named is left out. */
const PLACES = [
  [/^deps\/(?:LICENSE|THIRD_PARTY_TF_C_LICENSES)$/, name => name],
  [/^deps\/lib\/[^/]+$/, name => name],
  [/^lib\/napi-v6\/tfjs_binding\.node$/, () => 'lib/napi-v8/tfjs_binding.node'],
];
const TIME_LIMIT_MS = 15 * 60_000;

/** True on Linux x64 with the GNU C library, for which the package is made. */
export function isForThisMachine() {
  const { glibcVersionRuntime } = process.report.getReport().header;
  return process.platform === 'linux' && process.arch === 'x64' && glibcVersionRuntime !== undefined;
}

/** Fills `target` with deps and lib. @returns {Promise<string | null>} why it failed, or null */
export async function fetchFromNpm(target) {
  const { name, version, integrity } = PACKAGE;
  const pack = ['pack', `${name}@${version}`, '--pack-destination', target, '--loglevel=error'];
  const { ok, output, timedOut } = await fetchWithNpm(pack, { timeLimit: TIME_LIMIT_MS });
  if (timedOut) return 'it took longer than 15 minutes';
  if (!ok) return output.split('\n').find(line => line.includes('error')) ?? 'npm pack failed';
  const file = (await readdir(target)).find(entry => entry.endsWith('.tgz'));
  if (file === undefined) return 'npm pack left no file';
  if ((await integrityOf(join(target, file))) !== integrity)
    return 'the package is not the one that is expected';
  await unpack(join(target, file), target);
  return null;
}

async function integrityOf(path) {
  const sum = createHash('sha512');
  await pipeline(createReadStream(path), sum);
  return `sha512-${sum.digest('base64')}`;
}

/** Package (tar.gz) in which a brotli-packed tar lies, in which tfjs-node lies. */
async function unpack(file, target) {
  const { extract } = createRequire(import.meta.url)('tar-stream');
  const outer = extract();
  const read = pipeline(createReadStream(file), createGunzip(), outer);
  for await (const entry of outer) {
    if (entry.header.name === ARCHIVE) {
      const inner = extract();
      const unpacked = pipeline(entry, createBrotliDecompress(), inner);
      for await (const part of inner) await unpackPart(part, target);
      await unpacked;
    } else entry.resume();
  }
  await read;
}

async function unpackPart(entry, target) {
  const { type, name, linkname } = entry.header;
  const place = placeOf(name);
  if (place === null) return void entry.resume();
  const path = join(target, place);
  await mkdir(dirname(path), { recursive: true });
  if (type === 'file') await pipeline(entry, createWriteStream(path, { mode: 0o755 }));
  else if (type === 'symlink' && staysInside(place, linkname)) {
    entry.resume();
    await symlink(linkname, path);
  } else throw new Error(`${name} is neither a file nor a link inside the package.`);
}

function placeOf(name) {
  const below = name.startsWith(INSIDE) && !name.endsWith('/') ? name.slice(INSIDE.length) : '';
  for (const [pattern, place] of PLACES)
    if (pattern.test(below)) return normalize(place(below)).replaceAll('/', sep);
  return null;
}
