/** A checkout of the scripts alone, in a folder of its own with a home of its own, for tests of the set-up. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/sandbox.ts';

export const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Checkout {
  readonly folder = temporaryFolder();
  readonly home = temporaryFolder();

  constructor(files: Readonly<Record<string, string>> = {}) {
    cpSync(join(project, 'scripts', 'lib'), join(this.folder, 'scripts', 'lib'), { recursive: true });
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }
  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }
  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }
  has(path: string): boolean {
    return existsSync(this.path(path));
  }
  get cache(): string {
    return join(this.home, 'f910-studio');
  }

  /** Runs code that imports from `./lib/...`, as one of the scripts would. */
  run(code: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
    this.write('scripts/under-test.mjs', code);
    const child = spawn(process.execPath, [this.path('scripts', 'under-test.mjs')], {
      env: { ...process.env, HOME: this.home, XDG_CACHE_HOME: this.home, npm_execpath: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    return new Promise(resolve => child.once('close', code_ => resolve({ code: code_, out, err })));
  }
}
