/** An installed browser that can show the app in a window of its own: Chromium, Chrome or Edge. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ON_PATH = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const ON_MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const ON_WINDOWS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];

/** Path of the browser's program: `F910_BROWSER` where it is set, else the first one found, else null. */
export function findBrowser(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const chosen = environment['F910_BROWSER'];
  const candidates = chosen !== undefined && chosen !== '' ? [chosen] : [...installed(environment, platform)];
  return candidates.find(isProgram) ?? null;
}

function* installed(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Generator<string> {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(environment['HOME'] ?? '', 'Applications')];
    for (const name of ON_MAC) {
      for (const folder of folders) yield join(folder, `${name}.app`, 'Contents', 'MacOS', name);
    }
  } else if (platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(name => environment[name]);
    for (const parts of ON_WINDOWS) {
      for (const folder of folders) if (folder !== undefined) yield join(folder, ...parts);
    }
  } else {
    for (const name of ON_PATH) {
      for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
        if (folder !== '') yield join(folder, name);
      }
    }
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}
