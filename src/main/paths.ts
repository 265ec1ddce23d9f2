/** Where things are: the app's own folder, the user's data, and the entries of processes and workers. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import type { EngineEnvironment } from '../engine/environment.ts';
import { startTrainer } from './host/trainer-process.ts';

/** Name of the app among all apps, as in electron-builder.yml. */
export const APP_ID = 'studio.f910.desktop';

/** Version of the app, as in package.json. */
export function appVersion(): string {
  return manifest.version;
}

/**
 * Folder of the workspace: `F910_WORKSPACE`, else a folder of the user's own data. The window, the browser and the
 * terminal share it, so that a run started in one is seen in the others.
 */
export function defaultWorkspace(): string {
  const chosen = process.env['F910_WORKSPACE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', manifest.productName);
  if (process.platform === 'win32') {
    return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), manifest.productName);
  }
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), manifest.name);
}

/** The app's folder (a checkout, or the root of the package), found upwards from any of its files. */
export function appFolder(entryUrl: string): string {
  let folder = dirname(fileURLToPath(entryUrl));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${entryUrl}.`);
    folder = parent;
  }
  return folder;
}

/** File of an entry of src/main: TypeScript where the asking file runs from the sources, else the built bundle. */
export function entryFile(name: string, entryUrl: string): string {
  return entryUrl.endsWith('.ts')
    ? join(appFolder(entryUrl), 'src', 'main', `${name}.ts`)
    : join(unpacked(appFolder(entryUrl)), 'out', 'main', `${name}.js`);
}

/**
 * In a package the window's own process lies in an archive; the engine, its workers, and all that they read lie in the
 * folder beside it, because addons, WebAssembly and threads want files as Node knows them.
 */
export function unpacked(folder: string): string {
  return folder.replace(/([\\/]app\.asar)(?=$|[\\/])/, '$1.unpacked');
}

/** True where the file behind `entryUrl` is the program that Node was started with. */
export function isProgram(entryUrl: string): boolean {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(entryUrl);
}

/** What the engine is told. `entryUrl` is the `import.meta.url` of the file that starts it. */
export function environmentFor({
  workspace,
  entryUrl,
}: {
  workspace: string;
  entryUrl: string;
}): EngineEnvironment {
  return {
    appVersion: appVersion(),
    workspace: resolve(workspace),
    resources: join(appFolder(entryUrl), 'resources'),
    worker: name => pathToFileURL(entryFile(name, entryUrl)),
    trainer: () => startTrainer(entryFile('trainer', entryUrl)),
  };
}
