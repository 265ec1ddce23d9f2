/**
 * The app as a user meets it: the built server and engine in processes of their own on a workspace of the test's own,
 * and the built page in a real browser; or the same page in the window of the desktop app. Nothing the page asks for may
 * come from anywhere else.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished } from 'vitest';
import axe from 'axe-core';
import type { RunOptions } from 'axe-core';
import { findBrowser } from '../../../src/main/browser/find.ts';
import { QUIET_FLAGS } from '../../../src/main/browser/open.ts';
import { inElectron } from '../../electron-standin/driver.ts';
import { audit } from './audit.ts';
import { Desktop } from './desktop.ts';
import { readZip } from './zip.ts';

const server = fileURLToPath(new URL('../../../out/main/server.js', import.meta.url));
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));
const program = process.env['F910_CHROMIUM'] || findBrowser();
const missing =
  program === null && !inElectron
    ? 'no Chromium, Chrome or Edge was found; F910_CHROMIUM names one'
    : existsSync(server)
      ? null
      : 'the app is not built; npm run build does it';

/** 1280 x 800 has to be enough. */
const SCREEN = { width: 1280, height: 800 };
/** Runs here take seconds; a busy machine may take much longer. */
export const RUN_MS = 200_000;

let browser: Browser | undefined;

/** Where the page is shown. The specs are the same; `runOn('desktop')` comes before one is loaded. */
export type ShownIn = 'browser' | 'desktop';
let shownIn: ShownIn = 'browser';
export function runOn(host: ShownIn): void {
  shownIn = host;
}
/** For what only one of them has: `it.skipIf(onDesktop())`. */
export const onDesktop = (): boolean => shownIn === 'desktop';

/** A group of end-to-end tests; skipped, and counted as skipped, where there is no browser to show the page. */
export function endToEnd(name: string, body: () => void): void {
  const host = shownIn;
  const title = host === 'desktop' ? `${name}, in the desktop app` : name;
  describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
    beforeAll(async () => {
      shownIn = host;
      if (host === 'desktop') return;
      // Chromium refuses its sandbox to root.
      const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const args = [...QUIET_FLAGS, ...asRoot, '--disable-gpu'];
      browser = await chromium.launch({ executablePath: program!, args });
    });
    afterAll(() => browser?.close());
    afterEach(async ({ task }) => {
      if (task.result?.state !== 'fail') return;
      const page = Studio.last?.page;
      const path = join(screenshots, `failed-${task.name.replace(/\W+/g, '-')}.png`);
      // The page may be what failed.
      await page?.screenshot({ path }).catch(() => {});
    });
    body();
  });
}

export class Studio {
  /** The one that was opened last, for the picture of what failed. */
  static last: Studio | undefined;
  readonly workspace: string;
  readonly page: Page;
  readonly #desktop: Desktop | undefined;
  #server: ChildProcess | undefined;
  #address = '';
  /** Pages of the earlier start are refused. */
  #startedAnew = false;
  readonly #otherWays: string[] = [];
  /** What went wrong in the page, and what it asked for elsewhere. */
  readonly #faults: string[] = [];

  private constructor(page: Page, workspace: string, desktop?: Desktop) {
    this.page = page;
    this.workspace = workspace;
    this.#desktop = desktop;
    Studio.last = this;
  }

  /** Opens the app for one test and ends it afterwards; the test fails where the page misbehaved. */
  static async open(environment: Readonly<Record<string, string>> = {}): Promise<Studio> {
    const studio = await Studio.openForSeveral(environment);
    onTestFinished(() => studio.close());
    return studio;
  }

