/** The built desktop app: its window reaches the engine, stays inside its walls, survives a crash, and ends in order. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { withBrowser } from '../support/browser.ts';
import {
  answerDialog,
  engineId,
  freshFolder,
  launchApp,
  removeFolder,
  startAgain,
  type App,
} from './driver.ts';

/** What the page shows once the engine has answered. */
const engineName = /^TensorFlow|^WebAssembly/;
/** What the page asks for itself; the stand-in serves app:// under an https host. */
const OWN = /^(app:\/\/f910|https:\/\/f910\.app\.standin\.invalid)\//;

withBrowser('the desktop app', () => {
  let app: App;
  let page: Page;
  let workspace: string;
  const problems: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    workspace = freshFolder();
    app = await launchApp(workspace);
    app.context().on('request', request => requests.push(request.url()));
    page = await app.firstWindow();
    page.on('pageerror', error => problems.push(error.message));
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    await page.getByText(engineName).waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await app.close();
    await removeFolder(workspace);
  });
  afterEach(() => expect(problems.splice(0)).toEqual([]));

  it('shows the interface, connected to an engine on the workspace', async () => {
    expect(await page.title()).toBe('Data · F910 Studio');
    expect(existsSync(join(workspace, 'f910.sqlite'))).toBe(true);
    expect(await page.evaluate(() => innerWidth)).toBe(1280);
  });

  it('keeps the page inside its walls and asks nothing of the network', async () => {
    const seen = await page.evaluate(() => ({
      globals: ['require', 'process', 'module', 'ipcRenderer'].filter(name => name in window),
      bridge: Object.keys((window as unknown as { f910: object }).f910).sort(),
      frozen: Object.isFrozen((window as unknown as { f910: object }).f910),
      secure: isSecureContext,
    }));
    expect(seen).toEqual({
      globals: [],
      bridge: [
        'chooseSaveFolder',
        'connect',
        'editText',
        'notify',
        'onCommand',
        'onEngineLost',
        'onOpenFiles',
        'pathOf',
        'rememberFile',
        'restartEngine',
        'saveFile',
        'setTheme',
        'showState',
      ],
      frozen: true,
      secure: true,
    });
    expect(requests.filter(url => !OWN.test(url))).toEqual([]);
    const elsewhere = ['https://elsewhere.example/', 'http://127.0.0.1:9/', 'file:///etc/hostname'];
    const reached = await page.evaluate(
      urls =>
        Promise.all(
          urls.map(url =>
            fetch(url).then(
              () => url,
              () => 'blocked',
            ),
          ),
        ),
      elsewhere,
    );
    expect(reached).toEqual(['blocked', 'blocked', 'blocked']);
    const before = page.url();
    await page.evaluate(() => {
      open('https://elsewhere.example/');
      location.href = 'https://elsewhere.example/';
    });
    await page.getByRole('heading', { name: 'Data', exact: true }).waitFor();
    expect(page.url()).toBe(before);
    expect(app.windows()).toHaveLength(1);
    problems.length = 0; // The refusals are reported on the console.
  });

  it('reports an engine that crashed and reaches the next one', async () => {
    const before = await engineId(app);
    process.kill(before, 'SIGSEGV');
    await page.getByText('The engine stopped: it crashed (SIGSEGV).').waitFor();
    await page.getByText(engineName).waitFor({ timeout: 60_000 });
    expect(await engineId(app)).not.toBe(before);
  });

  it('is one for a workspace', async () => {
    expect(await startAgain(app, workspace)).toBe(0);
    expect(app.windows()).toHaveLength(1);
  });

  it('asks before it stops a run, and ends in order', async () => {
    await page.getByRole('button', { name: 'Run on the example data' }).click();
    await page
      .locator('h1')
      .filter({ hasNotText: /^Data$/ })
      .waitFor({ timeout: 120_000 });
    const ended = new Promise(resolve => app.process().once('exit', resolve));
    await answerDialog(app, 'showMessageBox', { response: 0 }, { response: 1 });
    const quit = (): Promise<void> => app.evaluate(({ app: electronApp }) => electronApp.quit());
    await quit();
    // Asked and refused: still here.
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(app.windows()).toHaveLength(1);
    const engine = await engineId(app);
    await quit();
    expect(await ended).toBe(0);
    expect(() => process.kill(engine, 0)).toThrow('ESRCH');
  });

  it('takes a page that crashed up again', async () => {
    const folder = freshFolder();
    const other = await launchApp(folder);
    await (await other.firstWindow()).getByText(engineName).waitFor({ timeout: 60_000 });
    await other.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer(),
    );
    const shown = (): Promise<unknown> =>
      other.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
          'document.querySelector("h1")?.textContent',
        ),
      );
    await vi.waitFor(async () => expect(await shown()).toBe('Data'), { timeout: 30_000, interval: 200 });
    await other.close();
    await removeFolder(folder);
  });
});
