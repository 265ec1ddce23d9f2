/** Lets the rest of the engine run during a long loop, and ends the loop when the user asked to stop. */
import { setImmediate } from 'node:timers/promises';

/** Well below the second within which everything has to stop, and long enough to cost nothing. */
const TURN_MILLISECONDS = 40;

/**
 * @returns a function to await now and then inside the loop: about 25 times a second it yields to the event loop.
 * @throws the reason of the signal, once aborted.
 */
export function pacer(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < TURN_MILLISECONDS) return;
    await setImmediate();
    last = performance.now();
    signal.throwIfAborted();
  };
}
