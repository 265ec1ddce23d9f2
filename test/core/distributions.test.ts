import { describe, expect, it } from 'vitest';
import { drawGamma, drawNegativeBinomial, drawPoisson } from '../../src/core/distributions.ts';
import { createRandom } from '../../src/core/random.ts';

/** Weights from P(0) and P(k + 1) / P(k). */
function weights(first: number, next: (k: number) => number, most: number): number[] {
  const out = [first];
  for (let k = 0; k < most; k++) out.push(out[k]! * next(k));
  return out;
}

/** Pearson's statistic of draws against weights, with cells of at least ten expected draws, divided by its freedom. */
function misfit(draws: readonly number[], expected: readonly number[]): number {
  const seen = new Array<number>(expected.length + 1).fill(0);
  for (const k of draws) seen[Math.min(k, expected.length)]!++;
  let statistic = 0;
  let freedom = -1;
  let held = 0;
  let hoped = 0;
  const tail = 1 - expected.reduce((a, b) => a + b, 0);
  for (const [k, share] of [...expected, tail].entries()) {
    held += seen[k]!;
    hoped += share * draws.length;
    if (hoped < 10) continue;
    statistic += (held - hoped) ** 2 / hoped;
    freedom++;
    held = hoped = 0;
  }
  return (statistic - freedom) / Math.sqrt(2 * Math.max(1, freedom));
}

const N = 40_000;
const repeat = (draw: () => number): number[] => Array.from({ length: N }, draw);

describe('draws of counts', () => {
  it.each([0.01, 0.5, 4, 29.9, 30.1, 200])('follow Poisson with mean %f', mean => {
    const random = createRandom(1, 'poisson', mean);
    const expected = weights(
      Math.exp(-mean),
      k => mean / (k + 1),
      Math.ceil(mean + 12 * Math.sqrt(mean) + 5),
    );
    // The statistic is about standard normal in its tail.
    expect(
      misfit(
        repeat(() => drawPoisson(random, mean)),
        expected,
      ),
    ).toBeLessThan(4);
  });

  it.each([
    [0.05, 0.2],
    [0.5, 2],
    [5, 0.3],
    [29, 0.1],
    [31, 0.1],
    [100, 0.5],
  ])('follow the negative binomial with mean %f and dispersion %f', (mean, dispersion) => {
    const random = createRandom(2, 'negative binomial', mean, dispersion);
    const size = 1 / dispersion;
    const ratio = mean / (mean + size);
    const expected = weights(
      (1 - ratio) ** size,
      k => ((size + k) / (k + 1)) * ratio,
      Math.ceil(mean + 12 * Math.sqrt(mean + dispersion * mean * mean) + 5),
    );
    const draws = repeat(() => drawNegativeBinomial(random, mean, dispersion));
    expect(misfit(draws, expected)).toBeLessThan(4);
  });

  it.each([0.3, 1, 7.5])('follow Gamma with shape %f in mean and variance', shape => {
    const random = createRandom(3, 'gamma', shape);
    const draws = repeat(() => drawGamma(random, shape));
    const mean = draws.reduce((a, b) => a + b, 0) / N;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / N;
    expect(Math.min(...draws.slice(0, 1000))).toBeGreaterThan(0);
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / N));
    // Variance of a squared deviation: fourth central moment 3 s^2 + 6 s, less s^2.
    expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape * shape + 6 * shape) / N));
  });

  it('know means of zero and very large ones', () => {
    const random = createRandom(4);
    expect(drawPoisson(random, 0)).toBe(0);
    expect(drawNegativeBinomial(random, 0, 0.5)).toBe(0);
    expect(drawNegativeBinomial(random, 3, 0)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(drawPoisson(random, 1e9) - 1e9)).toBeLessThan(2e5);
  });
});
