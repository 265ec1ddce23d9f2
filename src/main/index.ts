/** Electron's main process: one window, the engine beside it, what the system opens, and an orderly end. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, nativeTheme, type BrowserWindow } from 'electron';
import { CHANNEL, type DesktopCommand } from '../shared/desktop.ts';
import { showAbout } from './desktop/about.ts';
import { registerAppScheme, serveAppScheme } from './desktop/app-protocol.ts';
import { ApplicationMenu } from './desktop/application-menu.ts';
import { filesIn } from './desktop/arguments.ts';
import { DesktopEngine } from './desktop/engine-host.ts';
import { answerHostCalls } from './desktop/host-calls.ts';
import { Inbox } from './desktop/inbox.ts';
import { KeptFile } from './desktop/kept-file.ts';
import { Leaving } from './desktop/leaving.ts';
import { OpenedFiles } from './desktop/open-files.ts';
import { NOTHING_RECENT, recentItems } from './desktop/recent.ts';
import { raiseWalls, silenceChromium } from './desktop/security.ts';
import { FIRST_STATE, windowState } from './desktop/window-place.ts';
import { bringForward, openWindow } from './desktop/window.ts';
import { appFolder, APP_ID, defaultWorkspace, entryFile, unpacked } from './paths.ts';

const folder = appFolder(import.meta.url);
const built = join(folder, 'out');
const resources = join(unpacked(folder), 'resources');
const workspace = resolve(app.commandLine.getSwitchValue('workspace') || defaultWorkspace());

// Chromium's own files lie inside the workspace, so that one instance belongs to one workspace.
const profile = join(workspace, 'window');
mkdirSync(profile, { recursive: true });
app.setPath('userData', profile);
// Windows names notifications and the task bar's entry by it.
if (process.platform === 'win32') app.setAppUserModelId(APP_ID);
silenceChromium();
registerAppScheme();

/** macOS names opened files one by one, the first ones before the app is ready. */
let openPaths = (paths: readonly string[]): void => void early.push(...paths);
const early: string[] = [];
app.on('open-file', (event, path) => {
  event.preventDefault();
  openPaths([path]);
});

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

function start(): void {
  raiseWalls();
  serveAppScheme(join(built, 'renderer'));
  const kept = new KeptFile(join(profile, 'window.json'), windowState, FIRST_STATE);
  const recent = new KeptFile(join(profile, 'recent.json'), recentItems, NOTHING_RECENT);
  nativeTheme.themeSource = kept.value.theme;

  const command = (asked: DesktopCommand): void => {
    bringForward(window);
    window.webContents.send(CHANNEL.command, asked);
  };
  const inbox = new Inbox();
  const opened = new OpenedFiles(
    inbox,
    () => menu,
    () => window,
  );
  const menu = new ApplicationMenu(
    {
      command,
      chooseFiles: () => void opened.choose('files'),
      chooseFolder: () => void opened.choose('folder'),
      openRecentFile: path => void opened.openRecent(path),
      about: () => void showAbout(window),
    },
    recent,
    kept.value.theme,
  );
  const engine = new DesktopEngine(
    { engine: entryFile('engine', import.meta.url), trainer: entryFile('trainer', import.meta.url) },
    workspace,
  );
  const leaving = new Leaving(engine, () => menu.running);
  answerHostCalls({ engine, menu, inbox, kept });
  const files = {
    preload: join(built, 'preload', 'index.cjs'),
    icon: join(resources, 'icons', 'png', '256x256.png'),
  };
  const window: BrowserWindow = openWindow(files, kept, leaving.mayClose);
  // Another document took the place of the one that listened.
  window.webContents.on('did-navigate', () => inbox.close());
  engine.window = window;
  leaving.watch(window);

  openPaths = paths => opened.open(paths);
  openPaths([...early.splice(0), ...named(process.argv, process.cwd())]);
  app.on('second-instance', (_event, words, from) => {
    bringForward(window);
    openPaths(named(words, from));
  });
}

/** Files and folders among the words of a command line. */
function named(words: readonly string[], from: string): string[] {
  const own = [folder, fileURLToPath(import.meta.url)];
  return filesIn(words, { folder: from, own, exists: existsSync });
}
