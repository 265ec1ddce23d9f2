/** How the holders of a network's parts add up what each has of a sum over all genes. */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

export interface PendingSum {
  /** Waits for the shares of all others. @returns the sum, the same to the last bit for everybody */
  whole(): Tensor;
}

export interface Exchange {
  /** Hands in one's share, a matrix; what can be done without the sum is done before `whole` is called. */
  begin(engine: TensorEngine, share: Tensor): PendingSum;
}

/** Where one object holds all genes. */
export const alone: Exchange = { begin: (_, share) => ({ whole: () => share }) };
