/** One way to launch the built desktop app in two engines: the stand-in (anywhere), or the real Electron. */
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

export async function launchApp(workspace: string): Promise<App> {
  const args = [mainFile, `--workspace=${workspace}`];
  if (!inElectron) return launchStandin({ args });
  // Chromium refuses its sandbox to root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return _electron.launch({ args: [...asRoot, ...args] });
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
    },
    { method, answers },
  );
}

/** Process id of the engine. */
export async function engineId(app: App): Promise<number> {
  const metrics = await app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics());
  const engine = metrics.find(({ name }) => name === 'F910 engine');
  if (!engine) throw new Error('There is no engine process.');
  return engine.pid;
}
