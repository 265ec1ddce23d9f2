/** The hub in the main process through which every MessagePort message passes, whichever process holds the ends. */
import { EventEmitter } from 'node:events';
import v8 from 'node:v8';

/** Structured clone as Chromium does it (a view keeps its own ArrayBuffer; functions are refused), as bytes. */
export function serialize(value: unknown): Buffer {
  const s = new v8.Serializer();
  s.writeHeader();
  try {
    s.writeValue(value);
  } catch {
    throw new Error('An object could not be cloned.');
  }
  return s.releaseBuffer();
}
export function deserialize(bytes: Uint8Array): unknown {
  const d = new v8.Deserializer(bytes);
  d.readHeader();
  return d.readValue();
}

/** A process or page that holds ends of channels. `data` is always what serialize() made. */
export interface Place {
  deliver(id: string, data: Uint8Array, ports: string[]): void;
  shut(id: string): void;
}
type End = {
  id: string;
  peer: string;
  place?: Place | undefined;
  queue: [Uint8Array, string[]][];
  shut?: boolean;
};

const ends = new Map<string, End>();
let count = 0;

export const hub = {
  pair(a = `main-${++count}`, b = `main-${++count}`): [string, string] {
    ends.set(a, { id: a, peer: b, queue: [] }).set(b, { id: b, peer: a, queue: [] });
    return [a, b];
  },
  /** `place` now holds the end: hand it what was queued. Call after the message that carries the port was sent. */
  adopt(id: string, place: Place) {
    const end = ends.get(id);
    if (!end) return place.shut(id);
    end.place = place;
    for (const [data, ports] of end.queue.splice(0)) hub.give(end, data, ports);
    if (!end.shut) return;
    ends.delete(id);
    place.shut(id);
  },
  send(from: string, data: Uint8Array, ports: string[]) {
    for (const moving of ports) ends.get(moving)!.place = undefined; // what arrives meanwhile waits in the queue
    const peer = ends.get(ends.get(from)?.peer ?? '');
    if (peer?.place) hub.give(peer, data, ports);
    else peer?.queue.push([data, ports]);
  },
  give(end: End, data: Uint8Array, ports: string[]) {
    const place = end.place!;
    place.deliver(end.id, data, ports);
    for (const port of ports) hub.adopt(port, place);
  },
  close(id: string) {
    const peer = ends.get(ends.get(id)?.peer ?? '');
    ends.delete(id);
    if (!peer) return;
    peer.shut = true;
    if (!peer.place) return;
    ends.delete(peer.id);
    peer.place.shut(peer.id);
  },
  /** A page or process went away: its ends close. */
  leave(place: Place) {
    for (const end of [...ends.values()]) if (end.place === place) hub.close(end.id);
  },
};

/** MessagePortMain, in the main process (over the hub) and in a utility process (over its IPC channel). */
export class MessagePortMain extends EventEmitter {
  id: string | undefined;
  inbox: (() => void)[] | null = [];
  wire: { post(data: Uint8Array, ports: string[]): void; close(): void };
  constructor(id: string, wire: MessagePortMain['wire']) {
    super();
    this.id = id;
    this.wire = wire;
  }
  receive(event: 'message' | 'close', payload?: unknown) {
    const run = () => setImmediate(() => this.emit(event, payload));
    if (event === 'message' && this.inbox) this.inbox.push(run);
    else run();
  }
  start() {
    for (const run of this.inbox ?? []) run();
    this.inbox = null;
  }
  postMessage(message: unknown, transfer: MessagePortMain[] = []) {
    if (this.id !== undefined) this.wire.post(serialize(message), transfer.map(neuter));
  }
  close() {
    if (this.id !== undefined) this.wire.close();
    this.id = undefined;
  }
}
export function neuter(port: MessagePortMain, index: number): string {
  const id = port instanceof MessagePortMain ? port.id : undefined;
  if (id === undefined) throw new TypeError(`Port at index ${index} is not a valid port`);
  port.id = undefined;
  return id;
}
