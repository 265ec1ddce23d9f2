import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quantile, spread } from '../../src/core/quantiles.ts';

const reference = JSON.parse(
  readFileSync(new URL('../reference/hypergeometric/hypergeometric.json', import.meta.url), 'utf8'),
) as { values: number[]; quantiles: [share: number, value: number][] };

describe('quantiles', () => {
  it.each(reference.quantiles)('gives R its default quantile at %d', (share, value) => {
    expect(quantile(Float64Array.from(reference.values).sort(), share)).toBeCloseTo(value, 12);
  });

  it('has none without values', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(spread(Float64Array.of(NaN, NaN))).toEqual({
      median: null,
      lower: null,
      upper: null,
      counted: 0,
      leftOut: 2,
    });
  });

  it('sorts by number, counts what is undefined and leaves its input alone', () => {
    const values = Float64Array.of(10, NaN, -2, 9, 1);
    expect(spread(values)).toEqual({ median: 5, lower: 0.25, upper: 9.25, counted: 4, leftOut: 1 });
    expect([...values]).toEqual([10, NaN, -2, 9, 1]);
  });
});
