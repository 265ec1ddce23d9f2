/** The app in a browser window without tabs or address, with a profile of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findBrowser } from './find.ts';

/**
 * The browser itself stays silent: no look for updates, no reports, no synchronising, no guesses of what comes next.
 * The last flag makes sure of it: everything but this machine goes to a proxy that is not there.
 */
export const QUIET_FLAGS = [
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-quic',
  '--disable-sync',
  '--disable-features=AimEnabled,AutofillServerCommunication,InterestFeedContentSuggestions,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PreconnectToSearch,Translate',
  '--enable-features=SkipListAccountsWithoutGaiaCookies',
  '--password-store=basic',
  '--proxy-server=127.0.0.1:9',
];

export interface AppWindow {
  /** Settles when the window was closed; `false` where it never really opened or another process shows it. */
  readonly closed: Promise<boolean>;
  close(): void;
}

/** A process that ends sooner than this has handed its window to one that was already there, or failed. */
const OPENED_MS = 3_000;

/** True where a window can be shown: Windows and macOS always can, elsewhere a display has to be there. */
export function hasDisplay(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

/** Null where there is no display or no browser. The profile is kept in the workspace. */
export function openAppWindow(address: string, workspace: string): AppWindow | null {
  const browser = hasDisplay() ? findBrowser() : null;
  if (browser === null) return null;
  const started = performance.now();
  // Chromium refuses its sandbox to root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const profile = `--user-data-dir=${join(workspace, 'browser-window')}`;
  const flags = [...QUIET_FLAGS, ...asRoot, profile, '--window-size=1280,860', `--app=${address}`];
  const child = spawn(browser, flags, { stdio: 'ignore' });
  const closed = new Promise<boolean>(resolve => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(performance.now() - started > OPENED_MS));
  });
  return { closed, close: () => void child.kill() };
}
