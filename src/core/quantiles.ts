/** Quantiles and quartiles of figures that may be undefined for some genes or cells. */
import type { Spread } from '../shared/model.ts';

/**
 * Quantile of ascending values by linear interpolation between order statistics (Hyndman and Fan 1996, type 7: the
 * default of R and NumPy).
 * @param share 0 to 1
 * @returns NaN for no values
 */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const n = ascending.length;
  if (n === 0) return NaN;
  const at = (n - 1) * share;
  const below = Math.floor(at);
  const low = ascending[below]!;
  const high = ascending[Math.min(n - 1, below + 1)]!;
  return low + (high - low) * (at - below);
}

/** Median and quartiles of the values that are numbers; NaN stands for an undefined one and is left out. */
export function spread(values: Float64Array): Spread {
  const defined = values.filter(value => !Number.isNaN(value)).sort();
  const counted = defined.length;
  const at = (share: number): number | null => (counted === 0 ? null : quantile(defined, share));
  return {
    median: at(0.5),
    lower: at(0.25),
    upper: at(0.75),
    counted,
    leftOut: values.length - counted,
  };
}
