/**
 * Chromium driven over a pipe (it exits when this process dies, even by SIGKILL); the WebSocket endpoint that it opens
 * as well is for the test's own connection.
 */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { findBrowser } from '../../src/main/browser/find.ts';

export const KEEPER = 'data:,standin-keeper'; // the page that keeps Chromium alive between windows

const FLAGS = [
  '--no-sandbox', // the container runs as root; the renderer sandbox itself is one of the things not imitated
  '--disable-gpu',
  '--enable-unsafe-swiftshader', // WebGL in software
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,Translate',
  '--enable-features=SkipListAccountsWithoutGaiaCookies',
  '--password-store=basic',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--allow-file-access-from-files', // Electron grants file:// pages this
  '--enable-blink-features=MessagePortCloseEvent', // Electron has it on, Chromium does not
  '--remote-debugging-pipe',
  '--remote-debugging-port=0',
];

export type Cdp = EventEmitter & {
  send<T = Record<string, never>>(method: string, params?: object, sessionId?: string): Promise<T>;
  endpoint: Promise<string>;
};

export function startChromium(profile: string, extra: string[]): Cdp {
  const binary = findBrowser();
  if (binary === null) throw new Error('electron stand-in: there is no Chromium');
  const args = ['--headless', ...FLAGS, ...extra, `--user-data-dir=${profile}`, KEEPER];
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const [, , stderr, toChromium, fromChromium] = child.stdio as unknown as [
    null,
    null,
    Readable,
    Writable,
    Readable,
  ];
  const pending = new Map<number, { resolve: (v: never) => void; reject: (e: Error) => void }>();
  let last = 0;

  const cdp = Object.assign(new EventEmitter({ captureRejections: false }).setMaxListeners(0), {
    send: (method: string, params: object = {}, sessionId?: string) =>
      new Promise((resolve, reject) => {
        pending.set(++last, { resolve, reject });
        toChromium.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
      }),
    endpoint: new Promise<string>((resolve, reject) => {
      let seen = '';
      stderr.setEncoding('utf8').on('data', (text: string) => {
        const found = /DevTools listening on (ws:\S+)/.exec((seen = (seen + text).slice(-20_000)));
        if (found?.[1]) resolve(found[1]);
      });
      child.once('exit', code => reject(new Error(`Chromium exited with ${code}\n${seen}`)));
    }),
  }) as unknown as Cdp;
  cdp.endpoint.catch(() => {});

  let parts: Buffer[] = [];
  fromChromium.on('data', (chunk: Buffer) => {
    for (let end: number; (end = chunk.indexOf(0)) >= 0; chunk = chunk.subarray(end + 1)) {
      const m = JSON.parse(Buffer.concat([...parts, chunk.subarray(0, end)]).toString());
      parts = [];
      if (m.id === undefined) cdp.emit(m.sessionId ?? 'browser', m.method, m.params);
      else {
        const { resolve, reject } = pending.get(m.id)!;
        pending.delete(m.id);
        if (m.error) reject(new Error(`${m.error.message} (CDP)`));
        else resolve(m.result as never);
      }
    }
    if (chunk.length > 0) parts.push(chunk);
  });
  for (const stream of [toChromium, fromChromium]) stream.on('error', () => {});
  child.once('exit', () => cdp.emit('gone'));
  return cdp;
}
