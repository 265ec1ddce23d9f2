/**
 * `npm start`: installs and builds what is missing, then opens the app: in Electron, else in a window of an installed
 * browser, else by its address. `--no-open` only serves, `--port N` and `--workspace DIR` say where.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureElectron } from './lib/electron.mjs';
import { main, prepare } from './lib/prepare.mjs';
import { root } from './lib/places.mjs';
import { handOver } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

/** A window that ends with an error sooner than this never opened: Electron's sandbox is not allowed on every system. */
const OPENED_MS = 10_000;

await main(async () => {
  const { values } = parseArgs({
    options: { 'no-open': { type: 'boolean' }, port: { type: 'string' }, workspace: { type: 'string' } },
  });
  const { node, engine } = await prepare({ build: true });
  if (!engine.native)
    say(`Computing with WebAssembly, which is slower than the native engine: ${engine.why}.`);
  const workspace = values.workspace === undefined ? [] : [`--workspace=${values.workspace}`];
  const wantsServer = values['no-open'] === true || values.port !== undefined;
  const electron = wantsServer || !hasDisplay() ? null : await ensureElectron(node);
  if (electron !== null) {
    const code = await openInElectron(electron, workspace);
    if (code !== null) return code;
    say('Electron did not open its window on this system; a browser shows the app instead.');
  }
  const port = values.port === undefined ? [] : [`--port=${values.port}`];
  const open = values['no-open'] === true ? ['--no-open'] : [];
  return handOver(node, [join(root, 'out', 'main', 'server.js'), ...workspace, ...port, ...open]);
});

/** The exit code of the app, or null where its window did not open. */
async function openInElectron(electron, workspace) {
  say('Opening F910 Studio.');
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const started = Date.now();
  const code = await handOver(electron, [...sandbox, root, ...workspace]);
  return code !== 0 && code !== 130 && Date.now() - started < OPENED_MS ? null : code;
}

function hasDisplay() {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
