/** How certain the held-out R2 of a gene is. */
import type { TestSet } from './test-set.ts';

/**
 * The 95 % interval of a gene's R2 by the jackknife over the groups of test cells (Efron and Stein 1981): R2 without each
 * group, from the sums of error and variance of the groups.
 * @param errors groups x width: squared errors of the model; `at` is the gene's column in it
 * @returns NaN where the gene is constant, or there is one group
 */
export function geneInterval(
  r2: number,
  { errors, width, at }: { readonly errors: Float64Array; readonly width: number; readonly at: number },
  { groups, groupVariance, genes }: TestSet,
  gene: number,
): { readonly low: number; readonly high: number } {
  const { count } = groups;
  if (Number.isNaN(r2) || count < 2) return { low: NaN, high: NaN };
  let [error, variance] = [0, 0];
  for (let group = 0; group < count; group++) {
    error += errors[group * width + at]!;
    variance += groupVariance[group * genes + gene]!;
  }
  let squares = 0;
  for (let group = 0; group < count; group++) {
    const left = variance - groupVariance[group * genes + gene]!;
    const without = left > 0 ? 1 - (error - errors[group * width + at]!) / left : r2;
    squares += (without - r2) ** 2;
  }
  const half = 1.96 * Math.sqrt(((count - 1) / count) * squares);
  return { low: r2 - half, high: r2 + half };
}
