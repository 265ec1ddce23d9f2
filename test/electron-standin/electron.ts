/** The stand-in for the `electron` module in the main process: the real bundles run in Node, windows are Chromium pages. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, appPath, chromium } from './app.ts';
import { startChromium } from './chromium.ts';
import { nativeTheme, Notification, powerMonitor, screen } from './desktop-parts.ts';
import { ipcMain, MessageChannelMain } from './ipc.ts';
import { Menu, MenuItem } from './menu.ts';
import { protocol, session } from './session.ts';
import { calls, record, strict } from './strict.ts';
import { utilityProcess } from './utility-process.ts';
import { BrowserWindow } from './window.ts';

const unanswered = (method: string) => async (): Promise<never> => {
  throw new Error(`electron stand-in: dialog.${method} was opened and the test has no answer for it`);
};
const dialog = strict('dialog', {
  showOpenDialog: unanswered('showOpenDialog'),
  showSaveDialog: unanswered('showSaveDialog'),
  showMessageBox: unanswered('showMessageBox'),
  showErrorBox: record('dialog.showErrorBox'),
});

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  utilityProcess,
};
const electron = strict('electron', {
  ...{
    app,
    BrowserWindow,
    dialog,
    ipcMain,
    Menu,
    MenuItem,
    MessageChannelMain,
    nativeTheme,
    Notification,
    powerMonitor,
    protocol,
    screen,
    session,
    utilityProcess,
  },
  standin: { calls },
});
export default electron;

const versions = { ...process.versions, electron: '0.0.0-standin', chrome: '0.0.0-standin' };
Object.defineProperty(process, 'versions', { value: versions });
Object.assign(process, { type: 'browser', resourcesPath: join(appPath, 'resources') });

// The test's channel, hidden from the application.
const tell = process.send?.bind(process);
delete process.send;
const allowed = Promise.withResolvers<void>();
process.on('disconnect', () => process.exit(1));
process.on('message', (m: { go?: true; id: number; source: string; argument: unknown }) => {
  if (m.go) return allowed.resolve();
  // A function of the test, run here with the module in hand, as Playwright does it in Electron.
  const run = async (): Promise<unknown> =>
    ((0, eval)(`(${m.source})`) as (module: object, argument: unknown) => unknown)(electron, m.argument);
  run().then(
    value => tell?.({ id: m.id, value }),
    error => tell?.({ id: m.id, error: error instanceof Error ? error.stack : String(error) }),
  );
});

function onBrowser(method: string, { targetId, targetInfo }: any): void {
  const of = (id: string): BrowserWindow | undefined =>
    BrowserWindow.getAllWindows().find(window => window.webContents.targetId === id);
  if (method === 'Target.targetDestroyed') of(targetId)?.gone();
  // Opened by a page: see Page.windowOpen.
  else if (method === 'Target.targetCreated' && targetInfo.openerId)
    void chromium.cdp!.send('Target.closeTarget', { targetId: targetInfo.targetId });
  else if (method === 'Target.targetInfoChanged') {
    const window = of(targetInfo.targetId);
    if (window) window.title = window.webContents.title = targetInfo.title;
  }
}

async function start(): Promise<void> {
  const profile = join(app.getPath('userData'), 'standin-chromium');
  mkdirSync(profile, { recursive: true });
  const cdp = (chromium.cdp = startChromium(profile, app.switches));
  cdp.on('gone', () => process.exit(1)).on('browser', onBrowser);
  await cdp.send('Target.setDiscoverTargets', { discover: true });
  if (tell) {
    tell({ endpoint: await cdp.endpoint });
    // As with Playwright on Electron, the test is connected before the first window opens.
    await allowed.promise;
  }
  app.ready = true;
  app.started.resolve();
  app.emit('ready', {});
}
setImmediate(() => void start());
