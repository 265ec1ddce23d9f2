import { decode, encode } from './codec.ts';
import type { Frame, Transport } from './frames.ts';

/** In process: two ends, cloned and asynchronous like the real ones, so tests and the CLI see the same behaviour. */
export function localPair(): [Transport, Transport] {
  const a = end();
  const b = end();
  a.peer = b;
  b.peer = a;
  return [a, b];
}
function end(): Transport & {
  peer?: ReturnType<typeof end>;
  deliver(f: Frame): void;
  closed(r: string): void;
} {
  let onFrame: (f: Frame) => void = () => {};
  let onClose: (r: string) => void = () => {};
  let open = true;
  const self: ReturnType<typeof end> = {
    send(frame) {
      if (open) {
        const copy = structuredClone(frame);
        queueMicrotask(() => self.peer!.deliver(copy));
      }
    },
    deliver(f) {
      if (open) onFrame(f);
    },
    closed(r) {
      if (open) {
        open = false;
        onClose(r);
      }
    },
    onFrame(l) {
      onFrame = l;
    },
    onClose(l) {
      onClose = l;
    },
    close() {
      self.closed('closed');
      self.peer!.closed('closed');
    },
  };
  return self;
}

/** DOM MessagePort, Node MessagePort and Electron MessagePortMain all fit this. */
export interface PortLike {
  postMessage(value: unknown): void;
  on?(event: 'message' | 'close', listener: (e: never) => void): unknown;
  addEventListener?(event: 'message' | 'close', listener: (e: { data: unknown }) => void): void;
  start?(): void;
  close(): void;
}
export function portTransport(port: PortLike): Transport {
  return {
    send: frame => port.postMessage(frame),
    onFrame(l) {
      // Node hands over the value; Electron and the DOM wrap it in { data }.
      if (port.on)
        port.on('message', (e: unknown) =>
          l((e !== null && typeof e === 'object' && 'data' in e ? e.data : e) as Frame),
        );
      else port.addEventListener?.('message', e => l(e.data as Frame));
      port.start?.();
    },
    onClose(l) {
      const f = (): void => l('the port closed');
      if (port.on) port.on('close', f);
      else port.addEventListener?.('close', f);
    },
    close: () => port.close(),
  };
}

export interface SocketLike {
  binaryType: string;
  send(data: Uint8Array): void;
  close(): void;
  addEventListener(type: 'message', l: (e: { data: unknown }) => void): void;
  addEventListener(type: 'close', l: (e: { code: number }) => void): void;
}
export function socketTransport(socket: SocketLike): Transport {
  socket.binaryType = 'arraybuffer';
  return {
    send: frame => socket.send(encode(frame)),
    onFrame(l) {
      socket.addEventListener('message', e => l(decode(new Uint8Array(e.data as ArrayBuffer))));
    },
    onClose(l) {
      socket.addEventListener('close', e => l(`socket closed (${e.code})`));
    },
    close: () => socket.close(),
  };
}
