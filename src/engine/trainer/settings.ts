/** What has to stand in the environment before the trainer's process starts, because it is read once. */
export function trainerEnvironment(): Record<string, string> {
  return {
    // Each part of a network has a thread of its own.
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    // glibc: keep what a step frees for the next one. Else each step gives its arrays back to the system and the page
    // faults of getting them again cost more than the arithmetic.
    MALLOC_MMAP_THRESHOLD_: String(32 << 20),
    MALLOC_TOP_PAD_: String(16 << 20),
    MALLOC_TRIM_THRESHOLD_: String(512 << 20),
  };
}
