/** Electron's program, which is no part of its package: fetched once, and not asked for again where that failed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forget, readJson, writeJson } from './json-file.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, modules } from './places.mjs';
import { run } from './processes.mjs';
import { say } from './say.mjs';

const folder = join(modules, 'electron');
const TIME_LIMIT_MS = 10 * 60_000;

/** Path of the program, or null where it has not been fetched. */
export function findElectron() {
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** Path of the program, fetched where it is missing; null where it cannot be had. */
export async function ensureElectron(node, { retry = false } = {}) {
  const program = findElectron();
  if (program !== null) return program;
  const { version } = readJson(join(folder, 'package.json'));
  const memory = join(cacheFolder(), 'electron-not-available.json');
  if (retry) forget(memory);
  else if (readJson(memory)?.version === version) return null;
  return withLock(async () => {
    if (findElectron() !== null) return findElectron();
    say('Fetching Electron, the window of the desktop app (about 120 MB, once).');
    const { ok } = await run(node, [join(folder, 'install.js')], { timeLimit: TIME_LIMIT_MS });
    if (ok && findElectron() !== null) return findElectron();
    writeJson(memory, { version, when: new Date().toISOString() });
    say(
      'Electron could not be fetched; a browser shows the app instead. To try again: npm run f910 -- doctor --repair',
    );
    return null;
  });
}
