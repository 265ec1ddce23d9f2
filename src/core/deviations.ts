/**
 * Sums over pairs of deviations (truth and prediction, each minus a common centre), and the correlation they give.
 * A centre near the mean keeps the one-pass sums accurate.
 */

/** n, sum a, sum b, sum a^2, sum b^2, sum a b. */
export interface PairSums {
  readonly n: number;
  readonly a: number;
  readonly b: number;
  readonly aa: number;
  readonly bb: number;
  readonly ab: number;
}

/** Pearson correlation; NaN where a side has no variance at all. Which sides count as constant is the caller's. */
export function correlation({ n, a, b, aa, bb, ab }: PairSums): number {
  const varianceA = aa - (a * a) / n;
  const varianceB = bb - (b * b) / n;
  if (!(varianceA > 0 && varianceB > 0)) return NaN;
  const r = (ab - (a * b) / n) / Math.sqrt(varianceA * varianceB);
  return Math.max(-1, Math.min(1, r));
}

/** About eight roundings of a 32-bit float: values closer than this share of their size are the same. */
export const SINGLE_PRECISION = 1e-6;

/** Whether values between these bounds are one value, given 32-bit roundings. */
export function isConstant(minimum: number, maximum: number): boolean {
  return maximum - minimum <= SINGLE_PRECISION * Math.max(Math.abs(minimum), Math.abs(maximum));
}
