/** A loopback server over the fixture engine, and a browser's side of it made of fetch and a WebSocket. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { LoopbackServer } from '../../../src/main/server/loopback.ts';
import type { F910Contract } from '../../../src/shared/contract.ts';
import { createClient, type Client } from '../../../src/shared/rpc/client.ts';
import { socketTransport } from '../../../src/shared/rpc/transports.ts';

export interface Loopback {
  readonly server: LoopbackServer;
  readonly workspace: string;
  readonly base: string;
  readonly cookie: string;
  /** As a page of the app would ask, but for what `headers` change. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  open(options?: ClientOptions): Promise<WebSocket>;
  client(): Promise<Client<F910Contract>>;
  stop(): Promise<void>;
}
export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One for a single test, stopped with it. */
export async function freshLoopback(options: LoopbackChoice = {}): Promise<Loopback> {
  const loopback = await startLoopback(options);
  onTestFinished(() => loopback.stop());
  return loopback;
}

export interface LoopbackChoice {
  /** Name of the workspace's folder. */
  readonly workspace?: string;
  readonly uploadLimit?: number;
  /** Done to the workspace before the server starts. */
  readonly prepare?: (workspace: string) => void;
}

export async function startLoopback({
  workspace: name = 'workspace',
  uploadLimit,
  prepare,
}: LoopbackChoice = {}): Promise<Loopback> {
  const sandbox = mkdtempSync(join(tmpdir(), 'f910-loopback-'));
  const workspace = join(sandbox, name);
  const pages = join(sandbox, 'renderer');
  mkdirSync(workspace);
  prepare?.(workspace);
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<h1>the app</h1>');
  writeFileSync(join(pages, 'assets', 'index-abc.js'), 'export {}');
  writeFileSync(join(pages, '..', 'secret.txt'), 'secret');
  const server = await LoopbackServer.start({
    workspace,
    pages,
    engine: fileURLToPath(new URL('../fixture-engine.ts', import.meta.url)),
    port: 0,
    ...(uploadLimit === undefined ? {} : { uploadLimit }),
  });
  const base = `http://127.0.0.1:${server.port}`;
  const cookie = `f910-${server.port}=${new URL(server.address).searchParams.get('token')}`;
  const ask = (path: string, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answer> =>
    send(server.port, path, method, { cookie, origin: base, ...headers }, body);
  const open = async (options: ClientOptions = {}): Promise<WebSocket> => {
    const socket = new WebSocket(`${base}/engine`, { headers: { cookie }, origin: base, ...options });
    await once(socket, 'open');
    return socket;
  };
  return {
    ...{ server, workspace, base, cookie, ask, open },
    client: async () => createClient<F910Contract>(socketTransport(await open())),
    stop: async () => {
      await server.stop();
      rmSync(sandbox, { recursive: true, force: true });
    },
  };
}

/** Raw, because fetch refuses to send the headers and paths that have to be refused. */
function send(
  port: number,
  path: string,
  method: string,
  headers: Record<string, string>,
  body: string | Buffer = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const sent = request({ host: '127.0.0.1', port, path, method, headers: given }, response => {
      text(response).then(
        answer => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
