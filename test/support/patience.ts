/** How long a test waits for what must happen some time: long enough for a busy machine, so that no test is timed. */
export const PATIENT = { timeout: 30_000, interval: 50 } as const;
