/**
 * No request leaves the machine while the app runs: neither from the server, the engine and their workers, which run
 * behind a guard, nor from the page and its browser, whose own network log is read.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { QUIET_FLAGS } from '../../src/main/browser/open.ts';
import { browser, withBrowser } from '../support/browser.ts';

const server = fileURLToPath(new URL('../../out/main/server.js', import.meta.url));
const guard = new URL('../main/network/guard.ts', import.meta.url).href;

interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly {
    readonly type: number;
    readonly params?: { readonly address?: string; readonly host?: string; readonly hostname?: string };
  }[];
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Where Chromium opened connections and sent datagrams to, and the names that it asked the system or a server for.
 * (Connecting a datagram socket sends nothing; Chromium does it to learn whether there is a route.)
 */
function reached({ constants, events }: NetLog): string[] {
  const names = ['TCP_CONNECT_ATTEMPT', 'UDP_BYTES_SENT', 'HOST_RESOLVER_SYSTEM_TASK', 'DNS_TRANSACTION'];
  const types = names.map(name => constants.logEventTypes[name]);
  expect(types).not.toContain(undefined);
  const datagram = constants.logEventTypes['UDP_BYTES_SENT'];
  return events
    .filter(({ type }) => types.includes(type))
    .flatMap(({ type, params }) => {
      const unnamed = type === datagram ? 'a datagram' : [];
      return params?.address ?? params?.hostname ?? params?.host ?? unnamed;
    });
}

withBrowser('silence', () => {
  it('runs the example without a request that leaves the machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'f910-silence-'));
    const log = join(folder, 'network.log');
    const app = spawn(process.execPath, ['--import', guard, server, '--no-open'], {
      env: { ...process.env, F910_WORKSPACE: join(folder, 'workspace'), F910_TEST_NETWORK_LOG: log },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = (await once(app.stdout, 'data')) as [Buffer];
      const address = /http:\S+/.exec(line.toString())![0];
      const netLog = join(folder, 'chromium.json');
      // Exactly the flags of the app's own window, without those that a test tool adds.
      const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const forTest = ['--headless', '--remote-debugging-pipe', `--log-net-log=${netLog}`];
      const window = await chromium.launchPersistentContext(join(folder, 'profile'), {
        executablePath: browser!,
        args: [...QUIET_FLAGS, ...asRoot, ...forTest, `--user-data-dir=${join(folder, 'profile')}`],
        ignoreDefaultArgs: true,
      });
      const page = window.pages()[0] ?? (await window.newPage());
      await page.goto(address);
      await page.getByText(/^TensorFlow|^WebAssembly/).waitFor({ timeout: 120_000 });
      await page.getByRole('button', { name: 'Run on the example data' }).click();
      // Preparation, training and its worker threads have begun.
      await page
        .locator('h1')
        .filter({ hasNotText: /^Data$/ })
        .waitFor({ timeout: 120_000 });
      await page.waitForTimeout(5_000);
      await window.close();

      const places = reached(JSON.parse(readFileSync(netLog, 'utf8')) as NetLog);
      expect(places).toContain(new URL(address).host);
      expect(places.filter(place => !LOOPBACK.test(place))).toEqual([]);
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      expect(lines.filter(entry => !entry.includes(' guarded '))).toEqual([]);
      // The server and the engine at least were behind the guard.
      expect(lines.length).toBeGreaterThan(1);
      expect(existsSync(join(folder, 'workspace', 'f910.sqlite'))).toBe(true);
    } finally {
      app.kill('SIGINT');
      await once(app, 'exit');
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  });
});
