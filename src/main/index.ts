/** Electron's main process: one window, the engine beside it, and an orderly end. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog } from 'electron';
import { registerAppScheme, serveAppScheme } from './desktop/app-protocol.ts';
import { DesktopEngine } from './desktop/engine-host.ts';
import { answerHostCalls } from './desktop/host-calls.ts';
import { raiseWalls, silenceChromium } from './desktop/security.ts';
import { openWindow, setMenu } from './desktop/window.ts';
import { appFolder, defaultWorkspace, entryFile } from './paths.ts';

const built = join(appFolder(import.meta.url), 'out');
const workspace = resolve(app.commandLine.getSwitchValue('workspace') || defaultWorkspace());

// Chromium's own files lie inside the workspace, so that one instance belongs to one workspace.
const profile = join(workspace, 'window');
mkdirSync(profile, { recursive: true });
app.setPath('userData', profile);
silenceChromium();
registerAppScheme();

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

function start(): void {
  raiseWalls();
  serveAppScheme(join(built, 'renderer'));
  setMenu();
  const engine = new DesktopEngine(entryFile('engine', import.meta.url), workspace);
  answerHostCalls(engine);

  let leaving: 'no' | 'asking' | 'yes' = 'no';
  const mayClose = (): boolean => {
    if (leaving !== 'yes') app.quit();
    return leaving === 'yes';
  };
  const window = openWindow(join(built, 'preload', 'index.cjs'), mayClose);
  engine.window = window;

  const leave = async (): Promise<void> => {
    leaving = (await mayLeave()) ? 'yes' : 'no';
    if (leaving === 'no') return;
    await engine.stop();
    app.quit();
  };
  const mayLeave = async (): Promise<boolean> => {
    const going = await engine.runsGoing();
    if (going.length === 0) return true;
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: `${going.join(', ')} is still running.`,
      detail: 'If you quit now, it stops. It can be resumed from its last checkpoint.',
      buttons: ['Keep it running', 'Stop it and quit'],
      defaultId: 0,
      cancelId: 0,
    });
    return response === 1;
  };

  app.on('before-quit', event => {
    if (leaving === 'yes') return;
    event.preventDefault();
    if (leaving === 'asking') return;
    leaving = 'asking';
    void leave();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}
