/** The stand-in's own tests: small main and preload scripts, one behaviour of Electron each. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { withBrowser } from '../support/browser.ts';
import { type App, launch } from './launch.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const open =
  "await app.whenReady(); const win = globalThis.win = new BrowserWindow({ webPreferences: { preload } }); await win.loadFile('page.html');";
async function start(
  main: string,
  files: Record<string, string> = {},
  folder?: string,
): Promise<{ app: App; page: Page; dir: string }> {
  const dir = folder ?? mkdtempSync(join(tmpdir(), 'f910-standin-'));
  const all = {
    'package.json': `{"name":"fixture","version":"1.2.3","type":"module"}`,
    'main.js': `import electron from "electron"; const { app, BrowserWindow, ipcMain, MessageChannelMain, utilityProcess } = electron; const preload = import.meta.dirname + "/preload.cjs"; ${main}`,
    'preload.cjs': '',
    'page.html': '<h1>page</h1>',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(dir, name), text);
  const app = await launch({ args: [join(dir, 'main.js'), `--user-data-dir=${dir}/user`] });
  cleanups.push(
    () => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
    () => app.close(),
  );
  const page = await app.firstWindow();
  await page.getByText('page').waitFor();
  return { app, page, dir };
}
const expose = (api: string) =>
  `const { contextBridge, ipcRenderer, webUtils } = require("electron"); contextBridge.exposeInMainWorld("api", ${api});`;

withBrowser('the stand-in for Electron', () => {
  it('refuses unsafe windows, unknown members, bad preloads', async () => {
    const { app } = await start(open);
    const attempt = (webPreferences: object) =>
      app.evaluate(
        ({ BrowserWindow }, webPreferences) => void new BrowserWindow({ webPreferences }),
        webPreferences,
      );
    await expect(attempt({ nodeIntegration: true })).rejects.toThrow('nodeIntegration must be false');
    await expect(attempt({ contextIsolation: false })).rejects.toThrow('contextIsolation must be true');
    await expect(attempt({ sandbox: false })).rejects.toThrow('sandbox must be true');
    await expect(attempt({ preload: 'preload.cjs' })).rejects.toThrow('cannot load the preload');
    await expect(app.evaluate(({ app }) => app.getGPUInfo('basic'))).rejects.toThrow(
      'getGPUInfo is not imitated',
    );
    await expect(app.evaluate(({ desktopCapturer }) => void desktopCapturer)).rejects.toThrow('not imitated');
    await expect(app.evaluate(({ dialog }) => dialog.showOpenDialog({}))).rejects.toThrow('no answer');
  });

  it("a preload has the sandbox's modules only and lives in its own world", async () => {
    const preload = `globalThis.secret = 1; window.seen = []; const fails = (id) => { try { require(id); return ""; } catch (e) { return e.message; } };
    document.addEventListener("DOMContentLoaded", () => document.title = [fails("fs"), fails("events"), process.sandboxed, process.type].join());`;
    const { page } = await start(open, { 'preload.cjs': preload });
    expect(await page.title()).toBe('module not found: fs,,true,renderer');
    expect(
      await page.evaluate(() => ['secret', 'seen', '__standinReceive'].filter(k => k in window)),
    ).toEqual([]);
  });

  it('contextBridge copies values and proxies functions', async () => {
    const api = `{ sync: (a) => a + 1, fail: () => { throw new TypeError("bad") }, later: async (x) => { if (x) throw new Error("late"); return new Float32Array(3) },
    instance: () => new (class { own = 1; method() {} })(), on: (f) => { globalThis.f = f }, same: (f) => f === globalThis.f, call: async (x) => globalThis.f(x), nested: { deep: [1, () => 2] }, element: () => document.body, size: (file) => file.size, twice: (f, x) => f(f(x)) }`;
    const { page } = await start(open, { 'preload.cjs': expose(api) });
    const got = await page.evaluate(async () => {
      const api = (window as any).api;
      const message = (f: () => unknown) => {
        try {
          return f();
        } catch (e) {
          return (e as Error).message;
        }
      };
      const listener = (x: number) => x * 2;
      api.on(listener);
      return [
        api.sync(1),
        message(() => api.fail()),
        (await api.later(0)).length,
        await api.later(1).catch((e: Error) => e.message),
        JSON.stringify(api.instance()),
        await api.call(21),
        api.same(listener),
        api.nested.deep[1](),
        message(() => api.element()) !== undefined,
        api.size(new File(['abc'], 'a.txt')),
        api.twice((x: number) => x + 1, 1),
        message(() => {
          'use strict';
          api.sync = 1;
        }),
        message(() => api.sync(Symbol())),
      ];
    });
    expect(got).toEqual([
      2,
      'bad',
      3,
      'late',
      '{"own":1}',
      42,
      false,
      2,
      true,
      3,
      3,
      expect.stringContaining('read only'),
      expect.stringContaining('cloned'),
    ]);
  });

  it('ports: queue until start, travel renderer to main to utility, close with a reload', async () => {
    const main = `globalThis.log = []; ${open} globalThis.child = utilityProcess.fork(import.meta.dirname + "/child.js", ["arg"]); child.on("message", (m) => log.push(m));
    ipcMain.on("port", (e, m) => { log.push(m); child.postMessage("take", e.ports); try { child.postMessage("again", e.ports) } catch (x) { log.push(x.message) } });
    ipcMain.on("mine", (e) => { const [p] = e.ports; p.on("message", ({ data, ports }) => { p.postMessage(["echo", data, ports.length]); ports[0]?.postMessage("inner") }); p.on("close", () => log.push("closed")); setTimeout(() => p.start(), 100) });`;
    const preload =
      expose(`{ port: () => new Promise((r) => { const { port1, port2 } = new MessageChannel(); ipcRenderer.postMessage("port", "here", [port1]); port2.onmessage = (e) => r(e.data); port2.postMessage("hello") }),
    mine: () => { const { port1, port2 } = new MessageChannel(); ipcRenderer.postMessage("mine", null, [port1]); window.postMessage("mine", "*", [port2]) } }`);
    const child = `process.parentPort.postMessage([process.argv[2], process.type, typeof process.send]); process.parentPort.on("message", ({ data, ports: [port] }) => { port.on("message", (e) => port.postMessage(e.data + " from utility")); port.start() });`;
    const { page, app } = await start(main, { 'preload.cjs': preload, 'child.js': child });
    expect(await page.evaluate(() => (window as any).api.port())).toBe('hello from utility');
    const log = () => app.evaluate(() => (globalThis as any).log as unknown[]);
    expect(await log()).toEqual(
      expect.arrayContaining([
        'here',
        'Port at index 0 is not a valid port',
        ['arg', 'utility', 'undefined'],
      ]),
    );
    const echoed = await page.evaluate(
      () =>
        new Promise(resolve => {
          window.onmessage = ({ ports: [port] }) => {
            const inner = new MessageChannel();
            const echoes: unknown[] = [];
            const said = new Promise(resolve => (inner.port1.onmessage = e => resolve(e.data)));
            port!.onmessage = async e => echoes.push(e.data) === 2 && resolve([...echoes, await said]);
            port!.postMessage({ a: new Float32Array(2) });
            port!.postMessage('b', [inner.port2]);
          };
          (window as any).api.mine();
        }),
    );
    expect(echoed).toEqual([['echo', { a: expect.anything() }, 0], ['echo', 'b', 1], 'inner']);
    await page.reload();
    await expect.poll(log).toContain('closed');
    await expect(
      app.evaluate(({ MessageChannelMain }) =>
        new MessageChannelMain().port1.postMessage(1, [new ArrayBuffer(1) as never]),
      ),
    ).rejects.toThrow('not a valid port');
  });

  it('a port in the main process says nothing before start()', async () => {
    const { app } = await start(open);
    const got = await app.evaluate(async ({ MessageChannelMain }) => {
      const { port1, port2 } = new MessageChannelMain();
      const got: unknown[] = [];
      port2.on('message', ({ data }) => got.push(data));
      port2.on('close', () => got.push('closed'));
      port1.postMessage(1);
      await new Promise(resolve => setTimeout(resolve, 50));
      got.push('started');
      port2.start();
      port1.postMessage(2);
      await new Promise(resolve => setTimeout(resolve, 50));
      port1.close();
      await new Promise(resolve => setTimeout(resolve, 50));
      return got;
    });
    expect(got).toEqual(['started', 1, 2, 'closed']);
  });

  it('utility exits: code, kill, crash, uncaught error, output', async () => {
    const child = `process.parentPort.on("message", ({ data }) => { if (data === "exit") process.exit(3); if (data === "throw") throw new Error("thrown"); if (data === "crash") process.crash(); console.log("said " + data) });`;
    const { app } = await start(open, { 'child.js': child });
    const run = (what: string) =>
      app.evaluate(async ({ app, utilityProcess }, what) => {
        const child = utilityProcess.fork(`${app.getAppPath()}/child.js`, [], { stdio: 'pipe' });
        const gone: unknown[] = [];
        app.once('child-process-gone', (_e, d) => gone.push(d.reason));
        let text = '';
        child.stdout?.on('data', d => ((text += d), child.kill()));
        child.stderr?.on('data', d => (text += d));
        child.postMessage(what);
        const code = await new Promise(resolve => child.once('exit', resolve));
        await new Promise(resolve => setTimeout(resolve, 50));
        app.removeAllListeners('child-process-gone');
        return [code, gone[0], /said kill|Error: thrown/.exec(text)?.[0], child.pid];
      }, what);
    expect(await run('exit')).toEqual([3, 'abnormal-exit', undefined, undefined]);
    expect(await run('throw')).toEqual([1, 'abnormal-exit', 'Error: thrown', undefined]);
    expect(await run('crash')).toEqual([11, 'crashed', undefined, undefined]);
    expect(await run('kill')).toEqual([15, 'killed', 'said kill', undefined]);
  });

  it('storage in userData outlives a restart; a killed main takes Chromium with it', async () => {
    const first = await start(open);
    await first.page.evaluate(() => localStorage.setItem('kept', 'yes'));
    await cleanups.pop()!();
    const second = await start(open, {}, first.dir);
    expect(await second.page.evaluate(() => localStorage.getItem('kept'))).toBe('yes');
    const gone = new Promise(resolve => second.page.once('close', resolve));
    second.app.process().kill('SIGKILL');
    await gone;
  });

  it('answers invoke with values and errors', async () => {
    const main = `ipcMain.handle("ok", (e, a) => [a, e.senderFrame.url.split("/").pop()]); ipcMain.handle("bad", () => { throw new TypeError("no") });
      ipcMain.handle("fn", () => () => 1); ${open}`;
    const preload = expose(`{ invoke: (...a) => ipcRenderer.invoke(...a) }`);
    const { page, app } = await start(main, { 'preload.cjs': preload });
    const invoke = (...args: unknown[]): Promise<unknown> =>
      page.evaluate(given => (window as any).api.invoke(...given).catch((e: Error) => e.message), args);
    expect(await invoke('ok', 1)).toEqual([1, 'page.html']);
    expect(await invoke('bad')).toBe("Error invoking remote method 'bad': TypeError: no");
    expect(await invoke('none')).toContain("No handler registered for 'none'");
    expect(await invoke('fn')).toContain('could not be cloned');
    for (const text of [
      '\u{1f600}'.repeat(300_000),
      `x${'\u{1f600}'.repeat(300_000)}`,
      '\ud800',
      '\0"\\\u2028',
    ]) {
      expect(((await invoke('ok', text)) as unknown[])[0]).toBe(text);
    }
    await expect(app.evaluate(({ ipcMain }) => ipcMain.handle('ok', () => {}))).rejects.toThrow(
      'second handler',
    );
  });

  it('lets a window refuse to close and the app refuse to quit', async () => {
    const main = `globalThis.log = []; for (const n of ["before-quit", "will-quit", "window-all-closed"]) app.on(n, () => log.push(n)); ${open}`;
    const { app } = await start(main);
    await app.evaluate(async ({ BrowserWindow }) => {
      const other = new BrowserWindow({ width: 300, height: 200 });
      other.once('close', event => event.preventDefault());
      await other.loadFile('page.html');
      other.close();
    });
    await expect.poll(() => app.windows().length).toBe(2);
    await app.evaluate(({ app: electronApp }) => {
      electronApp.once('before-quit', event => event.preventDefault());
      electronApp.quit();
    });
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(2);
    const crash = await app.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[1]!;
      const gone = new Promise(resolve =>
        webContents.once('render-process-gone', (_e, d) => resolve(d.reason)),
      );
      webContents.forcefullyCrashRenderer();
      return gone;
    });
    expect(crash).toBe('crashed');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[1]!.close());
    await expect.poll(() => app.windows().length).toBe(1);
    expect(await app.evaluate(() => (globalThis as any).log as string[])).toEqual(['before-quit']);
  });

  it('knows the path of a chosen file', async () => {
    const preload = expose(`{ path: (file) => webUtils.getPathForFile(file) }`);
    process.env['ELECTRON_STANDIN_FILES'] = JSON.stringify({ 'a.h5': '/data/a.h5' });
    const { page } = await start(open, { 'preload.cjs': preload });
    delete process.env['ELECTRON_STANDIN_FILES'];
    expect(await page.evaluate(() => (window as any).api.path(new File([], 'a.h5')))).toBe('/data/a.h5');
  });
});
