/** Many clients over the one channel of a forked engine. */
import { decode, encode } from '../../shared/rpc/codec.ts';
import type { Frame, Transport } from '../../shared/rpc/frames.ts';
import { EngineHost } from './engine-host.ts';
import { forkEngine } from './forked-engine.ts';

export interface RelayListener {
  bytes(bytes: Uint8Array): void;
  /** The engine was lost or closed the connection. */
  closed(reason: string): void;
}

export interface RelayedConnection {
  send(bytes: Uint8Array): void;
  close(): void;
}

export class EngineRelay {
  readonly #listeners = new Map<number, RelayListener>();
  readonly #host: EngineHost;
  #last = 0;

  constructor(entry: string, workspace: string) {
    this.#host = new EngineHost(() => forkEngine(entry, workspace), {
      lost: reason => {
        for (const client of [...this.#listeners.keys()]) this.#close(client, reason);
      },
      message: message => {
        if (message.t === 'bytes') this.#listeners.get(message.client)?.bytes(message.bytes);
        else if (message.t === 'closed')
          this.#close(message.client, 'it did not understand what it was sent');
      },
    });
  }

  /** A connection for one client; closed at once where there is no engine. */
  open(listener: RelayListener): RelayedConnection {
    const client = ++this.#last;
    const { absence } = this.#host;
    if (absence !== null) {
      queueMicrotask(() => listener.closed(absence));
      return { send: () => {}, close: () => {} };
    }
    this.#listeners.set(client, listener);
    this.#host.post({ t: 'open', client });
    return {
      send: bytes => this.#host.post({ t: 'bytes', client, bytes }),
      close: () => {
        if (this.#listeners.delete(client)) this.#host.post({ t: 'closed', client });
      },
    };
  }

  /** A connection for the host's own calls. */
  transport(): Transport {
    let onFrame: (frame: Frame) => void = () => {};
    let onClose: (reason: string) => void = () => {};
    const connection = this.open({
      bytes: bytes => onFrame(decode(bytes)),
      closed: reason => onClose(reason),
    });
    return {
      send: frame => connection.send(encode(frame)),
      onFrame: listener => void (onFrame = listener),
      onClose: listener => void (onClose = listener),
      close: () => connection.close(),
    };
  }

  restart(reason: string): void {
    this.#host.restart(reason);
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }

  #close(client: number, reason: string): void {
    const listener = this.#listeners.get(client);
    this.#listeners.delete(client);
    listener?.closed(reason);
  }
}
