/** `BrowserWindow`: a page of Chromium; safe web preferences only. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, appPath, chromium, openWindows } from './app.ts';
import { contents, WebContents, type WebPreferences } from './contents.ts';
import { hub } from './ports.ts';
import { record, Strict } from './strict.ts';

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface WindowOptions extends Partial<Bounds> {
  readonly show?: boolean;
  readonly title?: string;
  readonly minWidth?: number;
  readonly minHeight?: number;
  readonly backgroundColor?: string;
  readonly icon?: string;
  readonly webPreferences?: WebPreferences;
}

const SAFE: Readonly<Record<string, boolean>> = {
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
};

export class BrowserWindow extends Strict {
  static getAllWindows = (): BrowserWindow[] => [...openWindows] as BrowserWindow[];
  static fromWebContents = (of: WebContents): BrowserWindow | null => (of.win.destroyed ? null : of.win);
  bounds: Bounds;
  visible: boolean;
  title: string;
  webContents: WebContents;
  id: number;
  minimized = false;
  maximized = false;
  painted = false;
  closing = false;
  destroyed = false;

  constructor({ x = 0, y = 0, width = 800, height = 600, show = true, ...options }: WindowOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const preferences = options.webPreferences ?? {};
    if (options.icon !== undefined && !existsSync(options.icon))
      throw new Error(`electron stand-in: there is no icon ${options.icon}`);
    checkPreferences(preferences);
    this.bounds = { x, y, width, height };
    this.visible = show;
    this.title = options.title ?? app.name;
    this.webContents = new WebContents(this, preferences);
    this.id = this.webContents.id;
    openWindows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
  }
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  loadFile(file: string): Promise<void> {
    return this.loadURL(pathToFileURL(resolve(appPath, file)).href);
  }
  close(): void {
    if (!this.destroyed && !this.closing && this.ask('close')) this.destroy();
  }
  destroy(): void {
    this.closing = true;
    void this.webContents.opened.then(() =>
      chromium.cdp!.send('Target.closeTarget', { targetId: this.webContents.targetId }),
    );
  }
  /** Its page is gone: destroy() did it, or the test closed the page. */
  gone(): void {
    this.destroyed = this.closing = true;
    hub.leave(this.webContents);
    contents.delete(this.id);
    openWindows.delete(this);
    this.webContents.emit('destroyed', {});
    this.emit('closed', {});
    if (app.leaving) app.leaveWhenEmpty();
    else if (openWindows.size === 0 && !app.emit('window-all-closed')) app.quit();
  }
  show(): void {
    this.visible = true;
    this.emit('show', {});
  }
  setBounds(bounds: Partial<Bounds>): void {
    const before = this.bounds;
    this.bounds = { ...before, ...bounds };
    if (before.x !== this.bounds.x || before.y !== this.bounds.y) this.emit('move', {});
    if (before.width !== this.bounds.width || before.height !== this.bounds.height) this.emit('resize', {});
  }
  maximize(): void {
    this.maximized = true;
    this.emit('maximize', {});
  }
  unmaximize(): void {
    this.maximized = false;
    this.emit('unmaximize', {});
  }
  isMaximized = (): boolean => this.maximized;
  getNormalBounds = (): Bounds => ({ ...this.bounds });
  setProgressBar = record('window.setProgressBar');
  minimize = (): void => void (this.minimized = true);
  restore = (): void => void (this.minimized = false);
  focus = (): void => void this.emit('focus', {});
  isMinimized = (): boolean => this.minimized;
  isVisible = (): boolean => this.visible;
  isDestroyed = (): boolean => this.destroyed;
  getTitle = (): string => this.title;
  getBounds = (): Bounds => ({ ...this.bounds });
}

function checkPreferences(preferences: WebPreferences): void {
  for (const [flag, safe] of Object.entries(SAFE))
    if ((preferences[flag] ?? safe) !== safe) throw new Error(`electron stand-in: ${flag} must be ${safe}`);
  const { preload } = preferences;
  if (preload !== undefined && (!isAbsolute(preload) || !existsSync(preload) || preload.endsWith('.mjs')))
    throw new Error(`electron stand-in: a sandboxed window cannot load the preload script ${preload}`);
}
