/** What the desktop adds around the page: menu, saving, opened files, notifications, theme, and a window that stays where it was. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DesktopBridge } from '../../src/shared/desktop.ts';
import { withBrowser } from '../support/browser.ts';
import { PATIENT } from '../support/patience.ts';
import {
  answerDialog,
  freshFolder,
  inElectron,
  launchApp,
  menuOf,
  pick,
  removeFolder,
  startAgain,
  unanswered,
  type App,
} from './driver.ts';

const engineName = /^TensorFlow|^WebAssembly/;
const COUNTS = ',x1,x2,x3\nACTB,1,2,0\nGAPDH,3,0,1\nCD3E,0,5,2\n';
const onlyStandin = it.skipIf(inElectron);

/** What would have reached the desktop, by the name of the call. */
const reached = (app: App, api: string): Promise<unknown[][]> =>
  app.evaluate(
    (electron, name) =>
      (electron as unknown as { standin: { calls: { api: string; args: unknown[] }[] } }).standin.calls
        .filter(call => call.api === name)
        .map(call => call.args),
    api,
  );

withBrowser('the desktop shell', () => {
  let app: App;
  let page: Page;
  const workspace = freshFolder();
  const files = freshFolder();
  const counts = (name: string): string => {
    const path = join(files, name);
    writeFileSync(path, COUNTS);
    return path;
  };
  const open = async (...given: Parameters<typeof launchApp>): Promise<void> => {
    app = await launchApp(...given);
    page = await app.firstWindow();
    await page.getByText(engineName).first().waitFor({ timeout: 60_000 });
  };
  const found = (name: string): Promise<void> =>
    page.getByRole('main').getByText(name, { exact: false }).first().waitFor();
  const address = (): string => new URL(page.url()).hash;

  beforeAll(() => open(workspace));
  afterAll(async () => {
    await app.close();
    await removeFolder(workspace);
    await removeFolder(files);
  });

  it('leads to every place by the menu', async () => {
    const places = (await menuOf(app, 'View')).slice(0, 9).map(({ label }) => label);
    for (const place of places) {
      await pick(app, 'View', place);
      await page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor();
    }
    expect(address()).toBe('#settings');
    await pick(app, 'Help', 'Getting started');
    await page.getByRole('heading', { level: 1, name: 'Data', exact: true }).waitFor();
  });

  it('keeps page, window and menu in one theme', async () => {
    const seen = async (): Promise<unknown> => ({
      page: await page.evaluate(() => document.documentElement.dataset['theme']),
      native: await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource),
      menu: (await menuOf(app, 'View', 'Theme')).find(({ checked }) => checked)?.label,
    });
    await pick(app, 'View', 'Theme', 'Dark');
    await expect.poll(seen, PATIENT).toEqual({ page: 'dark', native: 'dark', menu: 'Dark' });
    await pick(app, 'View', 'Theme', 'Light');
    await expect.poll(seen, PATIENT).toEqual({ page: 'light', native: 'light', menu: 'Light' });
  });

  it('leaves undo in a text field to the text', async () => {
    await page.evaluate(() => {
      const field = Object.assign(document.createElement('input'), { id: 'typed' });
      document.body.append(field);
      field.focus();
    });
    await page.keyboard.type('abc');
    await pick(app, 'Edit', 'Undo');
    const typed = (): Promise<string> => page.locator('#typed').inputValue();
    await expect.poll(typed, PATIENT).not.toBe('abc');
    await pick(app, 'Edit', 'Redo');
    await expect.poll(typed, PATIENT).toBe('abc');
    await page.evaluate(() => document.getElementById('typed')!.remove());
  });

  it('saves what the page made where the dialog says, whole or not at all', async () => {
    const save = (name: string): Promise<unknown> =>
      page.evaluate(
        ([bridge, as]) =>
          (window as unknown as Record<string, DesktopBridge>)[bridge!]!.saveFile(
            as!,
            new TextEncoder().encode('symbol\nACTB\n'),
          ),
        ['f910', name],
      );
    const chosen = join(files, 'genes of the panel.csv');
    const taken = join(files, 'taken');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    await answerDialog(
      app,
      'showSaveDialog',
      { canceled: false, filePath: chosen },
      { canceled: true, filePath: '' },
      { canceled: false, filePath: taken },
    );
    expect(await save('panel.csv')).toEqual({ path: chosen });
    expect(readFileSync(chosen, 'utf8')).toBe('symbol\nACTB\n');
    expect(await save('panel.csv')).toBe(null);
    expect(await save('panel.csv')).toEqual({ failed: expect.stringContaining('taken') as string });
    expect(readdirSync(files).sort()).toEqual(['genes of the panel.csv', 'taken']);
    await expect(save('')).rejects.toThrow('something that it does not take');
  });

  it('lets the page write to the clipboard, and ask for nothing else', async () => {
    await page.bringToFront();
    expect(
      await page.evaluate(() =>
        navigator.clipboard.writeText('ACTB').then(
          () => 'written',
          (error: Error) => error.message,
        ),
      ),
    ).toBe('written');
    expect(
      await page.evaluate(() =>
        navigator.clipboard.readText().then(
          () => 'read',
          () => 'refused',
        ),
      ),
    ).toBe('refused');
    expect(await page.evaluate(() => Notification.permission)).toBe('denied');
  });

  it('opens files from the menu and from an icon, and offers them again', async () => {
    const [a, b] = [counts('first.csv'), counts('second.csv')];
    await answerDialog(app, 'showOpenDialog', { canceled: false, filePaths: [a] });
    await pick(app, 'View', 'Settings');
    await pick(app, 'File', 'Open files…');
    await found('first.csv');
    expect(address()).toMatch(/^#data/);
    // As macOS does for a double click.
    await app.evaluate(
      ({ app: electronApp }, path) => electronApp.emit('open-file', { preventDefault() {} }, path),
      b,
    );
    await found('second.csv');
    // Before them stands the example data set that the guide made.
    const offered = async (): Promise<string[]> => {
      const labels = (await menuOf(app, 'File', 'Open recent')).map(({ label }) => label);
      return labels.slice(Math.max(0, labels.indexOf('Files')));
    };
    expect(await offered()).toEqual(['Files', 'second.csv', 'first.csv', '', 'Clear']);
    if (!inElectron) expect(await reached(app, 'app.addRecentDocument')).toEqual([[a], [b]]);
    await pick(app, 'File', 'Open recent', 'first.csv');
    await expect.poll(offered, PATIENT).toEqual(['Files', 'first.csv', 'second.csv', '', 'Clear']);
    await pick(app, 'File', 'Open recent', 'Clear');
    expect(await offered()).not.toContain('first.csv');
  });

  it('takes over the files of a second start', async () => {
    expect(await startAgain(app, workspace, counts('third.csv'), '--some-switch', 'not-there.csv')).toBe(0);
    await found('third.csv');
    expect(app.windows()).toHaveLength(1);
  });

  onlyStandin('notifies, and comes forward when the notification is clicked', async () => {
    await page.evaluate(() =>
      (window as unknown as Record<string, DesktopBridge>)['f910']!.notify('Run 1 is finished', 'F910'),
    );
    expect(await reached(app, 'Notification.show')).toEqual([['Run 1 is finished', 'F910']]);
    const focused = await app.evaluate(({ BrowserWindow, ...electron }) => {
      const window = BrowserWindow.getAllWindows()[0]!;
      window.minimize();
      let heard = false;
      window.once('focus', () => (heard = true));
      const { shown } = electron.Notification as unknown as { shown: { emit(name: string): void }[] };
      shown[0]!.emit('click');
      return heard && !window.isMinimized();
    });
    expect(focused).toBe(true);
  });

  onlyStandin(
    'shows how far a run is, asks before the session ends, and pauses, starts and stops by the menu',
    async () => {
      await page.getByRole('button', { name: 'Run on the example data' }).first().click();
      const usable = async (): Promise<boolean> =>
        (await menuOf(app, 'Run')).find(({ label }) => label === 'Stop')!.enabled;
      await expect.poll(usable, { ...PATIENT, timeout: 120_000 }).toBe(true);
      const shares = async (): Promise<unknown[]> => (await reached(app, 'window.setProgressBar')).flat();
      await expect
        .poll(async () => (await shares()).some(share => Number(share) > 0 && Number(share) < 1), {
          ...PATIENT,
          timeout: 120_000,
        })
        .toBe(true);
      // As Linux, macOS and Windows do when the user leaves; the answer is no.
      for (const [emitter, event] of [
        ['powerMonitor', 'shutdown'],
        ['window', 'query-session-end'],
      ] as const) {
        await answerDialog(app, 'showMessageBox', { response: 0 });
        const held = await app.evaluate(
          async ({ BrowserWindow, powerMonitor }, what) => {
            let prevented = false;
            const window = BrowserWindow.getAllWindows()[0]! as unknown as NodeJS.EventEmitter;
            const from =
              what.emitter === 'window' ? window : (powerMonitor as unknown as NodeJS.EventEmitter);
            from.emit(what.event, { preventDefault: () => (prevented = true) });
            return prevented;
          },
          { emitter, event },
        );
        expect(held).toBe(true);
        await expect.poll(() => unanswered(app), PATIENT).toBe(0);
        expect(app.windows()).toHaveLength(1);
      }
      await pick(app, 'Run', 'Pause');
      await expect.poll(usable, { ...PATIENT, timeout: 60_000 }).toBe(false);
      await pick(app, 'Run', 'Start');
      await expect.poll(usable, { ...PATIENT, timeout: 60_000 }).toBe(true);
      await pick(app, 'Run', 'Stop');
      await expect.poll(usable, { ...PATIENT, timeout: 60_000 }).toBe(false);
      expect((await shares()).at(-1)).toBe(-1);
      const [heading, example] = await menuOf(app, 'File', 'Open recent');
      expect(heading!.label).toBe('Data sets');
      await pick(app, 'View', 'History');
      await pick(app, 'File', 'Open recent', example!.label);
      await expect.poll(address, PATIENT).toMatch(/^#quality\?dataset=/);
    },
  );

  it('opens where it was closed, with the files it is started with', async () => {
    const place = { x: 120, y: 90, width: 1200, height: 760 };
    await app.evaluate(
      ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds),
      place,
    );
    const bounds = (): Promise<object> =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds());
    const ended = await bounds();
    await app.close();
    await open(workspace, { files: [counts('fourth.csv')] });
    expect(await bounds()).toEqual(ended);
    await found('fourth.csv');
    expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('light');
    if (inElectron) return;
    // The screen is gone.
    await app.close();
    const far = { x: 5_000, y: 0, width: 1600, height: 900 };
    const displays = [{ id: 7, bounds: far, workArea: far, scaleFactor: 1 }];
    await open(workspace, { env: { ELECTRON_STANDIN_DISPLAYS: JSON.stringify(displays) } });
    expect(await bounds()).toMatchObject({ width: 1200, height: 760 });
    expect(await bounds()).not.toMatchObject({ x: 120 });
  });
});
