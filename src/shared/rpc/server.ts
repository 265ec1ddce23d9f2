/** The serving side of the contract: parses input once, runs handlers, sends progress at a bearable rate. */
import { badInput, cancelled, isAppError, toWire } from '../errors.ts';
import { PROTOCOL, type Frame, type Transport } from './frames.ts';
import type { Contract, InputOf, OutputOf, ProgressOf } from './procedure.ts';

export interface CallContext<Progress> {
  /** Aborted when the caller cancels or the connection goes. Check it in every long loop. */
  readonly signal: AbortSignal;
  readonly progress: (value: Progress) => void;
}

/** One handler per procedure; a missing one does not compile. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: (
    input: InputOf<C[K]>,
    context: CallContext<ProgressOf<C[K]>>,
  ) => Promise<OutputOf<C[K]>> | OutputOf<C[K]>;
};

const PROGRESS_EVERY_MS = 100;

/**
 * Answers one client. The client says hello first, with the same protocol; anything else ends the connection.
 * When the connection goes, its calls are aborted.
 */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  transport: Transport,
  everyMs = PROGRESS_EVERY_MS,
): void {
  const running = new Map<number, AbortController>();
  let greeted = false;

  transport.onClose(() => {
    for (const controller of running.values()) controller.abort();
  });
  transport.onFrame(frame => {
    switch (frame.t) {
      case 'hello':
        greeted = frame.protocol === PROTOCOL;
        transport.send({ t: 'hello', protocol: PROTOCOL });
        return;
      case 'call':
        if (greeted) void run(frame);
        else transport.close();
        return;
      case 'cancel':
        running.get(frame.id)?.abort();
        return;
      case 'progress':
      case 'result':
      case 'error':
        return; // A server calls nothing.
    }
  });

  async function run({ id, name, input }: Extract<Frame, { t: 'call' }>): Promise<void> {
    if (running.has(id)) return transport.close(); // Two calls of one id could not be told apart.
    const controller = new AbortController();
    running.set(id, controller);
    const procedure = Object.hasOwn(contract, name) ? contract[name] : undefined;
    const meter = throttle(
      everyMs,
      value => transport.send({ t: 'progress', id, value }),
      procedure?.join ?? later,
    );
    try {
      if (!procedure) throw badInput('name', `There is no procedure "${name}".`);
      const value = await handlers[name as keyof C](procedure.parse(input) as InputOf<C[keyof C]>, {
        signal: controller.signal,
        progress: meter.push,
      });
      meter.flush();
      transport.send({ t: 'result', id, value });
    } catch (error) {
      meter.drop();
      // What fails after a cancel, fails because of it, whatever was thrown on the way out.
      const stopped = controller.signal.aborted && !isAppError(error, 'CANCELLED');
      const shown = stopped ? cancelled(name) : error;
      transport.send({ t: 'error', id, error: toWire(shown) });
    } finally {
      running.delete(id);
    }
  }
}

const later = (_earlier: unknown, value: unknown): unknown => value;

/** At most one value per `everyMs`; those that wait are joined into one, and the last one is never lost. */
function throttle(
  everyMs: number,
  emit: (value: unknown) => void,
  join: (earlier: unknown, later: unknown) => unknown,
) {
  let waiting: { readonly value: unknown } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const stopTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const fire = (): void => {
    stopTimer();
    if (!waiting) return;
    const { value } = waiting;
    waiting = undefined;
    last = performance.now();
    emit(value);
  };
  return {
    push: (value: unknown): void => {
      waiting = { value: waiting ? join(waiting.value, value) : value };
      const due = last + everyMs - performance.now();
      if (due <= 0) fire();
      else timer ??= setTimeout(fire, due);
    },
    flush: fire,
    drop: (): void => {
      stopTimer();
      waiting = undefined;
    },
  };
}
