/** A file on its way to the engine: how much has arrived, and how long the rest will take. */
import type { Sent } from '../uploads.ts';

export interface Sending {
  readonly name: string;
  readonly bytes: number;
  readonly of: number;
  /** Null while it is too early to say. */
  readonly secondsLeft: number | null;
  /** Part of it was there from an earlier time. */
  readonly resumed: boolean;
  /** The connection is lost and is tried again. */
  readonly waiting: boolean;
}

/** Before this the speed is a guess. */
const EARLY_SECONDS = 0.5;

/** Makes of each report what is shown; the speed is that of all that was sent since the beginning. */
export function sendingOf(name: string, now: () => number = () => performance.now() / 1000) {
  const began = now();
  return ({ bytes, of, before, waiting }: Sent): Sending => {
    const seconds = now() - began;
    const sent = bytes - before;
    const known = !waiting && sent > 0 && seconds >= EARLY_SECONDS;
    const secondsLeft = known ? ((of - bytes) * seconds) / sent : null;
    return { name, bytes, of, secondsLeft, resumed: before > 0, waiting };
  };
}
