/** How a step runs: it can be stopped, it says how far it is, and it leaves the event loop room between blocks. */
import { setImmediate } from 'node:timers/promises';
import { cancelled } from '../../shared/errors.ts';
import type { Progress } from '../../shared/model.ts';

export interface StepContext {
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

/** For work whose progress nobody is told. */
export function quiet(signal: AbortSignal): StepContext {
  return { signal, progress: () => {} };
}

/** Work that goes through something from 0 to `of` in blocks. */
export interface BlockTask {
  readonly phase: string;
  /** Plain words for the phase; they also name what was cancelled. */
  readonly label: string;
  readonly of: number;
  /** Length of a block; the last may be shorter. Choose it so that a block takes well below a second. */
  readonly block: number;
}

/**
 * Calls `body(from, to)` for one block after the other.
 * @throws AppError CANCELLED before the next block once the signal is aborted.
 */
export async function inBlocks(
  context: StepContext,
  task: BlockTask,
  body: (from: number, to: number) => void,
): Promise<void> {
  const { phase, label, of, block } = task;
  for (let from = 0; from < of; from += block) {
    if (context.signal.aborted) throw cancelled(label);
    const to = Math.min(of, from + block);
    body(from, to);
    context.progress({ phase, label, done: to, of });
    await setImmediate();
  }
  if (context.signal.aborted) throw cancelled(label);
}
