/** Random draws from the distributions that counts follow. */
import type { Random } from './random.ts';

/** Below this mean a search from zero is faster than a rejection. */
const SEARCH_BELOW = 30;

/**
 * Gamma with the given shape and scale 1 (mean = variance = shape), by Marsaglia and Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 2000, doi:10.1145/358407.358414.
 * @param shape Above 0.
 */
export function drawGamma(random: Random, shape: number): number {
  // Below 1: Gamma(shape + 1) times U^(1 / shape), as given there.
  const boost = shape < 1 ? (1 - random.next()) ** (1 / shape) : 1;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.next();
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v * boost;
  }
}

/**
 * Poisson. Small means: search through the distribution function. Large ones: the transformed rejection PTRS of
 * Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and
 * Economics 1993, doi:10.1016/0167-6687(93)90997-4.
 * @param mean At least 0.
 */
export function drawPoisson(random: Random, mean: number): number {
  if (mean < SEARCH_BELOW) return search(random.next(), Math.exp(-mean), mean, 0);
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.next() - 0.5;
    const v = 1 - random.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const left = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
    if (left <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/**
 * Negative binomial with variance mean + dispersion * mean^2: Poisson counts whose mean varies between cells, as counts
 * of molecules do.
 * @param mean At least 0.
 * @param dispersion At least 0; 0 is Poisson.
 */
export function drawNegativeBinomial(random: Random, mean: number, dispersion: number): number {
  if (dispersion === 0) return drawPoisson(random, mean);
  const spread = dispersion * mean;
  const size = 1 / dispersion;
  if (mean >= SEARCH_BELOW) return drawPoisson(random, drawGamma(random, size) * spread);
  // P(k + 1) = P(k) * (size + k) / (k + 1) * spread / (1 + spread); the search takes (a + b * k) / (k + 1).
  const ratio = spread / (1 + spread);
  return search(random.next(), Math.exp(-size * Math.log1p(spread)), size * ratio, ratio);
}

/** The smallest k with P(0) + ... + P(k) > u, where P(k + 1) = P(k) * (a + b * k) / (k + 1). */
function search(u: number, first: number, a: number, b: number): number {
  let k = 0;
  let p = first;
  let sum = first;
  while (u >= sum) {
    p *= (a + b * k) / (k + 1);
    // Rounding can leave the sum below the largest u; what remains there has no weight.
    if (sum + p === sum && p < first) return k;
    sum += p;
    k++;
  }
  return k;
}

/** ln k!, by Stirling's series with an error below 1e-10; small values by multiplication. */
function logFactorial(k: number): number {
  if (k < 10) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const x = k + 1;
  const x2 = x * x;
  const series = 1 / (12 * x) - 1 / (360 * x * x2) + 1 / (1260 * x * x2 * x2);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
