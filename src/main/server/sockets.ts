/** WebSocket clients, relayed to the engine. What they send is checked here; what the engine answers passes as it is. */
import type { WebSocket } from 'ws';
import { toWire } from '../../shared/errors.ts';
import { decode, encode } from '../../shared/rpc/codec.ts';
import type { Frame } from '../../shared/rpc/frames.ts';
import type { EngineRelay } from '../host/relay.ts';
import { admit } from './admission.ts';
import type { Uploads } from './uploads.ts';

/** Requests are small: the largest are labels over all cells, four bytes each, of four million cells at most. */
export const REQUEST_LIMIT_BYTES = 16 * 1024 * 1024;

const CLOSE = { engineLost: 4001, noFrame: 1007 } as const;
/** What a close frame has room for. */
const REASON_BYTES = 123;

export function relaySocket(socket: WebSocket, relay: EngineRelay, uploads: Uploads): void {
  const engine = relay.open({
    bytes: bytes => socket.send(bytes),
    closed: reason => socket.close(CLOSE.engineLost, shortened(reason)),
  });
  socket.on('message', (data: Buffer) => {
    let frame: Frame;
    try {
      frame = decode(data);
    } catch {
      return socket.close(CLOSE.noFrame, 'what it was sent is no frame');
    }
    try {
      const admitted = admit(frame, uploads);
      engine.send(admitted === frame ? data : encode(admitted));
    } catch (error) {
      if (frame.t === 'call') socket.send(encode({ t: 'error', id: frame.id, error: toWire(error) }));
    }
  });
  socket.on('close', () => engine.close());
  // Without a listener an oversized or broken frame would be an uncaught error; `ws` closes the socket itself.
  socket.on('error', () => {});
}

/** At most so many bytes of UTF-8, cut between characters. */
function shortened(reason: string): string {
  return new TextDecoder()
    .decode(new TextEncoder().encode(reason).subarray(0, REASON_BYTES - 3))
    .replace(/\ufffd$/, '');
}
