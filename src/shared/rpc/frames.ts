/** What travels between a client and the engine, and the one thing a transport has to be. */
import type { WireError } from '../errors.ts';

/** Raised whenever frames change; two sides of different protocols do not talk to each other. */
export const PROTOCOL = 1;

/** Everything that may travel. A discriminated union, so both ends switch exhaustively. */
export type Frame =
  | { readonly t: 'hello'; readonly protocol: number }
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'cancel'; readonly id: number }
  | { readonly t: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly t: 'result'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: WireError };

/** Moves frames in order. What cannot be understood closes the transport: the other side is broken or hostile. */
export interface Transport {
  send(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/**
 * A frame out of what arrived, which may be anything.
 * @throws TypeError where it is no frame.
 */
export function parseFrame(value: unknown): Frame {
  const frame = value as { [key: string]: unknown } | null;
  if (typeof frame === 'object' && frame !== null) {
    if (frame['t'] === 'hello' && typeof frame['protocol'] === 'number') return frame as Frame;
    if (Number.isSafeInteger(frame['id'])) {
      switch (frame['t']) {
        case 'call':
          if (typeof frame['name'] === 'string') return frame as Frame;
          break;
        case 'error':
          if (isWireError(frame['error'])) return frame as Frame;
          break;
        case 'cancel':
        case 'progress':
        case 'result':
          return frame as Frame;
      }
    }
  }
  throw new TypeError('What arrived is no frame.');
}

function isWireError(value: unknown): value is WireError {
  const error = value as Partial<WireError> | null;
  return typeof error === 'object' && typeof error?.code === 'string' && typeof error.message === 'string';
}
