import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { overlapProbabilities, twoSidedOverlap } from '../../src/core/hypergeometric.ts';

const reference = JSON.parse(
  readFileSync(new URL('../reference/hypergeometric/hypergeometric.json', import.meta.url), 'utf8'),
) as { cases: (Parameters<typeof twoSidedOverlap>[0] & { probability: number; p: number })[] };

describe('hypergeometric overlap', () => {
  it.each(reference.cases)(
    'agrees with R on $shared shared of $sizeA and $sizeB in $background',
    ({ probability, p, ...overlap }) => {
      const { least, p: terms } = overlapProbabilities(overlap);
      if (probability === 0) {
        expect(terms[overlap.shared - least]).toBe(0);
        expect(twoSidedOverlap(overlap)).toBe(0);
        return;
      }
      // R's own algorithm (Loader 2000) is good to some 1e-13.
      expect(Math.abs(terms[overlap.shared - least]! / probability - 1)).toBeLessThan(1e-11);
      expect(Math.abs(twoSidedOverlap(overlap) / p - 1)).toBeLessThan(1e-10);
    },
  );

  it('sums to one and has the mean of the distribution for any sizes', () => {
    for (const [sizeA, sizeB, background] of [
      [0, 5, 9],
      [9, 9, 9],
      [910, 978, 12732],
      [30000, 978, 60000],
      [7, 4, 10],
    ] as const) {
      const { least, p } = overlapProbabilities({ sizeA, sizeB, background });
      expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      const mean = p.reduce((total, term, k) => total + term * (least + k), 0);
      expect(mean).toBeCloseTo((sizeA * sizeB) / background, 8);
    }
  });

  it('does not depend on which list comes first', () => {
    const one = twoSidedOverlap({ shared: 33, sizeA: 910, sizeB: 754, background: 8960 });
    expect(twoSidedOverlap({ shared: 33, sizeA: 754, sizeB: 910, background: 8960 }) / one).toBeCloseTo(
      1,
      10,
    );
  });

  it.each([
    { shared: 6, sizeA: 5, sizeB: 10, background: 20 },
    { shared: 0, sizeA: 15, sizeB: 10, background: 20 },
    { shared: 1.5, sizeA: 5, sizeB: 10, background: 20 },
    { shared: 1, sizeA: 25, sizeB: 10, background: 20 },
    { shared: -1, sizeA: 5, sizeB: 10, background: 20 },
  ])('refuses an overlap that cannot be: $shared of $sizeA and $sizeB in $background', overlap => {
    expect(() => twoSidedOverlap(overlap)).toThrow(RangeError);
  });
});
