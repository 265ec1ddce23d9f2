/** The app's one window. */
import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { APP_ORIGIN } from './security.ts';

/** `onClose` is asked before it closes and says whether it may. */
export function openWindow(preload: string, mayClose: () => boolean): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 1024,
    minHeight: 700,
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // The dictionaries would be fetched from the network.
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', event => {
    if (!mayClose()) event.preventDefault();
  });
  // A page that crashed lost nothing: data and runs live in the engine.
  window.webContents.on('render-process-gone', () => window.webContents.reload());
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

/** The system's own menus: editing, zooming, quitting. */
export function setMenu(): void {
  const own: MenuItemConstructorOptions[] =
    process.platform === 'darwin' ? [{ role: 'appMenu' }] : [{ label: 'File', submenu: [{ role: 'quit' }] }];
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([...own, { role: 'editMenu' }, { label: 'View', submenu: view }]),
  );
}
