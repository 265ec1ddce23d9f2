/** The bundles in out/, built again whenever a source changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forget, readJson, writeJson } from './json-file.mjs';
import { withLock } from './lock.mjs';
import { modules, root } from './places.mjs';
import { run } from './processes.mjs';
import { say } from './say.mjs';

const stamp = join(root, 'out', 'built.json');
const SOURCES = ['src', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'svelte.config.js'];
const BUNDLES = ['main/index.js', 'main/engine.js', 'main/server.js', 'main/cli.js', 'preload/index.cjs'];
const RESULTS = [...BUNDLES, 'renderer/index.html'].map(name => join(root, 'out', name));

/** @throws Error with what the build said where it fails */
export async function ensureBuild(node) {
  if (isBuilt()) return;
  await withLock(async () => {
    if (isBuilt()) return;
    say('Building the app.');
    forget(stamp);
    const sources = sourceSum();
    const { ok, output } = await run(node, [
      join(modules, 'electron-vite', 'bin', 'electron-vite.js'),
      'build',
      '--logLevel=warn',
    ]);
    if (!ok) throw new Error(`${output.trim()}\nThe app could not be built (see above).`);
    writeJson(stamp, { sources });
  });
}

function isBuilt() {
  return RESULTS.every(existsSync) && readJson(stamp)?.sources === sourceSum();
}

/** One sum over names and contents of everything that the bundles are made of. */
function sourceSum() {
  const sum = createHash('sha256');
  for (const path of SOURCES.flatMap(filesOf)) {
    sum
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return sum.digest('hex');
}

function filesOf(path) {
  if (path.includes('.')) return [path];
  const entries = readdirSync(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort();
}
