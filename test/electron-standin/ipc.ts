/** `ipcMain` and message ports of the main process. */
import { deserialize, hub, MessagePortMain } from './ports.ts';
import { Strict } from './strict.ts';

type Handler = (event: object, ...args: unknown[]) => unknown;

class IpcMain extends Strict {
  handlers = new Map<string, Handler>();
  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}
export const ipcMain = new IpcMain();

/** A port whose end of the channel is held by the main process. */
export function mainPort(id: string): MessagePortMain {
  const post = (data: Uint8Array, ports: string[]): void => hub.send(id, data, ports);
  const port = new MessagePortMain(id, { post, close: () => hub.close(id) });
  hub.adopt(id, {
    deliver: (_, data, ports) =>
      port.receive('message', { data: deserialize(data), ports: ports.map(mainPort) }),
    shut: () => port.receive('close'),
  });
  return port;
}

export class MessageChannelMain {
  port1: MessagePortMain;
  port2: MessagePortMain;
  constructor() {
    const [a, b] = hub.pair();
    this.port1 = mainPort(a);
    this.port2 = mainPort(b);
  }
}
