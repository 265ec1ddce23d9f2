import { AppError, cancelled, fromWire } from '../errors.ts';
import type { Contract, InputOf, OutputOf, ProgressOf } from './procedure.ts';
import type { Transport } from './frames.ts';

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Client<C extends Contract> {
  call<K extends keyof C & string>(
    name: K,
    input: InputOf<C[K]>,
    options?: CallOptions<ProgressOf<C[K]>>,
  ): Promise<OutputOf<C[K]>>;
  close(): void;
}

interface Pending {
  resolve(v: unknown): void;
  reject(e: unknown): void;
  onProgress: ((v: never) => void) | undefined;
}

export function createClient<C extends Contract>(transport: Transport): Client<C> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let lost: string | undefined;

  transport.onFrame(frame => {
    switch (frame.t) {
      case 'progress':
        pending.get(frame.id)?.onProgress?.(frame.value as never);
        return;
      case 'result':
        settle(frame.id)?.resolve(frame.value);
        return;
      case 'error':
        settle(frame.id)?.reject(fromWire(frame.error));
        return;
    }
  });

  // A dead engine must not leave anyone waiting.
  transport.onClose(reason => {
    lost = reason;
    for (const [, p] of pending)
      p.reject(new AppError('ENGINE_LOST', `The engine stopped: ${reason}.`, { reason }));
    pending.clear();
  });

  function settle(id: number): Pending | undefined {
    const p = pending.get(id);
    pending.delete(id);
    return p;
  }

  return {
    call(name, input, { signal, onProgress } = {}) {
      if (lost !== undefined)
        return Promise.reject(new AppError('ENGINE_LOST', `The engine stopped: ${lost}.`, { reason: lost }));
      if (signal?.aborted) return Promise.reject(cancelled(name));
      const id = nextId++;
      // Cancelling asks; the promise settles only when the engine says it has stopped.
      const cancel = (): void => {
        if (pending.has(id)) transport.send({ t: 'cancel', id });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      return new Promise<never>((resolve, reject) => {
        pending.set(id, { resolve: resolve as (v: unknown) => void, reject, onProgress });
        try {
          transport.send({ t: 'call', id, name, input });
        } catch (e) {
          pending.delete(id);
          reject(e);
        }
      }).finally(() => signal?.removeEventListener('abort', cancel));
    },
    close: () => transport.close(),
  };
}
