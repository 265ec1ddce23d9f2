/** The three transports: in process, a message port, a WebSocket. All behave alike; one test body holds them to it. */
import { decode, encode } from './codec.ts';
import { parseFrame, type Frame, type Transport } from './frames.ts';

/** Two ends in one process; cloned and asynchronous like the others, so that tests and the terminal see the same. */
export function localPair(): [Transport, Transport] {
  const a = new LocalEnd();
  const b = new LocalEnd();
  a.peer = b;
  b.peer = a;
  return [a, b];
}

class LocalEnd implements Transport {
  peer: LocalEnd | undefined;
  #open = true;
  /** Frames that came before anybody listened. */
  #early: Frame[] = [];
  #frame: ((frame: Frame) => void) | undefined;
  #close: (reason: string) => void = () => {};

  send(frame: Frame): void {
    if (!this.#open) return;
    const copy = structuredClone(frame);
    queueMicrotask(() => this.peer?.deliver(copy));
  }
  deliver(frame: Frame): void {
    if (!this.#open) return;
    if (this.#frame) this.#frame(frame);
    else this.#early.push(frame);
  }
  onFrame(listener: (frame: Frame) => void): void {
    this.#frame = listener;
    for (const frame of this.#early.splice(0)) listener(frame);
  }
  onClose(listener: (reason: string) => void): void {
    this.#close = listener;
  }
  close(): void {
    this.ended();
    this.peer?.ended();
  }
  ended(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#close('the connection was closed');
  }
}

/** DOM and Node MessagePort (event targets) and Electron's MessagePortMain (an emitter) all fit this. */
export interface PortLike {
  postMessage(value: unknown): void;
  addEventListener?(event: 'message' | 'close', listener: (event: { data: unknown }) => void): void;
  on?(event: 'message' | 'close', listener: (event: { data: unknown }) => void): unknown;
  start?(): void;
  close(): void;
}

export function portTransport(port: PortLike): Transport {
  const listen = (event: 'message' | 'close', listener: (event: { data: unknown }) => void): void => {
    if (port.addEventListener) port.addEventListener(event, listener);
    else port.on?.(event, listener);
  };
  return {
    send: frame => port.postMessage(frame),
    onFrame(listener) {
      listen('message', event => received(() => parseFrame(event.data), listener, port));
      port.start?.();
    },
    onClose: listener => listen('close', () => listener('the engine process ended')),
    close: () => port.close(),
  };
}

/** The browser's WebSocket, Node's, and that of `ws`. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}
const OPEN = 1;

/** For an open socket. The other side's reason for closing is handed on; without one the code is named. */
export function socketTransport(socket: SocketLike): Transport {
  socket.binaryType = 'arraybuffer';
  return {
    send(frame) {
      if (socket.readyState === OPEN) socket.send(encode(frame));
    },
    onFrame(listener) {
      socket.addEventListener('message', ({ data }) =>
        received(() => decode(new Uint8Array(data as ArrayBuffer)), listener, socket),
      );
    },
    onClose(listener) {
      socket.addEventListener('close', ({ code, reason }) =>
        listener(reason === '' ? `the connection was lost (${code})` : reason),
      );
    },
    close: () => socket.close(),
  };
}

/** Hands a frame on; what is none closes the transport, because the other side is broken or hostile. */
function received(read: () => Frame, listener: (frame: Frame) => void, transport: { close(): void }): void {
  let frame: Frame;
  try {
    frame = read();
  } catch {
    transport.close();
    return;
  }
  listener(frame);
}
