/**
 * The hypergeometric distribution: how many genes two lists share when one of them is drawn at random.
 *
 * Probabilities come from the ratio of neighbouring terms, starting at the mode and divided by their sum. Every ratio
 * is exact up to a few roundings, so the result is good to about 1e-13 for any gene number; differences of log-gamma
 * values near 1e6, the usual way, lose five digits more.
 */

export interface Overlap {
  /** Genes in both lists. */
  readonly shared: number;
  readonly sizeA: number;
  readonly sizeB: number;
  /** Genes from which both lists were chosen. */
  readonly background: number;
}

/** Probability of each overlap from `least` on; terms below 1e-308 of the largest are 0. */
export function overlapProbabilities(overlap: Omit<Overlap, 'shared'>): { least: number; p: Float64Array } {
  const { sizeA, sizeB, background } = overlap;
  check([sizeA, sizeB, background], sizeA <= background && sizeB <= background);
  const least = Math.max(0, sizeA + sizeB - background);
  const most = Math.min(sizeA, sizeB);
  const p = new Float64Array(most - least + 1);
  const mode = Math.floor(((sizeA + 1) * (sizeB + 1)) / (background + 2));
  // P(k + 1) / P(k)
  const ratio = (k: number): number =>
    ((sizeA - k) / (k + 1)) * ((sizeB - k) / (background - sizeA - sizeB + k + 1));
  p[mode - least] = 1;
  let total = 1;
  for (let k = mode; k < most; k++) total += p[k + 1 - least] = p[k - least]! * ratio(k);
  for (let k = mode; k > least; k--) total += p[k - 1 - least] = p[k - least]! / ratio(k - 1);
  for (let k = 0; k < p.length; k++) p[k]! /= total;
  return { least, p };
}

/** Two overlaps are equally likely when their probabilities agree to this share; R's fisher.test uses the same. */
const EQUALLY_LIKELY = 1e-7;

/**
 * Two-sided p value: the probability of all overlaps that are no likelier than the observed one (the definition of R's
 * `fisher.test`). Below 1e-308 it is 0.
 * @throws RangeError unless the numbers describe two lists within a background
 */
export function twoSidedOverlap(overlap: Overlap): number {
  const { least, p } = overlapProbabilities(overlap);
  const { shared } = overlap;
  check([shared], shared >= least && shared < least + p.length);
  const limit = p[shared - least]! * (1 + EQUALLY_LIKELY);
  // Smallest first, so that the tails keep their digits.
  const tails = p.filter(probability => probability <= limit).sort();
  return Math.min(
    1,
    tails.reduce((sum, probability) => sum + probability, 0),
  );
}

/**
 * One-sided p value of over-representation: the probability of so many shared genes or more (R's
 * `phyper(shared - 1, ..., lower.tail = FALSE)`). Below 1e-308 of the likeliest overlap it is 0.
 * @throws RangeError unless the numbers describe two lists within a background
 */
export function atLeast(overlap: Overlap): number {
  const { least, p } = overlapProbabilities(overlap);
  const { shared } = overlap;
  check([shared], shared >= least && shared < least + p.length);
  // From the far end, where the terms are smallest, so that they keep their digits.
  let tail = 0;
  for (let k = p.length - 1; k >= shared - least; k--) tail += p[k]!;
  return Math.min(1, tail);
}

function check(numbers: readonly number[], possible: boolean): void {
  if (!possible || numbers.some(n => !Number.isInteger(n) || n < 0)) {
    throw new RangeError(`No such overlap of two lists: ${numbers.join(', ')}`);
  }
}
