/** The calling side of the contract: typed calls, progress, cancelling, and nobody left waiting when the engine dies. */
import { AppError, cancelled, fromWire } from '../errors.ts';
import { PROTOCOL, type Frame, type Transport } from './frames.ts';
import type { Contract, InputOf, OutputOf, ProgressOf } from './procedure.ts';

export interface CallOptions<Progress> {
  /** Aborting asks the engine to stop; the call settles when it has. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Client<C extends Contract> {
  /** @throws AppError: the procedure's own, BAD_INPUT, CANCELLED, or ENGINE_LOST when the connection ends first. */
  call<K extends keyof C & string>(
    name: K,
    input: InputOf<C[K]>,
    options?: CallOptions<ProgressOf<C[K]>>,
  ): Promise<OutputOf<C[K]>>;
  close(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

export function createClient<C extends Contract>(transport: Transport): Client<C> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let lost: string | undefined;

  transport.onFrame(receive);
  transport.onClose(lose);
  transport.send({ t: 'hello', protocol: PROTOCOL });

  function receive(frame: Frame): void {
    switch (frame.t) {
      case 'hello':
        if (frame.protocol === PROTOCOL) return;
        lose('it is of another version than this window; start F910 Studio again');
        return transport.close();
      case 'progress':
        return pending.get(frame.id)?.onProgress?.(frame.value as never);
      case 'result':
        return settle(frame.id)?.resolve(frame.value);
      case 'error':
        return settle(frame.id)?.reject(fromWire(frame.error));
      case 'call':
      case 'cancel':
        return; // A client serves nothing.
    }
  }

  function lose(reason: string): void {
    lost ??= reason;
    for (const waiting of pending.values()) waiting.reject(engineLost(lost));
    pending.clear();
  }

  function settle(id: number): Pending | undefined {
    const waiting = pending.get(id);
    pending.delete(id);
    return waiting;
  }

  return {
    call(name, input, { signal, onProgress } = {}) {
      if (lost !== undefined) return Promise.reject(engineLost(lost));
      if (signal?.aborted) return Promise.reject(cancelled(name));
      const id = nextId++;
      const cancel = (): void => {
        if (pending.has(id)) transport.send({ t: 'cancel', id });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      return new Promise<never>((resolve, reject) => {
        pending.set(id, { resolve: resolve, reject, onProgress });
        try {
          transport.send({ t: 'call', id, name, input });
        } catch (error) {
          pending.delete(id);
          throw error;
        }
      }).finally(() => signal?.removeEventListener('abort', cancel));
    },
    close: () => transport.close(),
  };
}

function engineLost(reason: string): AppError<'ENGINE_LOST'> {
  return new AppError('ENGINE_LOST', `The engine stopped: ${reason}.`, { reason });
}
