/** The built app for benchmarks: the server on a workspace of its own, and a browser to show it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { findBrowser } from '../src/main/browser/find.ts';
import { QUIET_FLAGS } from '../src/main/browser/open.ts';

const server = fileURLToPath(new URL('../out/main/server.js', import.meta.url));

export interface Served {
  readonly address: string;
  stop(): Promise<void>;
}

/** Settles when the address is there. */
export async function serve(workspace: string): Promise<Served> {
  const child = spawn(process.execPath, [server, '--no-open', '--workspace', workspace], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\S+/.exec(line)?.[0];
    if (address !== undefined) return { address, stop: () => end(child) };
  }
  throw new Error('The server ended without saying its address.');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Null where there is none; a benchmark says then that it was left out. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = findBrowser();
  if (executablePath === null) return null;
  // Chromium refuses its sandbox to root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...QUIET_FLAGS, ...asRoot, '--disable-gpu'] });
}
