/** The test's side: the part of Playwright's ElectronApplication that the specs use, over the stand-in. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type ElectronApplication,
  type Page,
} from 'playwright-core';
import { KEEPER } from './chromium.ts';

export type App = Pick<
  ElectronApplication,
  'evaluate' | 'firstWindow' | 'windows' | 'context' | 'close' | 'process'
>;
export type LaunchOptions = { args: string[]; env?: Record<string, string>; timeout?: number };
type Reply = { id: number; value?: unknown; error?: string };

export async function launch({ args, env = {}, timeout = 30_000 }: LaunchOptions): Promise<App> {
  const register = new URL('./register.ts', import.meta.url).href;
  const child: ChildProcess = spawn(process.execPath, ['--import', register, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
  const evaluate = evaluator(child);
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.on('message', (m: { endpoint?: string }) => m.endpoint && resolve(m.endpoint));
    child.once('exit', code => reject(new Error(`the main process exited with ${code} before it was ready`)));
    setTimeout(() => reject(new Error('the main process did not start in time')), timeout).unref();
  });
  const browser: Browser = await chromium.connectOverCDP(endpoint, { timeout });
  const context: BrowserContext = browser.contexts()[0]!;
  child.send({ go: true });

  const windows = (): Page[] => context.pages().filter(page => page.url() !== KEEPER);
  const firstWindow = async (): Promise<Page> =>
    windows()[0] ?? context.waitForEvent('page', { predicate: page => page.url() !== KEEPER, timeout });
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    if (child.exitCode === null) await evaluate('({ app }) => app.quit()').catch(() => {});
    await exited;
    clearTimeout(timer);
    await browser.close();
  };
  return { evaluate, firstWindow, windows, context: () => context, close, process: () => child };
}

/** Runs functions in the main process, as Playwright's `evaluate` does. */
function evaluator(child: ChildProcess): (source: unknown, argument?: unknown) => Promise<never> {
  const replies = new Map<number, (reply: Reply) => void>();
  let last = 0;
  child.on('message', (m: Reply) => replies.get(m.id)?.(m));
  child.once('exit', code => {
    for (const [id, answer] of replies) answer({ id, error: `the main process exited with ${code}` });
  });
  return (source, argument) =>
    new Promise<never>((resolve, reject) => {
      const id = ++last;
      replies.set(id, ({ value, error }) => {
        replies.delete(id);
        if (error === undefined) resolve(value as never);
        else reject(new Error(`electronApplication.evaluate: ${error}`));
      });
      child.send({ id, source: String(source), argument }, error => {
        if (error) replies.get(id)?.({ id, error: String(error) });
      });
    });
}
