import { describe, expect, it } from 'vitest';
import { rowSummary, switchedOff } from '../../../src/engine/models/weights.ts';

describe('rows of the first layer', () => {
  it('are summed up by maximum, minimum and norm', () => {
    const summary = rowSummary(Float32Array.of(3, -4, -1, -2, 0, 0), 3, 2);
    expect([...summary.maximum]).toEqual([3, -1, 0]);
    expect([...summary.minimum]).toEqual([-4, -2, 0]);
    expect([...summary.norm]).toEqual([5, Math.sqrt(5), 0]);
  });

  it('are switched off below a thousandth of the largest norm', () => {
    expect([...switchedOff([10, 0.00999, 0.01, 0])]).toEqual([0, 1, 0, 1]);
    expect([...switchedOff([0, 0])]).toEqual([1, 1]);
  });
});
