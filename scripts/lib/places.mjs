/** Folders that the scripts work with. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const modules = join(root, 'node_modules');
/** What the set-up remembers of this checkout; goes with node_modules. */
export const stamps = join(modules, '.f910');

/** The user's cache, shared by all checkouts; inside node_modules where the user has none that can be written. */
export function cacheFolder() {
  const folder = join(userCache(), 'f910-studio');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    const own = join(stamps, 'cache');
    mkdirSync(own, { recursive: true });
    return own;
  }
}

function userCache() {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}
