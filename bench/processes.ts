/** Runs a program and watches what its whole process tree takes of the memory, as the operating system counts it. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Watched {
  readonly seconds: number;
  /** Largest sum of resident memory over the tree, in bytes; null where the system has no /proc. */
  readonly peakBytes: number | null;
  readonly stdout: string;
}

const EVERY_MS = 20;

/** @throws where the program cannot be started, or ends with another code than 0; with the end of what it wrote */
export function watch(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Watched> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
    let peak: number | null = null;
    const timer = setInterval(() => {
      const now = treeMemory(child.pid ?? 0);
      if (now !== null) peak = Math.max(peak ?? 0, now);
    }, EVERY_MS);
    child.on('error', error => {
      clearInterval(timer);
      reject(error);
    });
    child.on('close', code => {
      clearInterval(timer);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, peakBytes: peak, stdout });
      else reject(new Error(`${command} ${args.join(' ')} ended with code ${code}.\n${stderr}`));
    });
  });
}

/**
 * Resident bytes of a process and all its descendants; null where there is no /proc. For the root alone the peak that
 * the system itself has kept counts, so that nothing between two looks is missed.
 */
function treeMemory(root: number): number | null {
  let ids: string[];
  try {
    ids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return null;
  }
  const parents = new Map<number, number>();
  for (const id of ids) {
    const stat = readOrNull(`/proc/${id}/stat`);
    // The name may hold anything, parentheses too; state and parent follow the last one.
    if (stat !== null) parents.set(Number(id), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const tree = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [id, parent] of parents) if (tree.has(parent) && !tree.has(id)) grown = !!tree.add(id);
  }
  const sum = [...tree].reduce((bytes, id) => bytes + statusBytes(id, 'VmRSS'), 0);
  return tree.size === 1 ? Math.max(sum, statusBytes(root, 'VmHWM')) : sum;
}

function statusBytes(id: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readOrNull(`/proc/${id}/status`) ?? '');
  return line === null ? 0 : Number(line[1]) * 1024;
}

/** A process may end between two looks. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
