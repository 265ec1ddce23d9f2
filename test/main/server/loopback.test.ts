/** The loopback server: who gets in, what is served, files in and out, and the life of its engine. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import yauzl from 'yauzl';
import { LoopbackServer } from '../../../src/main/server/loopback.ts';
import { AppError, isAppError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../../support/sandbox.ts';
import { freshLoopback, startLoopback, type Loopback } from './loopback-fixture.ts';
import { PATIENT } from '../../support/patience.ts';

const failure = (call: Promise<unknown>): Promise<AppError> =>
  call.then(
    () => expect.unreachable('the call should have failed'),
    (error: AppError) => error,
  );
const engineId = (workspace: string): string => readFileSync(join(workspace, 'engine.pid'), 'utf8');

let shared: Loopback;
beforeAll(async () => {
  shared = await startLoopback();
});
afterAll(() => shared.stop());

describe('who gets in', () => {
  it('sets a strict cookie for the token, then serves the page without it', async () => {
    const { server, ask, cookie } = shared;
    const first = await ask(new URL(server.address).search.replace('?', '/?'), { headers: { cookie: '' } });
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']).toEqual([`${cookie}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(first.body).toContain('url=/"');
    const page = await ask('/');
    expect(page.body).toBe('<h1>the app</h1>');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  it('lets a ticket in once', async () => {
    const path = new URL(shared.server.addressForOneVisit()).search.replace('?', '/?');
    expect((await shared.ask(path, { headers: { cookie: '' } })).status).toBe(200);
    expect((await shared.ask(path, { headers: { cookie: '' } })).status).toBe(403);
  });

  it.each([
    ['without a cookie', { cookie: '' }, 403],
    ['with a wrong cookie', { cookie: 'f910-1=x' }, 403],
    ['from another page', { origin: 'http://evil.example' }, 403],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['under a name that leads here', { host: 'evil.example' }, 421],
    ['under an address of the network', { host: '192.168.0.7' }, 421],
  ])('refuses a request %s, even for what does not exist', async (_, headers, status) => {
    for (const path of [
      '/',
      '/assets/index-abc.js',
      '/download/a',
      '/nothing',
      '/?token=wrong',
      'http://[',
    ]) {
      expect((await shared.ask(path, { headers })).status).toBe(status);
    }
    const upload = await shared.ask('/upload?name=a.csv', { method: 'POST', headers, body: 'x' });
    expect(upload.status).toBe(status);
  });

  it('refuses to change anything for who does not say where the request comes from', async () => {
    const headers = { origin: '' };
    const upload = await shared.ask('/upload?name=a.csv', { method: 'POST', headers, body: 'x' });
    expect(upload.status).toBe(403);
  });

  it.each([
    ['without a cookie', { headers: {} }],
    ['of another page', { origin: 'http://evil.example' }],
    ['of no page', { origin: '' }],
  ])('refuses a socket %s', async (_, options) => {
    await expect(shared.open(options)).rejects.toThrow('403');
  });

  it('listens on 127.0.0.1 alone', async () => {
    const elsewhere = connect(shared.server.port, '127.0.0.2');
    const [error] = (await once(elsewhere, 'error')) as [Error & { code: string }];
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('what is served', () => {
  it('keeps what carries a hash', async () => {
    const script = await shared.ask('/assets/index-abc.js');
    expect(script.headers['content-type']).toContain('text/javascript');
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await shared.ask('/')).headers['cache-control']).toBe('no-store');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '//secret.txt',
    '/assets',
    '/__proto__',
    '/index.html%00.txt',
    '/download/..',
    'http://[',
  ])('finds nothing at %s', async path => {
    expect((await shared.ask(path)).status).toBe(404);
  });

  it('answers other methods with nothing', async () => {
    for (const method of ['DELETE', 'PUT', 'OPTIONS', 'POST']) {
      expect((await shared.ask('/', { method })).status).toBe(404);
    }
  });

  it('says what to do where the interface is not built', async () => {
    const pages = join(temporaryFolder(), 'missing');
    const options = { workspace: temporaryFolder(), engine: 'x', port: 0, pages };
    await expect(LoopbackServer.start(options)).rejects.toThrow('npm run build');
  });
});

describe('files in', () => {
  const uploads = (): string => join(shared.workspace, 'uploads');

  it('hands the engine the path of an upload, and of a folder of uploads', async () => {
    const engine = await shared.client();
    const post = async (query: string): Promise<string> => {
      const { status, body } = await shared.ask(`/upload?${query}`, { method: 'POST', body: 'counts' });
      expect(status).toBe(200);
      return (JSON.parse(body) as { id: string }).id;
    };
    const single = await post('name=counts%20(1).csv');
    const read = await failure(engine.call('data.inspect', { path: `upload:${single}`, options: {} }));
    expect(read.message).toBe(`${join(uploads(), single, 'counts (1).csv')} is a test.`);

    const group = await post('name=matrix.mtx.gz&folder=filtered');
    expect(await post(`name=barcodes.tsv.gz&folder=filtered&group=${group}`)).toBe(group);
    const labels = await post('name=labels.csv');
    const request = {
      files: [{ path: `upload:${group}`, options: {}, labels: `upload:${labels}` }],
    };
    const files = JSON.parse((await failure(engine.call('data.import', request))).message) as object;
    expect(files).toEqual([
      {
        path: join(uploads(), group, 'filtered'),
        options: {},
        labels: join(uploads(), labels, 'labels.csv'),
      },
    ]);
    const together = readdirSync(join(uploads(), group, 'filtered'));
    expect(together.sort()).toEqual(['barcodes.tsv.gz', 'matrix.mtx.gz']);
  });

  it.each(['/etc/passwd', 'upload:../..', 'upload:', `upload:${'0'.repeat(32)}`, 'relative.csv', ''])(
    'refuses the path %j',
    async path => {
      const engine = await shared.client();
      const inspect = await failure(engine.call('data.inspect', { path, options: {} }));
      expect(['BAD_INPUT', 'NOT_FOUND']).toContain(inspect.code);
      const file = { path: '/x', options: {}, labels: path };
      expect((await failure(engine.call('data.import', { files: [file] }))).code).toBe('BAD_INPUT');
    },
  );

  it('refuses to write where a page says', async () => {
    const engine = await shared.client();
    const out = join(shared.workspace, 'out');
    const simulate = { cells: 10, genes: 50, types: 1, seed: 1, out };
    expect((await failure(engine.call('data.simulate', simulate))).code).toBe('BAD_INPUT');
    expect((await failure(engine.call('run.export', { id: 'a', out }))).code).toBe('BAD_INPUT');
    expect(existsSync(out)).toBe(false);
  });

  it.each(['', '..', '.hidden', 'a/b', 'a\\b', 'C:x', 'a\u0000b', 'dot.', 'x'.repeat(201)])(
    'refuses the name %j',
    async name => {
      for (const query of [{ name }, { name: 'a', folder: name }]) {
        const path = `/upload?${new URLSearchParams(query).toString()}`;
        expect((await shared.ask(path, { method: 'POST', body: 'x' })).status).toBe(400);
      }
    },
  );

  it('refuses what is too large and keeps nothing of it, nor of an upload that broke off', async () => {
    const { ask, server, cookie, workspace } = await freshLoopback({ uploadLimit: 1000 });
    const large = await ask('/upload?name=a.csv', { method: 'POST', body: Buffer.alloc(5000) });
    expect(JSON.parse(large.body)).toMatchObject({ error: { code: 'NO_ROOM' } });
    const broken = connect(server.port, '127.0.0.1');
    const head = ['POST /upload?name=b.csv HTTP/1.1', 'Host: 127.0.0.1', 'Origin: http://127.0.0.1'];
    broken.write([...head, `Cookie: ${cookie}`, 'Content-Length: 900', '', 'abc'].join('\r\n'));
    const incoming = join(workspace, 'uploads', '.incoming');
    await vi.waitFor(() => expect(readdirSync(incoming)).toHaveLength(1), PATIENT);
    broken.destroy();
    await vi.waitFor(() => expect(readdirSync(incoming)).toEqual([]), PATIENT);
    expect(readdirSync(join(workspace, 'uploads'))).toEqual(['.incoming']);
  });

  it('forgets uploads that were left behind', async () => {
    const { workspace } = await freshLoopback({
      prepare(folder) {
        const left = join(folder, 'uploads');
        for (const id of ['old', 'fresh', '.incoming']) mkdirSync(join(left, id), { recursive: true });
        writeFileSync(join(left, '.incoming', 'part'), 'x');
        utimesSync(join(left, 'old'), 1, 1);
      },
    });
    expect(readdirSync(join(workspace, 'uploads'))).toEqual(['fresh']);
  });
});

describe('files out', () => {
  it('sends a run as a zip of its export folder', async () => {
    const { base, cookie } = shared;
    const answer = await fetch(`${base}/download/run-1`, { headers: { cookie } });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="run-1.zip"');
    const zip = await yauzl.fromBufferPromise(Buffer.from(await answer.arrayBuffer()));
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) names.push(entry.fileName);
    expect(names).toEqual(['run-1/metrics.json', 'run-1/figures/panel.svg']);
  });

  it('says why a run cannot be sent', async () => {
    const answer = await shared.ask('/download/missing');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

describe('the engine behind it', () => {
  it('serves several clients and aborts the calls of one that leaves', async () => {
    const { client, open } = shared;
    const [a, b] = [await client(), await client()];
    const seen = await new Promise<number>(resolve => {
      void a
        .call('run.watch', { id: 'x' }, { onProgress: p => p.done > 5 && resolve(p.done) })
        .catch(() => {});
    });
    expect(seen).toBeGreaterThan(5);
    a.close();
    expect((await b.call('system.info', {})).app).toBe('test');
    expect((await open()).readyState).toBe(1);
  });

  it.each([
    ['crash', 'it crashed (SIGSEGV)'],
    ['exit', 'it ended with code 3'],
    ['throw', 'it ended with code 1 (TypeError: a slip)'],
  ])('tells every client why after a %s, starts again and takes them back', async (id, reason) => {
    const { client, workspace } = await freshLoopback();
    const [a, b] = [await client(), await client()];
    await a.call('system.info', {});
    const before = engineId(workspace);
    const waiting = failure(b.call('run.watch', { id: 'x' }));
    const lost = await failure(a.call('run.delete', { id }));
    expect(isAppError(lost, 'ENGINE_LOST') && lost.facts.reason).toBe(reason);
    expect((await waiting).message).toBe(`The engine stopped: ${reason}.`);
    const again = await vi.waitFor(async () => (await client()).call('system.info', {}), PATIENT);
    expect(again.app).toBe('test');
    expect(engineId(workspace)).not.toBe(before);
  });

  it('ends an engine that does not stop when it is asked to', async () => {
    const { client, ask } = await freshLoopback();
    const engine = await client();
    const stuck = failure(engine.call('run.delete', { id: 'stall' }));
    expect((await ask('/engine/restart', { method: 'POST' })).status).toBe(200);
    expect((await stuck).message).toBe('The engine stopped: it was ended because it did not stop.');
    expect((await (await client()).call('system.info', {})).app).toBe('test');
  });

  it('hands on why an engine cannot start', async () => {
    const { client } = await freshLoopback({ workspace: 'damaged' });
    const error = await failure((await client()).call('system.info', {}));
    expect(error.message).toBe('The engine stopped: The workspace is damaged.');
  });

  it('closes the socket of who sends no frames or too large ones', async () => {
    for (const [data, code] of [
      ['text', 1007],
      [Buffer.alloc(100), 1007],
      [Buffer.alloc(2 ** 24 + 1), 1009],
    ] as const) {
      const socket = await shared.open();
      socket.on('error', () => {});
      socket.send(data);
      expect((await once(socket, 'close'))[0]).toBe(code);
    }
  });

  it('closes the engine in order when it ends', async () => {
    const { server, client, workspace } = await freshLoopback();
    const engine = await client();
    await engine.call('system.info', {});
    const waiting = failure(engine.call('run.watch', { id: 'x' }));
    await server.stop();
    expect(readFileSync(join(workspace, 'closed'), 'utf8')).toBe('in order');
    expect((await waiting).code).toBe('ENGINE_LOST');
    expect(() => process.kill(Number(engineId(workspace)), 0)).toThrow('ESRCH');
  });
});