  /** The same for the tests of a group, who close it themselves. */
  static async openForSeveral(environment: Readonly<Record<string, string>> = {}): Promise<Studio> {
    const workspace = mkdtempSync(join(tmpdir(), 'f910-e2e-'));
    if (shownIn === 'desktop') return Studio.#openDesktop(workspace, environment);
    const context = await browser!.newContext({
      viewport: SCREEN,
      acceptDownloads: true,
      reducedMotion: 'reduce',
    });
    const studio = new Studio(await context.newPage(), workspace);
    try {
      await studio.#serve(environment);
      studio.#observe();
      await studio.page.goto(studio.#address);
      await studio.button('Run on the example data').waitFor();
    } catch (error) {
      await studio.#end();
      throw error;
    }
    return studio;
  }

  static async #openDesktop(
    workspace: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<Studio> {
    const desktop = await Desktop.open(workspace, SCREEN, environment);
    const studio = new Studio(desktop.page, workspace, desktop);
    try {
      await studio.button('Run on the example data').waitFor();
      studio.#address = desktop.page.url();
      studio.#observe();
    } catch (error) {
      await studio.#end();
      throw error;
    }
    return studio;
  }

  async close(): Promise<void> {
    await this.#end();
    expect(this.#faults).toEqual([]);
  }

  async #end(): Promise<void> {
    if (this.#desktop) await this.#desktop.close();
    else await this.page.context().close();
    await this.stopServer();
    // Chromium's helpers still write into a window's profile for a moment after it has closed.
    await rm(this.workspace, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  get address(): string {
    return this.#address;
  }

  get origin(): string {
    return new URL(this.#address).origin;
  }

  /** Another way to the same server, such as a tunnel. */
  expectFrom(origin: string): void {
    this.#otherWays.push(origin);
  }

  /** Starts the server again, on the same port and with another key. */
  serveAgain(): Promise<void> {
    this.#startedAnew = true;
    return this.#serve({}, ['--port', new URL(this.#address).port]);
  }

  async #serve(
    environment: Readonly<Record<string, string>>,
    options: readonly string[] = [],
  ): Promise<void> {
    const given = [server, '--no-open', '--workspace', this.workspace, ...options];
    const child = spawn(process.execPath, given, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#server = child;
    for await (const line of createInterface(child.stdout)) {
      this.#address = /http:\S+/.exec(line)?.[0] ?? '';
      if (this.#address !== '') return;
    }
    throw new Error('The server ended without saying its address.');
  }

  #observe(): void {
    this.page.on('pageerror', error => this.#faults.push(String(error)));
    this.page.on('request', request => {
      const origins = [this.origin, ...this.#otherWays];
      const own = ['data:', ...origins, ...origins.map(origin => `blob:${origin}`)];
      if (!own.some(start => request.url().startsWith(start)))
        this.#faults.push(`The page asked for ${request.url()}`);
    });
    this.page.on('console', message => {
      // An engine that was ended on purpose leaves a socket that could not be opened.
      const lost = /WebSocket|ERR_(CONNECTION_\w+|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)/;
      const refused = this.#startedAnew && /status of 403/.test(message.text());
      const expected = refused || lost.test(message.text());
      if (message.type() === 'error' && !expected)
        this.#faults.push(`${message.text()} ${message.location().url}`);
    });
  }

  /** Ends the server in order, as Ctrl-C does. */
  async stopServer(): Promise<void> {
    const child = this.#server;
    this.#server = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Ends the engine process as the system does when memory runs out. */
  killEngine(): void {
    // The engine's lock in the workspace begins with its process number.
    const [lock] = readdirSync(join(this.workspace, 'staging')).filter(name => name.endsWith('.lock'));
    process.kill(Number.parseInt(lock!, 10), 'SIGKILL');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** The open place. */
  get main(): Locator {
    return this.page.getByRole('main');
  }

  /** Chooses files by the dialog that the button opens. */
  async choose(button: string, paths: readonly string[]): Promise<void> {
    await this.#desktop?.knowPaths(paths);
    const dialog = this.page.waitForEvent('filechooser');
    await this.button(button).click();
    await (await dialog).setFiles([...paths]);
  }

  /** The file that `press` saves: a download in the browser, the save dialog's in the desktop window. */
  async saved(press: () => Promise<unknown>): Promise<{ readonly name: string; readonly path: string }> {
    if (this.#desktop) return this.#desktop.saved(press, RUN_MS);
    const download = this.page.waitForEvent('download', { timeout: RUN_MS });
    await press();
    const file = await download;
    return { name: file.suggestedFilename(), path: await file.path() };
  }

  /** Content of every file of the export that `press` makes: a zip in the browser, a folder in the desktop window. */
  async exported(press: () => Promise<unknown>): Promise<ReadonlyMap<string, Buffer>> {
    if (this.#desktop) return this.#desktop.exported(press, RUN_MS);
    const { name, path } = await this.saved(press);
    await this.page.getByText(`Downloaded as ${name}.`).first().waitFor();
    return readZip(path);
  }

  /** Chooses count files and waits until they were looked at, all of them readable or not. */
  async chooseCounts(...paths: readonly string[]): Promise<void> {
    await this.choose('Choose files…', paths);
    await this.looked();
  }

  /** Waits until everything that was chosen has arrived and was looked at. */
  async looked(): Promise<void> {
    await this.page.getByRole('heading', { name: /Found in your files|Not readable/ }).waitFor();
    await expect.poll(() => this.button('Choose files…').isEnabled(), { timeout: 60_000 }).toBe(true);
  }

  /** Stores what was found under a name, and waits for what becomes of it. */
  async store(name: string): Promise<string> {
    await this.page.getByLabel('Name of the data set').fill(name);
    await this.button('Store this data set').click();
    const outcome = this.main.getByRole('status').filter({ hasText: /^(Stored|These counts are stored)/ });
    return (await outcome.textContent()) ?? '';
  }

  /** What is said of a stored data set that is open. */
  card(name: string): Locator {
    return this.page.getByRole('article', { name, exact: true });
  }

  /** What a card says, in one line. */
  async words(name: string): Promise<string> {
    return (await this.card(name).innerText()).replace(/\s+/g, ' ');
  }

  async runQuickly(name: string): Promise<void> {
    const card = this.card(name);
    await card.getByLabel('Recipe').selectOption('quick');
    await card.getByRole('button', { name: 'Run the recipe' }).click();
    await this.button('Stop').waitFor();
  }

  /** Stores the example data, runs the quick recipe on them and opens the panel. */
  async exampleResult(): Promise<void> {
    await this.button('Show me step by step').click();
    await this.button('Close the guide').click();
    await this.goTo('Data');
    await this.runQuickly('Example (simulated): 2,000 cells of 6 types');
    await this.result();
  }

  /** Waits for the phase of the open run whose name begins so. */
  async phase(name: string): Promise<void> {
    await this.main.getByRole('status').filter({ hasText: name }).first().waitFor({ timeout: RUN_MS });
  }

  /** Waits for the end of the open run, and opens its panel. */
  async result(): Promise<void> {
    const open = this.main.getByRole('button', { name: 'Open the panel' });
    await open.waitFor({ timeout: RUN_MS });
    await open.click();
    await this.button('Export gene lists, figures and report').waitFor();
  }

  /** Opens a place by the rail. */
  async goTo(place: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: place }).click();
    await this.page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor();
  }

  /** What axe finds serious or critical on the screen. */
  async #serious(): Promise<string[]> {
    // The policy of the page allows no foreign script; an evaluation by the test is not one.
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe.source);
    // The contrast of every text is the audit's, which is much faster.
    const options: RunOptions = {
      resultTypes: ['violations'],
      rules: { 'color-contrast': { enabled: false } },
    };
    const { violations } = await this.page.evaluate(
      given => (window as unknown as { axe: typeof axe }).axe.run(given),
      options,
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.html).join(' ')}`);
  }

  /**
   * The screen in light and in dark, to look at, each held to readable colours, names of controls and its width. The dark
   * one differs in its colours alone, which the audit reads: axe, which is slow, looks at the light one.
   */
  async picture(name: string): Promise<void> {
    // It is the same page.
    if (onDesktop()) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.evaluate(() => document.fonts.ready);
      // Charts draw a frame after their option was set.
      await this.page.evaluate(
        () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await this.page.screenshot({
        path: join(screenshots, `${name}-${colorScheme}.png`),
      });
      expect(await this.page.evaluate(audit), `${name}, ${colorScheme}`).toEqual([]);
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
    expect(await this.#serious(), `${name}, found by axe`).toEqual([]);
  }
}
