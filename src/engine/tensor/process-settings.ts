/** What has to stand in the environment before a process starts that computes, because it is read once. */
import allocator from './allocator.json' with { type: 'json' };

/**
 * glibc: keep what one operation frees for the next one. Else every array of some size goes back to the system, and the page
 * faults of getting it again cost as much as the arithmetic. Other systems do not look at these.
 */
export function engineSettings(): Record<string, string> {
  return allocator;
}

/** The same for the trainer, in which each part of a network has a thread of its own. */
export function trainerSettings(): Record<string, string> {
  return { ...allocator, TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' };
}
