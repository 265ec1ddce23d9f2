import { AppError, cancelled, toWire } from '../errors.ts';
import type { Contract, InputOf, OutputOf, ProgressOf } from './procedure.ts';
import type { Frame, Transport } from './frames.ts';

export interface CallContext<Progress> {
  /** Aborted when the caller cancels or the connection goes. Check it in every long loop. */
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

/** One handler per procedure; a missing one does not compile. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: (
    input: InputOf<C[K]>,
    ctx: CallContext<ProgressOf<C[K]>>,
  ) => Promise<OutputOf<C[K]>> | OutputOf<C[K]>;
};

export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  transport: Transport,
  everyMs = 100,
): void {
  const running = new Map<number, AbortController>();
  transport.onClose(() => {
    for (const c of running.values()) c.abort();
  });
  transport.onFrame(frame => {
    if (frame.t === 'call') void run(frame);
    else if (frame.t === 'cancel') running.get(frame.id)?.abort();
  });

  async function run({ id, name, input }: Extract<Frame, { t: 'call' }>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const meter = throttle(everyMs, value => transport.send({ t: 'progress', id, value }));
    try {
      if (!Object.hasOwn(contract, name))
        throw new AppError('BAD_INPUT', `No procedure "${name}".`, { path: 'name', problem: 'unknown' });
      const parsed = contract[name]!.parse(input);
      const value = await handlers[name as keyof C](parsed, {
        signal: controller.signal,
        progress: meter.push as (v: never) => void,
      });
      meter.flush();
      transport.send({ t: 'result', id, value });
    } catch (error) {
      meter.drop();
      const shown = controller.signal.aborted ? cancelled(name) : error;
      transport.send({ t: 'error', id, error: toWire(shown) });
    } finally {
      running.delete(id);
    }
  }
}

/** Latest value wins, at most one per `everyMs`; the last one is never lost. */
function throttle(everyMs: number, emit: (v: unknown) => void) {
  let waiting: { value: unknown } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const fire = (): void => {
    if (waiting) {
      emit(waiting.value);
      waiting = undefined;
      last = performance.now();
    }
  };
  const drop = (): void => {
    if (timer) clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
  };
  return {
    push(value: unknown): void {
      waiting = { value };
      const due = last + everyMs - performance.now();
      if (due <= 0) fire();
      else
        timer ??= setTimeout(() => {
          timer = undefined;
          fire();
        }, due);
    },
    flush(): void {
      if (timer) clearTimeout(timer);
      timer = undefined;
      fire();
    },
    drop,
  };
}
