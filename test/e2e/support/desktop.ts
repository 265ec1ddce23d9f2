/** The same screens in the desktop app: the stand-in for Electron or Electron itself, its dialogs answered by the test. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inElectron, launchApp, type App } from '../../electron-standin/driver.ts';

export class Desktop {
  readonly app: App;
  readonly page: Page;
  readonly #folder: string;

  private constructor(app: App, page: Page, folder: string) {
    this.app = app;
    this.page = page;
    this.#folder = folder;
  }

  /** Opens a window whose page has the given size. */
  static async open(
    workspace: string,
    size: { width: number; height: number },
    environment: Readonly<Record<string, string>>,
  ): Promise<Desktop> {
    const profile = join(workspace, 'window');
    mkdirSync(profile, { recursive: true });
    const state = { bounds: { x: 0, y: 0, ...size }, maximised: false, theme: 'system' };
    writeFileSync(join(profile, 'window.json'), JSON.stringify(state));
    const app = await launchApp(workspace, { env: environment });
    return new Desktop(app, await app.firstWindow(), mkdtempSync(join(tmpdir(), 'f910-saved-')));
  }

  async close(): Promise<void> {
    // Whatever the window is asked while it closes, it may close.
    await this.app
      .evaluate(({ dialog }) => void Object.assign(dialog, { showMessageBox: async () => ({ response: 1 }) }))
      .catch(() => {});
    await this.app.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Before these are chosen: in the stand-in a page's file has no path by itself. */
  async knowPaths(paths: readonly string[]): Promise<void> {
    if (inElectron) return;
    const known = Object.fromEntries(paths.flatMap(filesOf));
    await this.app.evaluate(({ BrowserWindow }, files) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        knowFiles(files: Readonly<Record<string, string>>): void;
      };
      contents.knowFiles(files);
    }, known);
  }

  /** The file that `press` saves, where the dialog was told to put it. */
  async saved(press: () => Promise<unknown>, timeout: number): Promise<{ name: string; path: string }> {
    const folder = mkdtempSync(join(this.#folder, 'file-'));
    await this.app.evaluate(
      ({ dialog }, into) =>
        void Object.assign(dialog, {
          showSaveDialog: async (_window: unknown, { defaultPath }: { defaultPath: string }) => ({
            canceled: false,
            filePath: `${into}/${defaultPath.split(/[\\/]/).pop()}`,
          }),
        }),
      folder,
    );
    await press();
    const names = (): string[] => readdirSync(folder).filter(name => !name.startsWith('.'));
    await expect.poll(names, { timeout }).toHaveLength(1);
    const [name] = names();
    return { name: name!, path: join(folder, name!) };
  }

  /** Files that `press` exports into the folder that the dialog was told, by their paths below it. */
  async exported(press: () => Promise<unknown>, timeout: number): Promise<Map<string, Buffer>> {
    const folder = mkdtempSync(join(this.#folder, 'export-'));
    await this.app.evaluate(
      ({ dialog }, into) =>
        void Object.assign(dialog, {
          showOpenDialog: async () => ({ canceled: false, filePaths: [into] }),
        }),
      folder,
    );
    await press();
    await this.page.getByText(`Written to ${folder}`, { exact: false }).first().waitFor({ timeout });
    return new Map(
      filesOf(folder).map(([, path]) => [relative(folder, path).split(sep).join('/'), readFileSync(path)]),
    );
  }
}

/** Every file of a path by the name that a page has for it. */
function filesOf(path: string): [string, string][] {
  if (!statSync(path).isDirectory()) return [[basename(path), path]];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      return [`${basename(path)}/${relative(path, file).split(sep).join('/')}`, file];
    });
}
