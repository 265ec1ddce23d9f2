/**
 * `npm run package`: builds the app and its installers for this system with electron-builder (docs/packaging.md).
 * `--dir` leaves out the installers. `--check` needs no Electron: it puts a dummy in its place, lays out what would be
 * packaged, and tells what that is and how large.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findElectron } from './lib/electron.mjs';
import { contentsOf, layOut } from './lib/package/lay-out.mjs';
import { main, prepare } from './lib/prepare.mjs';
import { root } from './lib/places.mjs';
import { say } from './lib/say.mjs';

const tell = line => process.stdout.write(`${line}\n`);
const MB = 2 ** 20;
const SMALL = MB / 10;

await main(async () => {
  const { values } = parseArgs({
    options: { check: { type: 'boolean' }, dir: { type: 'boolean' }, output: { type: 'string' } },
  });
  const { engine } = await prepare({ build: true });
  if (!engine.native) say(`The package will compute with WebAssembly, which is slower: ${engine.why}.`);
  const output = values.output ?? join(root, 'dist');
  if (!values.check && findElectron() === null)
    say("Electron's program is not here; electron-builder will fetch it.");
  const folder = await layOut({
    output,
    dummy: values.check === true,
    installers: !values.check && !values.dir,
  });
  if (folder === null) return 0;
  const { packed, unpacked } = contentsOf(folder);
  tell(`In ${folder}:`);
  describe('app.asar', packed);
  describe('app.asar.unpacked', unpacked);
  return 0;
});

/** Sum of a part, and of the folders in it. */
function describe(name, files) {
  const sums = new Map();
  for (const { path, size } of files) {
    const parts = path.split('/');
    const depth = parts[0] !== 'node_modules' ? 1 : parts[1].startsWith('@') ? 3 : 2;
    const group = parts.slice(0, depth).join('/');
    sums.set(group, (sums.get(group) ?? 0) + size);
  }
  const total = files.reduce((sum, { size }) => sum + size, 0);
  tell(`${name}: ${files.length} files, ${megabytes(total)}`);
  const large = [...sums].filter(([, size]) => size >= SMALL).sort((a, b) => b[1] - a[1]);
  for (const [group, size] of large) tell(`  ${megabytes(size).padStart(10)}  ${group}`);
  if (large.length < sums.size) tell(`  and ${sums.size - large.length} smaller ones`);
}

function megabytes(bytes) {
  return `${(bytes / MB).toFixed(2)} MB`;
}
