/** The terminal is handed over whole: output, exit code, and every signal once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

const handOver = (code: string): string =>
  `import { handOver } from './lib/processes.mjs'; process.exitCode = await handOver(process.execPath, ['-e', ${JSON.stringify(code)}]);`;

/** Counts its interrupts and says so when it has been told to end. */
const counting = `
  let n = 0;
  process.on('SIGINT', () => { n++; console.log('interrupt ' + n); setTimeout(() => process.exit(130), 600); });
  console.log('ready'); setInterval(() => {}, 1000);`;

describe('handing over', () => {
  it('passes output and exit code through', async () => {
    const made = new Checkout();
    const ran = await made.run(handOver(`console.log('{}'); console.error('words'); process.exit(2)`));
    expect(ran).toEqual({ code: 2, out: '{}\n', err: 'words\n' });
  });

  it('says by its exit code which signal ended the program', async () => {
    const made = new Checkout();
    expect((await made.run(handOver(`process.kill(process.pid, 'SIGKILL')`))).code).toBe(137);
  });

  it.each([1, 3])('passes an interrupt on once, when it comes %i times at once', async times => {
    const made = new Checkout();
    made.write('scripts/under-test.mjs', handOver(counting));
    // Leader of a group of its own, so that the signal can be sent to all of it as a terminal does.
    const child = spawn(process.execPath, [made.path('scripts', 'under-test.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      if (text.toString() === 'ready\n') {
        process.kill(-child.pid!, 'SIGINT');
        for (let n = 1; n < times; n++) process.kill(child.pid!, 'SIGINT');
      }
    });
    const [code] = (await once(child, 'close')) as [number];
    expect(out).toBe('ready\ninterrupt 1\n');
    expect(code).toBe(130);
  });
});

describe('running with a time limit', () => {
  it('ends a program together with its helpers', async () => {
    const made = new Checkout();
    const helper = `require('node:child_process').spawn(process.execPath, ['-e', 'console.log(process.pid); setInterval(() => {}, 1e3)'], { stdio: 'inherit' })`;
    const ran = await made.run(
      `import { run } from './lib/processes.mjs'; console.log(JSON.stringify(await run(process.execPath, ['-e', ${JSON.stringify(helper)}], { timeLimit: 1500 })));`,
    );
    const { ok, output, timedOut } = JSON.parse(ran.out) as {
      ok: boolean;
      output: string;
      timedOut: boolean;
    };
    expect([ok, timedOut]).toEqual([false, true]);
    // `run` settles when nobody holds its output any more, the helper included.
    expect(Number(output)).toBeGreaterThan(1);
  });
});

describe('the lock of the set-up', () => {
  const hold = (ms: number): string =>
    `import { withLock } from './lib/lock.mjs'; await withLock(async () => { console.log('in'); await new Promise(r => setTimeout(r, ${ms})); console.log('out'); });`;

  it('lets one in after the other', async () => {
    const made = new Checkout();
    const one = `import { appendFileSync } from 'node:fs'; import { withLock } from './lib/lock.mjs'; await withLock(async () => { appendFileSync('${made.path('log')}', 'i'); await new Promise(r => setTimeout(r, 150)); appendFileSync('${made.path('log')}', 'o'); });`;
    const all = await Promise.all([1, 2, 3].map(() => made.run(one)));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(made.read('log')).toBe('ioioio');
    expect(all.some(({ err }) => err.includes('waiting for it'))).toBe(true);
  });

  it('is taken over from a holder that is gone', async () => {
    const made = new Checkout();
    await made.run(
      `import { withLock } from './lib/lock.mjs'; await withLock(() => process.kill(process.pid, 'SIGKILL'));`,
    );
    expect((await made.run(hold(1))).out).toBe('in\nout\n');
  });
});
