/**
 * The browser way in: the built interface, the contract over a WebSocket, uploads and downloads, on 127.0.0.1 alone.
 *
 *   GET  /?token=...            first visit: sets the cookie and goes on to /
 *   GET  /, /assets/...         the interface
 *   GET  /engine (WebSocket)    frames of the contract
 *   POST /engine/restart        ends an engine that does not stop
 *   POST /upload?name&folder&group   a file; answers {"id"}. With &key&size&offset&tail the rest of one that broke off
 *   GET  /upload?key            how much of such a file is here: {"received"}
 *   POST /upload/forget?id&key  removes an upload, or the part of one
 *   GET  /download/<run>        the exported run as a zip
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { isInputError, toWire } from '../../shared/errors.ts';
import { SECURITY_HEADERS } from '../content-policy.ts';
import { EngineRelay } from '../host/relay.ts';
import { pageFiles, type PageFile } from '../page-files.ts';
import { sendRun } from './downloads.ts';
import { Gate } from './gate.ts';
import { requestTarget } from './request-target.ts';
import { answerUpload } from './upload-routes.ts';
import { relaySocket, REQUEST_LIMIT_BYTES } from './sockets.ts';
import { Uploads } from './uploads.ts';

/** A server that runs for weeks does not gather what was left behind. */
const TIDY_EVERY_MS = 6 * 3600 * 1000;

export interface LoopbackOptions {
  readonly workspace: string;
  /** Entry file of the engine process. */
  readonly engine: string;
  /** Folder of the built interface. */
  readonly pages: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly uploadLimit?: number;
}

export class LoopbackServer {
  readonly relay: EngineRelay;
  readonly #gate = new Gate(() => this.port);
  readonly #uploads: Uploads;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: REQUEST_LIMIT_BYTES });
  readonly #server: Server;
  #tidying: NodeJS.Timeout | undefined;

  private constructor({ workspace, engine, pages, uploadLimit }: LoopbackOptions) {
    this.#files = pageFiles(pages);
    this.#uploads = new Uploads(workspace, uploadLimit);
    this.relay = new EngineRelay(engine, workspace);
    // An upload may take hours; a request that never says what it wants may not.
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 10_000 });
    this.#server.on('request', (request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** @throws Error of the system where the port is taken. */
  static async start(options: LoopbackOptions): Promise<LoopbackServer> {
    const server = new LoopbackServer(options);
    try {
      server.#server.listen(options.port, '127.0.0.1');
      await once(server.#server, 'listening');
    } catch (error) {
      await server.relay.stop();
      throw error;
    }
    await server.#uploads.tidy();
    server.#tidying = setInterval(() => void server.#uploads.tidy().catch(() => {}), TIDY_EVERY_MS).unref();
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address to open; whoever knows it may use the app. */
  get address(): string {
    return this.#addressWith(this.#gate.token);
  }

  /** An address that opens the app once. */
  addressForOneVisit(): string {
    return this.#addressWith(this.#gate.issueTicket());
  }

  /** Ends the engine first, so that what runs can put the workspace in order, then the connections. */
  async stop(): Promise<void> {
    clearInterval(this.#tidying);
    const closed = new Promise(resolve => this.#server.close(resolve));
    await this.relay.stop();
    for (const socket of this.#sockets.clients) socket.close(1001, 'F910 Studio was ended');
    this.#server.closeAllConnections();
    await closed;
  }

  #addressWith(token: string): string {
    return `http://127.0.0.1:${this.port}/?token=${token}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    const verdict = this.#gate.judge(request);
    if (verdict.admitted === false) return plain(response, verdict.status, verdict.why);
    if (verdict.admitted === 'first') return firstVisit(response, verdict.cookie);
    try {
      await this.#route(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else json(response, isInputError(error) ? 400 : 500, { error: toWire(error) });
      request.resume();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = requestTarget(request);
    const upload = answerUpload(this.#uploads, request, path, query);
    if (upload !== null) return json(response, 200, await upload);
    if (request.method === 'GET' || request.method === 'HEAD') {
      const run = /^\/download\/([a-z0-9-]{1,64})$/.exec(path)?.[1];
      if (run !== undefined) return sendRun(run, this.relay, response);
      const file = this.#files.get(path);
      if (file) return sendFile(file, request, response);
    } else if (request.method === 'POST' && path === '/engine/restart') {
      this.relay.restart('it was ended because it did not stop');
      return json(response, 200, {});
    }
    plain(response, 404, 'There is nothing here.');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { admitted } = this.#gate.judge(request);
    if (admitted !== true || request.url !== '/engine') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, client =>
      relaySocket(client, this.relay, this.#uploads),
    );
  }
}

/**
 * Sets the cookie and goes on without the token. The page goes on by itself and is not redirected: after a link on
 * another site, a strict cookie is sent only with what our own page asks for.
 */
function firstVisit(response: ServerResponse, cookie: string): void {
  response.setHeader('Set-Cookie', cookie);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  const icon = '<link rel="icon" href="data:,">'; // Else the browser asks for one that is not there.
  response.end(
    `<!doctype html><meta http-equiv="refresh" content="0; url=/">${icon}<title>F910 Studio</title>`,
  );
}

async function sendFile(file: PageFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('Content-Type', file.type);
  if (file.immutable) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
  if (request.method === 'HEAD') return void response.end();
  await pipeline(createReadStream(file.path), response);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
