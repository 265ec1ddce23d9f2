/**
 * Watches the cancels that go through a transport. Cancelling asks, and the engine answers when the work has stopped;
 * an engine that has not answered after the grace period is stuck in something that cannot be interrupted, and only
 * ending its process helps.
 */
import type { Transport } from './frames.ts';

/** How long a cancelled call may take to stop. Everything ours stops within a second; this leaves room for a busy machine. */
export const CANCEL_GRACE_MS = 10_000;

/** The same transport; `onStuck` is called once, when a cancelled call was not settled within `graceMs`. */
export function withCancelGrace(
  transport: Transport,
  onStuck: () => void,
  graceMs = CANCEL_GRACE_MS,
): Transport {
  const cancelled = new Map<number, ReturnType<typeof setTimeout>>();
  const settle = (id: number): void => {
    clearTimeout(cancelled.get(id));
    cancelled.delete(id);
  };
  const settleAll = (): void => {
    for (const id of [...cancelled.keys()]) settle(id);
  };
  const stuck = (): void => {
    settleAll();
    onStuck();
  };
  return {
    send(frame) {
      transport.send(frame);
      if (frame.t === 'cancel' && !cancelled.has(frame.id))
        cancelled.set(frame.id, setTimeout(stuck, graceMs));
    },
    onFrame(listener) {
      transport.onFrame(frame => {
        if (frame.t === 'result' || frame.t === 'error') settle(frame.id);
        listener(frame);
      });
    },
    onClose(listener) {
      transport.onClose(reason => {
        settleAll();
        listener(reason);
      });
    },
    close: () => transport.close(),
  };
}
