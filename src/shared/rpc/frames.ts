import type { WireError } from '../errors.ts';

export const PROTOCOL = 1;

/** Everything that may travel. A discriminated union, so both ends switch exhaustively. */
export type Frame =
  | { readonly t: 'hello'; readonly protocol: number; readonly app: string }
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'cancel'; readonly id: number }
  | { readonly t: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly t: 'result'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: WireError };

/** The only thing a transport has to be. */
export interface Transport {
  send(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): void;
  onClose(listener: (reason: string) => void): void;
  close(): void;
}
