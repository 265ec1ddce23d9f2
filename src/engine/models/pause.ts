import { cancelled } from '../../shared/errors.ts';

/**
 * Between two pieces of long work: lets the process answer other calls, and ends the work when asked to.
 * @param what names the work in the message
 * @throws AppError CANCELLED
 */
export async function pause(signal: AbortSignal, what: string): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
  if (signal.aborted) throw cancelled(what);
}
