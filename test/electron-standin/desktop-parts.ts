/** What of the desktop the application asks or tells: theme, screens, notifications, the end of the session. */
import { app, chromium } from './app.ts';
import { calls, Strict } from './strict.ts';

/** Pages that follow the theme; contents.ts keeps it. */
export const themed = new Set<(scheme: string) => void>();

class NativeTheme extends Strict {
  #source: 'system' | 'light' | 'dark' = 'system';
  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#source;
  }
  /** As in Electron, what the page is told of the system's colours follows it. */
  set themeSource(source: 'system' | 'light' | 'dark') {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError(`${String(source)} is no theme`);
    this.#source = source;
    for (const follow of themed) follow(this.scheme);
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
  /** Empty where the page is left what the system says. */
  get scheme(): string {
    return this.#source === 'system' ? '' : this.#source;
  }
}
export const nativeTheme = new NativeTheme();

interface Display {
  id: number;
  bounds: { x: number; y: number; width: number; height: number };
  workArea: { x: number; y: number; width: number; height: number };
  scaleFactor: number;
}
const area = { x: 0, y: 0, width: 1920, height: 1080 };
const only: Display = { id: 1, bounds: area, workArea: { ...area, height: 1040 }, scaleFactor: 1 };

class Screen extends Strict {
  /** One screen, unless the test says otherwise. */
  displays: Display[] = JSON.parse(process.env['ELECTRON_STANDIN_DISPLAYS'] ?? 'null') ?? [only];
  getAllDisplays(): Display[] {
    return this.#ready().displays;
  }
  getPrimaryDisplay(): Display {
    return this.#ready().displays[0]!;
  }
  #ready(): this {
    if (!app.isReady()) throw new Error('screen cannot be used before the app is ready');
    return this;
  }
}
export const screen = new Screen();

export class Notification extends Strict {
  static isSupported = (): boolean => true;
  /** Those that were shown, for the test to click. */
  static shown: Notification[] = [];
  title: string;
  body: string;
  constructor({ title, body }: { title: string; body: string }) {
    super();
    if (!app.isReady()) throw new Error('Cannot create Notification before app is ready');
    this.title = title;
    this.body = body;
  }
  show(): void {
    calls.push({ api: 'Notification.show', args: [this.title, this.body] });
    Notification.shown.push(this);
    this.emit('show', {});
  }
}

/** Emits what the test makes it emit. */
class PowerMonitor extends Strict {}
export const powerMonitor = new PowerMonitor();

/** Permissions of Chromium by the name that Electron gives them. */
const PERMISSIONS: Readonly<Record<string, object>> = {
  'clipboard-sanitized-write': { name: 'clipboard-write', allowWithoutSanitization: false },
  'clipboard-read': { name: 'clipboard-read' },
  notifications: { name: 'notifications' },
  geolocation: { name: 'geolocation' },
};
type Check = (contents: null, permission: string, origin: string, details: object) => boolean;

/** Chromium grants and refuses what the application's handler says for the page's origin. */
export async function applyPermissions(check: Check, own: string, shown: string): Promise<void> {
  for (const [name, permission] of Object.entries(PERMISSIONS)) {
    const granted = check(null, name, `${own}/`, { isMainFrame: true, requestingUrl: `${own}/` });
    const setting = granted ? 'granted' : 'denied';
    await chromium.cdp!.send('Browser.setPermission', { permission, setting, origin: shown });
  }
}
