/** What counts have to be, and the sentence for each way in which they are not. */
import { expect, test } from 'vitest';
import { ValueAudit } from '../../../src/engine/readers/audit.ts';
import { parseNumber } from '../../../src/engine/readers/numbers.ts';

function verdict(values: readonly number[], alreadyLog?: number): string | null {
  const audit = new ValueAudit(alreadyLog);
  for (const [gene, value] of values.entries()) audit.see(value, gene, 2 * gene);
  try {
    audit.finish(
      'f.csv',
      gene => `g${gene}`,
      cell => `c${cell}`,
    );
  } catch (error) {
    expect(audit.clean).toBe(false);
    return (error as Error).message;
  }
  expect(audit.clean).toBe(true);
  return null;
}

test('counts pass', () => {
  expect(verdict([0, 1, 2, 2 ** 24])).toBeNull();
});

test.each([
  [[1, NaN, 2, NaN], undefined, 'f.csv has 2 missing values, the first at gene g1, cell c2.'],
  [[1, Infinity], undefined, 'f.csv has 1 infinite value, at gene g1, cell c2.'],
  [[1, -1], undefined, 'f.csv holds 1 negative value, at gene g1, cell c2: these are not counts.'],
  [
    [1, -0.5, -3],
    undefined,
    'f.csv holds 2 negative values, the first at gene g1, cell c2: these are not counts.',
  ],
  [
    [1, 0.123456, -3],
    undefined,
    'f.csv holds fractions such as 0.12346: these look like normalised values, raw counts are needed.',
  ],
  [[2 ** 24 + 1, 2 ** 25], undefined, 'f.csv holds 2 values above 16777216, the first at gene g0, cell c0'],
  [
    [0.5, -1],
    10,
    'f.csv holds 1 negative value, at gene g1, cell c2: logarithms of counts + 1 are never negative.',
  ],
  [[0.5, NaN], 10, 'f.csv has 1 missing value, at gene g1, cell c2.'],
])('%j with base %s', (values, base, sentence) => {
  expect(verdict(values, base)).toContain(sentence);
});

test('logarithms pass where the user said so', () => {
  expect(verdict([0, 0.25, 3.5], 10)).toBeNull();
});

test.each([
  ['12', 12],
  ['-3', -3],
  ['+4', 4],
  ['3.0', 3],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1E-2', 0.01],
  [' 7 ', 7],
  ['', NaN],
  ['NA', NaN],
  ['nan', NaN],
  ['N/A', NaN],
  ['Inf', Infinity],
  ['-inf', -Infinity],
  ['0x10', undefined],
  ['1,5', undefined],
  ['1 000', undefined],
  ['TRUE', undefined],
  ['-', undefined],
  ['e5', undefined],
  ['.', undefined],
])('%j is read as %s', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});
