/**
 * Sums over the parts of a network through memory that their threads share. Everybody writes a share, everybody adds up
 * all of them in the same order, so that all go on with the same bits.
 */
import type { Exchange, PendingSum } from '../models/exchange.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

/** Shares handed in since the beginning, and sums that are complete. */
const [HANDED, COMPLETE] = [0, 1] as const;
/** Looks before sleeping: threads meet within microseconds where each has a core, and waking one takes longer. */
const LOOKS = 20_000;
/** So that a thread whose partner has died is not asleep for ever; it is ended from outside. */
const SLEEP_MS = 1_000;

export interface ExchangeMemory {
  readonly control: Int32Array<SharedArrayBuffer>;
  /**
   * Two turns of shares, one row per part: a share of the turn after the next may only overwrite what everybody has
   * read, and handing in the next share says so.
   */
  readonly turns: readonly [Float32Array<SharedArrayBuffer>, Float32Array<SharedArrayBuffer>];
}

/** @param largest most numbers in a share */
export function createExchangeMemory(parts: number, largest: number): ExchangeMemory {
  const shares = () => new Float32Array(new SharedArrayBuffer(4 * parts * largest));
  return { control: new Int32Array(new SharedArrayBuffer(8)), turns: [shares(), shares()] };
}

/** The exchange of one part. Parts have to call it for the same sums in the same order. */
export function sharedExchange({ control, turns }: ExchangeMemory, part: number, parts: number): Exchange {
  let sums = 0;
  const wait = (number: number): void => {
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, COMPLETE) >= number) return;
    for (;;) {
      const complete = Atomics.load(control, COMPLETE);
      if (complete >= number) return;
      Atomics.wait(control, COMPLETE, complete, SLEEP_MS);
    }
  };
  return {
    begin(engine: TensorEngine, share: Tensor): PendingSum {
      const number = ++sums;
      const shares = turns[number % 2 === 0 ? 0 : 1];
      const values = engine.read(share);
      engine.free(share);
      const row = shares.length / parts;
      shares.set(values, part * row);
      if (Atomics.add(control, HANDED, 1) + 1 === number * parts) {
        Atomics.store(control, COMPLETE, number);
        Atomics.notify(control, COMPLETE);
      }
      return {
        whole: () => {
          wait(number);
          const terms = Array.from({ length: parts }, (_, other) =>
            engine.tensor(shares.subarray(other * row, other * row + values.length), share.shape),
          );
          return engine.addAll(terms);
        },
      };
    },
  };
}
