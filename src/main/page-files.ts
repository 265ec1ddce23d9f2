/** The files of the built interface. Only what was found when the app started is served, so no path can lead elsewhere. */
import { readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly path: string;
  readonly type: string;
  /** The name carries a hash of the content, so it may be kept. */
  readonly immutable: boolean;
}

/**
 * Files by their path in an address, `/` being the page itself.
 * @throws Error with a next step where the interface has not been built.
 */
export function pageFiles(folder: string): ReadonlyMap<string, PageFile> {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new Error(`The interface is not built (${folder} is missing): npm run build makes it.`, {
      cause: error,
    });
  }
  const files = new Map<string, PageFile>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    files.set(address, { path, type, immutable: address.startsWith('/assets/') });
  }
  const page = files.get('/index.html');
  if (page) files.set('/', page);
  return files;
}
