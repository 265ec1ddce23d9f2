/** The terminal as a user meets it: a process of its own, with its two streams and its exit code. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src/main/cli.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `f910 ...args`; the workspace is given by F910_WORKSPACE. */
export function startTerminal(
  workspace: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { process: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ...environment, F910_WORKSPACE: workspace },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { process: child, finished };
}

export const terminal = (workspace: string, ...args: string[]): Promise<Finished> =>
  startTerminal(workspace, args).finished;

/** The one object that `--json` prints. */
export function json<T>(finished: Finished): T {
  return JSON.parse(finished.out) as T;
}
