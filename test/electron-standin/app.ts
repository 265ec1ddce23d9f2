/** `app`: paths, switches, the single instance, and the order in which it ends. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Cdp } from './chromium.ts';
import { record, Strict, strict } from './strict.ts';

/** What `app` has to know of windows; BrowserWindow registers itself here. */
interface Closable {
  readonly closing: boolean;
  close(): void;
}
export const openWindows = new Set<Closable>();

/** The connection to Chromium, once it has been started. */
export const chromium: { cdp: Cdp | undefined } = { cdp: undefined };

function findAppPath(): string {
  let folder = dirname(resolve(process.argv[1] ?? ''));
  while (!existsSync(join(folder, 'package.json')) && folder !== '/') folder = dirname(folder);
  return folder;
}
export const appPath = findAppPath();
const manifest = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')) as {
  name: string;
  productName?: string;
  version: string;
};

const switchValue = (name: string): string | undefined =>
  process.argv.find(word => word.startsWith(`--${name}=`))?.slice(name.length + 3);

class App extends Strict {
  name = manifest.productName ?? manifest.name;
  isPackaged = false;
  switches: string[] = [];
  paths: Record<string, string> = {};
  started = Promise.withResolvers<void>();
  ready = false;
  leaving = false;
  lock: string | undefined;
  commandLine = strict('app.commandLine', {
    appendSwitch: (name: string, value = '') => void this.switches.push(`--${name}${value && `=${value}`}`),
    hasSwitch: (name: string) => process.argv.includes(`--${name}`) || switchValue(name) !== undefined,
    getSwitchValue: (name: string) => switchValue(name) ?? '',
  });
  setAppUserModelId = record('app.setAppUserModelId');
  addRecentDocument = record('app.addRecentDocument');
  clearRecentDocuments = record('app.clearRecentDocuments');
  getVersion = () => manifest.version;
  getName = () => this.name;
  getAppPath = () => appPath;
  utilities = new Map<number, string>();
  getAppMetrics = () => [...this.utilities].map(([pid, name]) => ({ type: 'Utility', pid, name }));
  isReady = () => this.ready;
  whenReady = () => this.started.promise;
  setPath = (name: string, value: string) => void (this.paths[name] = value);

  getPath(name: string): string {
    const appData = join(homedir(), '.config');
    const userData = switchValue('user-data-dir') ?? join(appData, this.name);
    const known: Record<string, string> = {
      home: homedir(),
      temp: tmpdir(),
      downloads: join(homedir(), 'Downloads'),
      appData,
      userData,
      ...this.paths,
    };
    const path = known[name];
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  /** The first process of a userData folder holds it; a later one hands its arguments over. */
  requestSingleInstanceLock(): boolean {
    const inbox = join(this.getPath('userData'), 'standin-instances');
    const file = join(inbox, 'lock');
    mkdirSync(inbox, { recursive: true });
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : process.pid;
    if (holder !== process.pid && existsSync(`/proc/${holder}`)) {
      writeFileSync(`${inbox}/${process.pid}`, JSON.stringify([process.argv, process.cwd()]));
      renameSync(`${inbox}/${process.pid}`, `${inbox}/${process.pid}.json`);
      return false;
    }
    if (this.lock !== undefined) return true;
    this.lock = file;
    writeFileSync(file, String(process.pid));
    process.on('exit', () => rmSync(file, { force: true }));
    watch(inbox, (_event, name) => {
      if (!name?.endsWith('.json') || !existsSync(join(inbox, name))) return;
      const [argv, cwd] = JSON.parse(readFileSync(join(inbox, name), 'utf8')) as [string[], string];
      rmSync(join(inbox, name));
      void this.whenReady().then(() => this.emit('second-instance', {}, argv, cwd));
    }).unref();
    return true;
  }

  quit(): void {
    if (!this.ready) return this.exit(0);
    if (this.leaving || !this.ask('before-quit')) return;
    this.leaving = true;
    for (const window of openWindows) {
      window.close();
      if (!window.closing) {
        this.leaving = false; // it refused
        return;
      }
    }
    this.leaveWhenEmpty();
  }

  leaveWhenEmpty(): void {
    if (!this.leaving || openWindows.size > 0) return;
    if (this.ask('will-quit')) this.exit(0);
    else this.leaving = false;
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    const leave = (): never => process.exit(code);
    const { cdp } = chromium;
    if (!cdp) return void setImmediate(leave);
    // Chromium closes properly, so its storage is written.
    cdp.removeAllListeners('gone').once('gone', leave);
    cdp.send('Browser.close').catch(leave);
  }
}

export const app = new App();
