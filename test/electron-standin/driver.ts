/** One way to launch the built desktop app in two engines: the stand-in (anywhere), or the real Electron. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { launch as launchStandin, type App } from './launch.ts';

export type { App };
export const inElectron = process.env['E2E_ENGINE'] === 'electron';
export const mainFile = fileURLToPath(new URL('../../out/main/index.js', import.meta.url));

/** @param files paths on the command line, as a drop on the icon puts them there */
export async function launchApp(
  workspace: string,
  { files = [], env = {} }: { files?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<App> {
  const args = [mainFile, `--workspace=${workspace}`, ...files];
  if (!inElectron) return launchStandin({ args, env: { ...env } });
  const all = Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined);
  const given = Object.fromEntries(all) as Record<string, string>;
  return _electron.launch({ args: [...asRoot, ...args], env: given });
}

/** Chromium refuses its sandbox to root. */
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Starts the app a second time on the same workspace, and waits for that to end. @returns its exit code */
export async function startAgain(
  app: App,
  workspace: string,
  ...words: readonly string[]
): Promise<number | null> {
  const standin = ['--import', new URL('register.ts', import.meta.url).href];
  const program = inElectron ? app.process().spawnfile : process.execPath;
  const args = [...(inElectron ? asRoot : standin), mainFile, `--workspace=${workspace}`, ...words];
  const child = spawn(program, args, { stdio: 'ignore' });
  return new Promise(resolve => child.once('exit', resolve));
}

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'f910-desktop-'));

/** Chromium's helpers still delete files for a moment after it exits. */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

// Helpers are made of `evaluate` in the main process alone, so they are the same in both engines.

/** Answers the next dialogs of this kind in order; an unexpected further one fails. */
export function answerDialog(
  app: App,
  method: 'showOpenDialog' | 'showSaveDialog' | 'showMessageBox',
  ...answers: object[]
): Promise<void> {
  return app.evaluate(
    ({ dialog }, given) => {
      const left = [...given.answers];
      const answer = async (): Promise<object> => {
        const next = left.shift();
        if (!next) throw new Error(`unexpected dialog.${given.method}`);
        return next;
      };
      Object.assign(dialog, { [given.method]: answer });
      Object.assign(globalThis, { dialogsLeft: () => left.length });
    },
    { method, answers },
  );
}

/** How many of the last given answers no dialog has asked for yet. */
export function unanswered(app: App): Promise<number> {
  return app.evaluate(() => (globalThis as unknown as { dialogsLeft: () => number }).dialogsLeft());
}

/** An item of the application menu as somebody sees it. */
export interface SeenItem {
  readonly label: string;
  readonly enabled: boolean;
  readonly checked: boolean;
}

/** Items of the menu that the labels lead to. */
export function menuOf(app: App, ...path: readonly string[]): Promise<SeenItem[]> {
  return app.evaluate(({ Menu }, labels) => {
    let menu = Menu.getApplicationMenu();
    for (const label of labels) menu = menu?.items.find(item => item.label === label)?.submenu ?? null;
    return (menu?.items ?? []).map(({ label, enabled, checked }) => ({ label, enabled, checked }));
  }, path);
}

/** Picks the item that the labels lead to. */
export function pick(app: App, ...path: readonly string[]): Promise<void> {
  return app.evaluate(({ Menu, BrowserWindow }, labels) => {
    let menu = Menu.getApplicationMenu();
    for (const label of labels.slice(0, -1))
      menu = menu?.items.find(item => item.label === label)?.submenu ?? null;
    const item = menu?.items.find(({ label }) => label === labels.at(-1));
    if (!item) throw new Error(`The menu has no ${labels.join(' > ')}.`);
    item.click(undefined, BrowserWindow.getAllWindows()[0], undefined);
  }, path);
}

/** Process id of the engine. */
export async function engineId(app: App): Promise<number> {
  const metrics = await app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics());
  const engine = metrics.find(({ name }) => name === 'F910 engine');
  if (!engine) throw new Error('There is no engine process.');
  return engine.pid;
}
