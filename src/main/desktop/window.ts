/** The app's one window, opened where it was closed. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { KeptFile } from './kept-file.ts';
import { APP_ORIGIN } from './security.ts';
import { placeWindow, SMALLEST, type WindowState } from './window-place.ts';

/** A window that is dragged tells of every step; its place is kept when it rests. */
const REST_MS = 400;
/** The page's own background, so that nothing flashes before it is drawn. */
const BACKGROUND = { light: '#f7f8fa', dark: '#0e1319' } as const;

interface WindowFiles {
  readonly preload: string;
  /** Picture of the window where the system does not take it from the program. */
  readonly icon: string;
}

/** `mayClose` is asked before it closes and says whether it may. */
export function openWindow(
  { preload, icon }: WindowFiles,
  kept: KeptFile<WindowState>,
  mayClose: () => boolean,
): BrowserWindow {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  const screens = [main, ...others].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(kept.value.bounds, screens),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    backgroundColor: BACKGROUND[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    show: false,
    ...(process.platform === 'linux' ? { icon } : {}),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // The dictionaries would be fetched from the network.
      spellcheck: false,
    },
  });
  if (kept.value.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', event => {
    if (!mayClose()) event.preventDefault();
  });
  keepPlace(window, kept);
  // A page that crashed lost nothing: data and runs live in the engine.
  window.webContents.on('render-process-gone', () => window.webContents.reload());
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

function keepPlace(window: BrowserWindow, kept: KeptFile<WindowState>): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    const { x, y, width, height } = window.getNormalBounds();
    const bounds = { x, y, width, height };
    const maximised = window.isMaximized();
    const before = kept.value;
    if (JSON.stringify([before.bounds, before.maximised]) === JSON.stringify([bounds, maximised])) return;
    kept.keep({ ...before, bounds, maximised });
  };
  const keepSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, REST_MS);
  };
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  window.on('maximize', keepSoon);
  window.on('unmaximize', keepSoon);
  window.on('close', keep);
  window.on('closed', () => clearTimeout(timer));
}

/** Brings it before the user's eyes. */
export function bringForward(window: BrowserWindow): void {
  // Before its page is drawn it is not shown at all, and then it shows itself.
  if (window.isDestroyed() || !(window.isVisible() || window.isMinimized())) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
