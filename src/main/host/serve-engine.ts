/** The engine's side of its process: one engine, served to every client that the host brings. */
import type { MessagePortMain, ParentPort } from 'electron';
import { toWire } from '../../shared/errors.ts';
import { decode, encode } from '../../shared/rpc/codec.ts';
import type { Frame, Transport } from '../../shared/rpc/frames.ts';
import type { Contract } from '../../shared/rpc/procedure.ts';
import { serve, type Handlers } from '../../shared/rpc/server.ts';
import { portTransport } from '../../shared/rpc/transports.ts';
import type { FromEngine, ToEngine } from './messages.ts';

export interface RunningEngine<C extends Contract> {
  readonly handlers: Handlers<C>;
  /** Stops what runs and leaves the workspace in order. */
  close(): Promise<void>;
}

/** Serves until the host says stop or goes away; then the process ends. */
export async function serveEngineProcess<C extends Contract>(
  contract: C,
  create: () => Promise<RunningEngine<C>>,
): Promise<void> {
  // Ctrl-C in a terminal reaches every process of the group; the host decides what it means.
  process.on('SIGINT', () => {});
  const host = connectHost();
  let engine: RunningEngine<C>;
  try {
    engine = await create();
  } catch (error) {
    host.post({ t: 'failed', error: toWire(error) });
    process.exitCode = 1;
    host.leave();
    return;
  }
  host.onClient(transport => serve(contract, engine.handlers, transport));
  host.onStop(() => void engine.close().then(() => process.exit(0)));
  host.post({ t: 'ready' });
}

interface HostConnection {
  post(message: FromEngine): void;
  onClient(listener: (transport: Transport) => void): void;
  onStop(listener: () => void): void;
  /** Lets the process end once everything has been sent. */
  leave(): void;
}

function connectHost(): HostConnection {
  const { parentPort } = process as { parentPort?: ParentPort };
  return parentPort ? utilityHost(parentPort) : forkHost();
}

/** In Electron's utility process. Ports queue until they are listened to, so nothing is lost before the engine is up. */
function utilityHost(parent: ParentPort): HostConnection {
  let serveClient: ((transport: Transport) => void) | undefined;
  let stop = (): void => process.exit(0);
  const early: MessagePortMain[] = [];
  parent.on('message', ({ data, ports: [port] }) => {
    const message = data as ToEngine;
    if (message.t === 'stop') return stop();
    if (message.t !== 'open' || !port) return;
    if (serveClient) serveClient(portTransport(port));
    else early.push(port);
  });
  return {
    post: message => parent.postMessage(message),
    onClient(listener) {
      serveClient = listener;
      for (const port of early.splice(0)) listener(portTransport(port));
    },
    onStop(listener) {
      stop = listener;
    },
    leave: () => setImmediate(() => process.exit()),
  };
}

/** In a Node forked by the loopback server. */
function forkHost(): HostConnection {
  const clients = new Map<number, RelayedClient>();
  const post = (message: FromEngine): void => void process.send?.(message, undefined, undefined, () => {});
  let serveClient: ((transport: Transport) => void) | undefined;
  let stop = (): void => process.exit(0);
  const early: RelayedClient[] = [];
  process.on('disconnect', () => stop());
  process.on('message', (message: ToEngine) => {
    switch (message.t) {
      case 'open': {
        const client = new RelayedClient(message.client, post, () => clients.delete(message.client));
        clients.set(message.client, client);
        if (serveClient) serveClient(client);
        else early.push(client);
        return;
      }
      case 'bytes':
        return clients.get(message.client)?.receive(message.bytes);
      case 'closed':
        return clients.get(message.client)?.gone();
      case 'stop':
        return stop();
    }
  });
  return {
    post,
    onClient(listener) {
      serveClient = listener;
      for (const client of early.splice(0)) listener(client);
    },
    onStop(listener) {
      stop = listener;
    },
    leave: () => process.disconnect(),
  };
}

/** One client of the loopback server, its bytes carried by the channel of the process. */
class RelayedClient implements Transport {
  readonly #client: number;
  readonly #post: (message: FromEngine) => void;
  readonly #forget: () => void;
  #listener: ((frame: Frame) => void) | undefined;
  #closed: (reason: string) => void = () => {};
  readonly #early: Uint8Array[] = [];

  constructor(client: number, post: (message: FromEngine) => void, forget: () => void) {
    this.#client = client;
    this.#post = post;
    this.#forget = forget;
  }
  send(frame: Frame): void {
    this.#post({ t: 'bytes', client: this.#client, bytes: encode(frame) });
  }
  receive(bytes: Uint8Array): void {
    if (!this.#listener) {
      this.#early.push(bytes);
      return;
    }
    let frame: Frame;
    try {
      frame = decode(bytes);
    } catch {
      return this.close();
    }
    this.#listener(frame);
  }
  onFrame(listener: (frame: Frame) => void): void {
    this.#listener = listener;
    for (const bytes of this.#early.splice(0)) this.receive(bytes);
  }
  onClose(listener: (reason: string) => void): void {
    this.#closed = listener;
  }
  close(): void {
    this.#post({ t: 'closed', client: this.#client });
    this.gone();
  }
  gone(): void {
    this.#forget();
    this.#closed('the client left');
  }
}
