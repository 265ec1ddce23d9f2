/**
 * What a host (Electron's main process or the loopback server) and its engine process say to each other. In Electron a
 * client is a message port of its own; a forked Node has one channel, so there the bytes of all clients go through it,
 * each with the client's number.
 */
import type { WireError } from '../../shared/errors.ts';

export type ToEngine =
  /** A client came; in Electron its port comes with the message. */
  | { readonly t: 'open'; readonly client: number }
  | { readonly t: 'bytes'; readonly client: number; readonly bytes: Uint8Array }
  | { readonly t: 'closed'; readonly client: number }
  /** A trainer, as asked for; its port comes with the message. */
  | { readonly t: 'trainer'; readonly number: number }
  /** Close what is open and end. */
  | { readonly t: 'stop' };

export type FromEngine =
  | { readonly t: 'ready' }
  /** The engine could not be set up; the process ends after this. */
  | { readonly t: 'failed'; readonly error: WireError }
  /** Asks for a trainer: only Electron's main process can start one there. */
  | { readonly t: 'trainer'; readonly number: number }
  | { readonly t: 'bytes'; readonly client: number; readonly bytes: Uint8Array }
  /** The engine closed the connection: the client sent what is no frame. */
  | { readonly t: 'closed'; readonly client: number };
