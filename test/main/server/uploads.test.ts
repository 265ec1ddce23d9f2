/** Uploads that break off and are taken up again, and what is left of them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { PATIENT } from '../../support/patience.ts';
import { freshLoopback, type Loopback } from './loopback-fixture.ts';

const KEY = 'a'.repeat(32);
const CONTENT = Buffer.from(Array.from({ length: 3000 }, (_, k) => k % 251));
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const received = async ({ ask }: Loopback): Promise<number> =>
  (JSON.parse((await ask(`/upload?key=${KEY}`)).body) as { received: number }).received;

const rest = (loopback: Loopback, offset: number, tail: string, body = CONTENT.subarray(offset)) => {
  const query = { name: 'a.csv', key: KEY, size: '3000', offset: String(offset), tail };
  return loopback.ask(`/upload?${new URLSearchParams(query).toString()}`, { method: 'POST', body });
};

/** Sends the beginning of the file, and breaks off. */
async function breakOff(loopback: Loopback, bytes: number): Promise<void> {
  const { server, cookie } = loopback;
  const broken = connect(server.port, '127.0.0.1');
  const path = `/upload?name=a.csv&key=${KEY}&size=3000&offset=0`;
  const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Origin: http://127.0.0.1'];
  broken.write([...head, `Cookie: ${cookie}`, 'Content-Length: 3000', '', ''].join('\r\n'));
  broken.write(CONTENT.subarray(0, bytes));
  await vi.waitFor(async () => expect(await received(loopback)).toBe(bytes), PATIENT);
  broken.destroy();
}

it('takes a file up again where it broke off', async () => {
  const loopback = await freshLoopback();
  expect(await received(loopback)).toBe(0);
  await breakOff(loopback, 1000);
  const answer = await rest(loopback, 1000, sum(CONTENT.subarray(0, 1000)));
  const { id } = JSON.parse(answer.body) as { id: string };
  expect(readFileSync(join(loopback.workspace, 'uploads', id, 'a.csv'))).toEqual(CONTENT);
  expect(await received(loopback)).toBe(0);
});

it('takes the newer connection where the older one hangs', async () => {
  const loopback = await freshLoopback();
  const hanging = connect(loopback.server.port, '127.0.0.1');
  const path = `/upload?name=a.csv&key=${KEY}&size=3000&offset=0`;
  const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Origin: http://127.0.0.1'];
  hanging.write([...head, `Cookie: ${loopback.cookie}`, 'Content-Length: 3000', '', 'abc'].join('\r\n'));
  await vi.waitFor(async () => expect(await received(loopback)).toBe(3), PATIENT);
  expect((await rest(loopback, 0, '')).status).toBe(200);
  hanging.destroy();
});

it('begins again where what is here is of another file', async () => {
  const loopback = await freshLoopback();
  await breakOff(loopback, 1000);
  const other = await rest(loopback, 1000, sum(Buffer.from('another file')));
  expect(JSON.parse(other.body)).toMatchObject({ error: { code: 'BAD_INPUT', facts: { path: 'tail' } } });
  expect(await received(loopback)).toBe(0);
  expect((await rest(loopback, 0, '')).status).toBe(200);
});

it.each([
  ['begins beyond what is here', { offset: '500' }],
  ['begins before the file', { offset: '-1' }],
  ['has no size', { size: 'many' }],
  ['is longer than announced', { size: '2999' }],
  ['is shorter than announced', { size: '3001' }],
  ['has a path for a key', { key: '../../a' }],
])('refuses a file that %s', async (_, wrong) => {
  const loopback = await freshLoopback();
  const query = { name: 'a.csv', key: KEY, size: '3000', offset: '0', tail: '', ...wrong };
  const path = `/upload?${new URLSearchParams(query).toString()}`;
  expect((await loopback.ask(path, { method: 'POST', body: CONTENT })).status).toBe(400);
  const stored = readdirSync(join(loopback.workspace, 'uploads')).filter(name => name !== '.incoming');
  expect(stored).toEqual([]);
});

it('refuses what is too large before it is sent', async () => {
  const loopback = await freshLoopback({ uploadLimit: 1000 });
  const answer = await rest(loopback, 0, '');
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'NO_ROOM' } });
  expect(await received(loopback)).toBe(0);
});

it('forgets an upload and the part of one when it is told to', async () => {
  const loopback = await freshLoopback();
  await breakOff(loopback, 1000);
  const forget = (query: string) => loopback.ask(`/upload/forget?${query}`, { method: 'POST' });
  expect((await forget(`key=${KEY}`)).status).toBe(200);
  expect(await received(loopback)).toBe(0);
  const { id } = JSON.parse((await rest(loopback, 0, '')).body) as { id: string };
  expect((await forget('id=..')).status).toBe(400);
  expect((await forget(`id=${id}`)).status).toBe(200);
  expect(existsSync(join(loopback.workspace, 'uploads', id))).toBe(false);
});

it('keeps parts for a day, and not many of them', async () => {
  const key = (k: number): string => k.toString(16).padStart(32, '0');
  const loopback = await freshLoopback({
    prepare(folder) {
      const incoming = join(folder, 'uploads', '.incoming');
      mkdirSync(incoming, { recursive: true });
      for (let k = 0; k < 25; k++) {
        writeFileSync(join(incoming, key(k)), 'x');
        const hoursAgo = Date.now() / 1000 - k * 3600;
        utimesSync(join(incoming, key(k)), hoursAgo, hoursAgo);
      }
    },
  });
  const incoming = join(loopback.workspace, 'uploads', '.incoming');
  expect(readdirSync(incoming)).toHaveLength(24);
  await breakOff(loopback, 10);
  const left = readdirSync(incoming);
  expect(left).toHaveLength(20);
  expect(left).toContain(key(0));
  expect(left).not.toContain(key(23));
});
