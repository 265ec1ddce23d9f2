/**
 * The native engine: recognised, laid from the user's cache, or fetched once. Where none can be had the app computes
 * with WebAssembly, which is slower; the reason is remembered, so that not every start tries again.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forget, readJson, writeJson } from '../json-file.mjs';
import { withLock } from '../lock.mjs';
import { cacheFolder, modules, stamps } from '../places.mjs';
import { run } from '../processes.mjs';
import { say } from '../say.mjs';
import { areUnchanged, haveSums, lay, listFiles, withSums } from './files.mjs';
import { fetchFromNpm, isForThisMachine, PACKAGE } from './npm-package.mjs';
import { fetchWithOwnInstaller } from './own-installer.mjs';

const stamp = join(stamps, 'engine.json');
const folder = join(modules, '@tensorflow', 'tfjs-node');
const probe = fileURLToPath(new URL('probe.mjs', import.meta.url));
const PROBE_LIMIT_MS = 120_000;

/**
 * @param {string} node program of Node 24
 * @param {{ retry?: boolean }} options retry: try again what an earlier set-up gave up
 * @returns {Promise<{ native: boolean, why: string }>} why: the reason for WebAssembly, or empty
 */
export async function ensureEngine(node, { retry = false } = {}) {
  if (process.env.F910_ENGINE === 'wasm') return { native: false, why: 'F910_ENGINE is wasm' };
  if (await isReady()) return { native: true, why: '' };
  const memory = join(cacheFolder(), 'engine-not-available.json');
  if (retry) forget(memory);
  else {
    const remembered = readJson(memory);
    if (remembered?.engine === engineName()) return { native: false, why: remembered.why };
  }
  return withLock(async () => {
    if ((await isReady()) || (await isLaidAndRuns(node)) || (await layFromCache(node))) {
      return { native: true, why: '' };
    }
    const why = await fetchEngine(node);
    if (why === null) return { native: true, why: '' };
    writeJson(memory, { engine: engineName(), why, when: new Date().toISOString() });
    say(`F910 Studio will compute with WebAssembly, which is slower (${why}).`);
    say('To try again: npm run f910 -- doctor --repair');
    return { native: false, why };
  });
}

function engineName() {
  const { version } = readJson(join(folder, 'package.json'));
  return `tfjs-node-${version}-${process.platform}-${process.arch}`;
}

/** Checked before, and no file has changed since. */
async function isReady() {
  const known = readJson(stamp);
  return known?.engine === engineName() && (await areUnchanged(folder, known.files));
}

/** Something lies there whose check is missing or out of date. */
async function isLaidAndRuns(node) {
  if ((await listFiles(folder)).length === 0) return false;
  say('Checking the native compute engine.');
  const failure = await check(node);
  if (failure !== null) say('It does not run, so it is set up again.');
  return failure === null;
}

/** Runs the engine that lies in node_modules, and keeps the result. @returns why it does not run, or null */
async function check(node) {
  const { ok, output } = await run(node, [probe], {
    timeLimit: PROBE_LIMIT_MS,
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const tensorflow = /^tensorflow (\S+)$/m.exec(output)?.[1];
  if (!ok || tensorflow === undefined)
    return (
      output
        .trim()
        .split('\n')
        .find(line => /rror/.test(line)) ?? 'it crashed'
    );
  writeJson(stamp, { engine: engineName(), tensorflow, files: await listFiles(folder) });
  return null;
}

async function layFromCache(node) {
  const cached = join(cacheFolder(), 'engine', engineName());
  const files = readJson(join(cached, 'files.json'));
  if (files === null) return false;
  if (!(await haveSums(cached, files))) {
    say('The stored copy of the native compute engine is damaged and is fetched again.');
    await rm(cached, { recursive: true, force: true });
    return false;
  }
  await lay(cached, folder);
  return (await check(node)) === null;
}

/** @returns {Promise<string | null>} why there is none, or null */
async function fetchEngine(node) {
  const cache = join(cacheFolder(), 'engine');
  const staging = join(cache, '.staging');
  // What an earlier fetch left when it was ended.
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  try {
    const reasons = [];
    for (const { words, fetch } of ways(node, staging)) {
      say(words);
      const reason = await fetch().catch(error => error.message);
      if (reason === null) {
        await store(staging, cache);
        if (await layFromCache(node)) return null;
        reasons.push('what was fetched does not run on this machine');
      } else reasons.push(reason);
      say(`That did not work: ${reasons.at(-1)}.`);
    }
    return reasons.at(-1);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function ways(node, staging) {
  const { megabytes, unpackedMegabytes } = PACKAGE;
  const own = {
    words:
      'Fetching the native compute engine (TensorFlow, about 100 MB, once) with the installer of tfjs-node: ' +
      'training is many times faster with it.',
    fetch: () => fetchWithOwnInstaller(node, staging),
  };
  const packed = {
    words:
      `Fetching the native compute engine from the npm registry instead: ${megabytes} MB, once; ` +
      `${unpackedMegabytes} MB are kept in ${cacheFolder()}.`,
    fetch: () => fetchFromNpm(staging),
  };
  return isForThisMachine() ? [own, packed] : [own];
}

/** Moves what was fetched to its place in the cache, with sums, in one step. */
async function store(staging, cache) {
  const place = join(cache, engineName());
  const fresh = `${staging}-whole`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await lay(staging, fresh);
  writeJson(join(fresh, 'files.json'), await withSums(fresh, await listFiles(fresh)));
  await rm(place, { recursive: true, force: true });
  await rename(fresh, place);
}
