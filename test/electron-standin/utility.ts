/** What a module forked with utilityProcess.fork finds: process.parentPort. */
import { EventEmitter } from 'node:events';
import { deserialize, MessagePortMain, serialize } from './ports.ts';

const ipc = process.send!.bind(process) as (m: object, sent: () => void) => boolean;
const send = (m: object) => ipc(m, () => {}); // a main process that is gone is no error
const held = new Map<string, MessagePortMain>();

function take(id: string): MessagePortMain {
  const port = new MessagePortMain(id, {
    post: (data, ports) => {
      for (const moved of ports) held.delete(moved);
      send({ t: 'port', id, data, ports });
    },
    close: () => send({ t: 'close', id }),
  });
  held.set(id, port);
  return port;
}

class ParentPort extends EventEmitter {
  queue: object[] | null = [];
  constructor() {
    super();
    this.on('newListener', name => {
      if (name === 'message')
        setImmediate(() => this.queue?.splice(0).forEach(e => this.emit('message', e), (this.queue = null)));
    });
  }
  postMessage(message: unknown) {
    send({ t: 'message', data: serialize(message) });
  }
}
export const parentPort = new ParentPort();

process.on('message', (m: { t: string; id: string; data: Uint8Array; ports: string[] }) => {
  if (m.t === 'close') held.get(m.id)?.receive('close');
  else {
    const event = { data: deserialize(m.data), ports: m.ports.map(take) };
    if (m.t === 'port') held.get(m.id)?.receive('message', event);
    else if (parentPort.queue) parentPort.queue.push(event);
    else parentPort.emit('message', event);
  }
});
process.on('disconnect', () => process.exit()); // the main process is gone
Object.assign(process, {
  parentPort,
  type: 'utility',
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  send: undefined,
});
export default { parentPort };
