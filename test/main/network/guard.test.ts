/** The guard that the test of silence relies on sees what it has to see. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/sandbox.ts';

const ATTEMPTS: Record<string, string> = {
  connect: `require('node:net').connect(9, '192.0.2.1').on('error', () => {}).destroy()`,
  'connect with options': `require('node:net').connect({ port: 9, host: '192.0.2.1' }).on('error', () => {}).destroy()`,
  http: `require('node:http').get('http://192.0.2.1/').on('error', () => {}); setTimeout(() => process.exit(), 100)`,
  fetch: `fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(100) }).catch(() => {})`,
  lookup: `require('node:dns').lookup('elsewhere.example', () => {})`,
  datagram: `const s = require('node:dgram').createSocket('udp4'); s.send('x', 9, '192.0.2.1', () => s.close())`,
};
const guard = new URL('guard.ts', import.meta.url).href;

function logOf(code: string): string {
  const log = join(temporaryFolder(), 'network.log');
  execFileSync(process.execPath, ['--import', guard, '--eval', code], {
    env: { ...process.env, F910_TEST_NETWORK_LOG: log },
    stdio: 'pipe',
  });
  return readFileSync(log, 'utf8');
}

it.each(Object.keys(ATTEMPTS))('sees an attempt by %s', name => {
  expect(logOf(ATTEMPTS[name]!)).toMatch(/192\.0\.2\.1|elsewhere\.example/);
});

it('sees what a worker thread does', () => {
  const file = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(
    file,
    `import net from 'node:net'; net.connect(9, '192.0.2.1').on('error', () => {}).destroy();`,
  );
  expect(logOf(`new (require('node:worker_threads').Worker)(${JSON.stringify(file)})`)).toContain(
    '192.0.2.1',
  );
});

it('lets this machine talk to itself in silence', () => {
  const lines = logOf(
    `const server = require('node:http').createServer((_, r) => r.end()).listen(0, '127.0.0.1', async () => { await fetch('http://127.0.0.1:' + server.address().port); await fetch('http://localhost:' + server.address().port); server.close(); })`,
  );
  expect(lines.trim().split('\n')).toEqual([expect.stringContaining('guarded')]);
});
