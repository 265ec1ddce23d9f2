/** What a package holds: laid out by electron-builder, around Electron or around a dummy of it, and listed. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { modules, root } from '../places.mjs';
import { readJson } from '../json-file.mjs';
import { say } from '../say.mjs';

const require = createRequire(import.meta.url);

/**
 * @param {{ output: string, dummy: boolean, installers: boolean }} what dummy: without Electron's program and fuses
 * @returns {Promise<string | null>} the folder with the app's resources; null where installers were made
 */
export async function layOut({ output, dummy, installers }) {
  const { build, Platform } = require('electron-builder');
  const config = { directories: { output } };
  if (dummy) {
    rmSync(output, { recursive: true, force: true });
    // Fuses are bits in Electron's own program; a dummy has none.
    Object.assign(config, {
      electronDist: dummyElectron(join(output, 'dummy-electron')),
      electronFuses: null,
    });
  }
  // A deb names where its project lives.
  const homepage = process.env.F910_HOMEPAGE;
  if (homepage) config.extraMetadata = { homepage };
  else if (installers && process.platform === 'linux') say('Without F910_HOMEPAGE no deb is made.');
  const withoutDeb = process.platform === 'linux' && !homepage ? ['AppImage'] : [];
  await build({
    projectDir: root,
    targets: Platform.current().createTarget(installers ? withoutDeb : 'dir'),
    config,
    publish: 'never',
  });
  return installers ? null : resourcesIn(output);
}

/** As much of an unpacked Electron as electron-builder asks for. */
function dummyElectron(folder) {
  mkdirSync(folder, { recursive: true });
  const { version } = readJson(join(modules, 'electron', 'package.json'));
  const program = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  for (const path of [program, join(folder, 'chrome_crashpad_handler')]) {
    writeFileSync(path, '');
    chmodSync(path, 0o755);
  }
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'version'), version);
  return folder;
}

function resourcesIn(output) {
  const unpacked = readdirSync(output).filter(name => name.endsWith('-unpacked') || name.startsWith('mac'));
  const [folder] = unpacked.flatMap(name => resourcesOf(join(output, name)));
  if (folder === undefined) throw new Error(`electron-builder left no app in ${output}.`);
  return folder;
}

function resourcesOf(folder) {
  const apps = readdirSync(folder).filter(name => name.endsWith('.app'));
  const places = [join(folder, 'resources'), ...apps.map(app => join(folder, app, 'Contents', 'Resources'))];
  return places.filter(place => existsSync(join(place, 'app.asar')));
}

/**
 * Files of a package by their path in the app, with / between folders.
 * @returns {{ packed: { path: string, size: number }[], unpacked: { path: string, size: number }[] }}
 */
export function contentsOf(resources) {
  const asar = require('@electron/asar');
  const archive = join(resources, 'app.asar');
  const packed = asar
    .listPackage(archive, { isPack: false })
    .map(name => name.slice(1))
    .map(name => ({ path: name.split(sep).join('/'), stat: asar.statFile(archive, name, false) }))
    .filter(({ stat }) => !('files' in stat) && !stat.unpacked)
    .map(({ path, stat }) => ({ path, size: stat.size ?? 0 }));
  const folder = `${archive}.unpacked`;
  const unpacked = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => ({ path: relative(folder, path).split(sep).join('/'), size: lstatSync(path).size }));
  return { packed, unpacked };
}
