/** The form holds every parameter, and says in words what a field takes. */
import { expect, it } from 'vitest';
import { changesFrom } from '../../src/renderer/state/change-and-run.ts';
import { GROUPS, MAIN, problemOf, valueText } from '../../src/renderer/views/train/recipe-fields.ts';
import { inFormWords, sizeText } from '../../src/renderer/views/train/words.ts';
import { PARAM_KEYS, PRESETS } from '../../src/shared/params.ts';

it('asks for every parameter', () => {
  const asked = new Set([...MAIN, 'rule', ...GROUPS.flatMap(({ keys }) => keys)]);
  expect([...asked].sort()).toEqual([...PARAM_KEYS].sort());
});

it('says what a field takes', () => {
  expect(problemOf('epochs', 12)).toBeNull();
  expect(problemOf('epochs', 0)).toBe('Most epochs takes a whole number from 1 to 10,000.');
  expect(problemOf('testShare', 'half')).toBe('Share of test cells takes a number from 0.05 to 0.5.');
  expect(problemOf('hidden', [0])).toContain('one to four whole numbers');
  expect(valueText('hidden', [256, 64])).toBe('256, 64');
});

it('calls parameters like the fields, and sizes like people do', () => {
  expect(inFormWords('Lower `minReads`, or `other`.')).toBe('Lower “Reads that count as seen”, or `other`.');
  expect([0, 900, 5e6, 17.6e9].map(sizeText)).toEqual(['nothing', '1 kB', '5 MB', '17.6 GB']);
});

it('finds what a run changed of its preset', () => {
  expect(changesFrom('quick', { ...PRESETS.quick, epochs: 4 })).toEqual({ epochs: 4 });
});
