/**
 * Called by electron-builder before it signs: lays the engine, its workers, and what they read beside the archive. They
 * cannot be named as extra resources, which would take them out of the archive, where the window's process needs some.
 */
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../places.mjs';

/** Started by Node, or by Electron itself from the archive. */
const NOT_OF_THE_ENGINE = ['cli.js', 'index.js', 'server.js'];
/** Of the icons only the window's own is read at run time. */
const WINDOW_ICON = '256x256.png';

export default function afterPack({ appOutDir, packager }) {
  const beside = join(packager.getResourcesDir(appOutDir), 'app.asar.unpacked');
  // Says that the bundles are modules, and where the app's folder is.
  cpSync(join(root, 'package.json'), join(beside, 'package.json'));
  cpSync(join(root, 'out', 'main'), join(beside, 'out', 'main'), {
    recursive: true,
    filter: source => !NOT_OF_THE_ENGINE.includes(basename(source)),
  });
  cpSync(join(root, 'resources'), join(beside, 'resources'), {
    recursive: true,
    filter: source => basename(source) !== 'icons',
  });
  cpSync(
    join(root, 'resources', 'icons', 'png', WINDOW_ICON),
    join(beside, 'resources', 'icons', 'png', WINDOW_ICON),
  );
}
