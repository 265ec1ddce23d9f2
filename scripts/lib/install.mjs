/** The packages of package-lock.json, complete or installed again. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forget, readJson, writeJson } from './json-file.mjs';
import { withLock } from './lock.mjs';
import { modules, root, stamps } from './places.mjs';
import { fetchWithNpm } from './processes.mjs';
import { say } from './say.mjs';

const stamp = join(stamps, 'install.json');
const lockFile = join(root, 'package-lock.json');

/**
 * Installs what is missing. An install that was broken off, or a package that was deleted, is noticed and mended.
 * @throws Error with a next step where npm fails
 */
export async function ensureInstall() {
  if (isComplete()) return;
  await withLock(async () => {
    if (isComplete()) return;
    if (isInstalledByHand()) return writeJson(stamp, { lock: lockSum() });
    say(
      existsSync(modules)
        ? 'Installing the packages again, because they have changed or are not complete.'
        : 'Installing the packages (once, about half a minute).',
    );
    forget(stamp);
    const arguments_ = [
      'ci',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    const { ok, output } = await fetchWithNpm(arguments_);
    if (!ok) {
      throw new Error(
        `${output.trim()}\nThe packages could not be installed (npm ci failed, see above). ` +
          'Check the connection to the npm registry, then start again.',
      );
    }
    writeJson(stamp, { lock: lockSum() });
  });
}

function isComplete() {
  return readJson(stamp)?.lock === lockSum() && directDependencies().every(isThere);
}

function lockSum() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

function directDependencies() {
  const { dependencies, devDependencies } = readJson(join(root, 'package.json'));
  return Object.keys({ ...dependencies, ...devDependencies });
}

const isThere = name => existsSync(join(modules, name, 'package.json'));

/** npm leaves its own record when it has finished; it has to hold every package of the lock file. */
function isInstalledByHand() {
  const installed = readJson(join(modules, '.package-lock.json'))?.packages;
  const wanted = readJson(lockFile)?.packages;
  if (!installed || !wanted) return false;
  return (
    directDependencies().every(isThere) &&
    Object.entries(wanted).every(
      ([path, { version, optional, peer }]) =>
        path === '' || optional || peer || installed[path]?.version === version,
    )
  );
}
