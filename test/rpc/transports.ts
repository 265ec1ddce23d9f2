/** One pair of connected transports of each kind. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import type { Transport } from '../../src/shared/rpc/frames.ts';
import {
  localPair,
  portTransport,
  socketTransport,
  type PortLike,
  type SocketLike,
} from '../../src/shared/rpc/transports.ts';

export interface Pair {
  readonly client: Transport;
  readonly engine: Transport;
  /** Sends something that is no frame from the client's side; absent where the type system makes that impossible. */
  readonly sendRaw?: (value: unknown) => void;
  /** The connection goes, as when a process dies. */
  cut(): void;
}

export const kinds: Record<string, () => Promise<Pair>> = {
  async local() {
    const [client, engine] = localPair();
    return { client, engine, cut: () => engine.close() };
  },
  async port() {
    const { port1, port2 } = new MessageChannel();
    return {
      client: portTransport(port1 as unknown as PortLike),
      engine: portTransport(port2 as unknown as PortLike),
      sendRaw: value => port1.postMessage(value),
      cut: () => port2.close(),
    };
  },
  async socket() {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(near, 'open');
    const [far] = (await accepted) as [SocketLike & { terminate(): void }];
    return {
      client: socketTransport(near),
      engine: socketTransport(far),
      sendRaw: value => near.send(value as string),
      cut() {
        far.terminate();
        server.close();
      },
    };
  },
};
