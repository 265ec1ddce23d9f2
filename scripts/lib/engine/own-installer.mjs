/**
 * tfjs-node's own installer: downloads TensorFlow's library and a prebuilt addon from their makers, beyond the npm
 * registry. It rewrites its package while it works, so it runs in a copy that is thrown away.
 */
import { cp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { modules } from '../places.mjs';
import { run } from '../processes.mjs';
import { lay } from './files.mjs';

/** Enough for 100 MB over a slow line. */
const TIME_LIMIT_MS = 15 * 60_000;

/** Fills `target` with deps and lib. @returns {Promise<string | null>} why it failed, or null */
export async function fetchWithOwnInstaller(node, target) {
  const original = join(modules, '@tensorflow', 'tfjs-node');
  // Beside the original, so that it finds its own dependencies.
  const copy = join(modules, '@tensorflow', '.tfjs-node-installer');
  try {
    await rm(copy, { recursive: true, force: true });
    await cp(original, copy, {
      recursive: true,
      filter: source => !['deps', 'lib'].some(part => source === join(original, part)),
    });
    const { ok, output, timedOut } = await run(node, [join(copy, 'scripts', 'install.js')], {
      cwd: copy,
      timeLimit: TIME_LIMIT_MS,
      env: { PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}` },
    });
    if (timedOut) return 'it took longer than 15 minutes';
    if (!ok) return reasonIn(output);
    await lay(copy, target);
    return null;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The line that names the error. */
function reasonIn(output) {
  const lines = output.split('\n').map(line => line.trim());
  return lines.find(line => /Error|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN/.test(line)) ?? 'it failed';
}
