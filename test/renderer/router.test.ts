/** The address and the place it stands for. */
import { describe, expect, it } from 'vitest';
import { addressOf, placeOf, PLACES } from '../../src/renderer/state/router.svelte.ts';

describe('addresses', () => {
  it('are read as they are written', () => {
    for (const at of PLACES) {
      const place = { at, dataset: 'data-1', run: 'run-2', other: 'run-3', gene: 'HLA-A &c' };
      expect(placeOf(addressOf(place))).toEqual(place);
    }
    expect(addressOf({ at: 'panel' })).toBe('#panel');
  });

  it('that make no sense open the data', () => {
    expect(placeOf('').at).toBe('data');
    expect(placeOf('#nowhere').at).toBe('data');
    expect(placeOf('#panel?run=../../etc').run).toBeUndefined();
  });
});
