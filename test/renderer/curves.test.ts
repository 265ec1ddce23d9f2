/** Curves of a run that is watched: no gap stays where either the engine or the page knows the epoch. */
import { describe, expect, it } from 'vitest';
import { extended, merged } from '../../src/renderer/state/curves.ts';
import type { TrainingCurve } from '../../src/shared/model.ts';

const at = (epoch: number, stop: number) => ({
  model: 'select' as const,
  of: 9,
  epoch,
  train: stop + 1,
  stop,
});

describe('curves of a run', () => {
  it('grow by epochs, take a repeated one once, and mark the best', () => {
    const curves = [at(1, 0.5), at(2, 0.3), at(3, 0.4), at(3, 0.4)].reduce(
      extended,
      [] as readonly TrainingCurve[],
    );
    expect(curves).toEqual([
      { model: 'select', train: [1.5, 1.3, 1.4], stop: [0.5, 0.3, 0.4], bestEpoch: 2 },
    ]);
  });

  it('have gaps where epochs were not seen, which the engine fills', () => {
    const seen = extended([], at(4, 0.2));
    expect(seen[0]!.stop).toEqual([NaN, NaN, NaN, 0.2]);
    const kept: TrainingCurve[] = [
      { model: 'dnn-l1000', train: [2], stop: [1], bestEpoch: 1 },
      { model: 'select', train: [1.6, 1.5, 1.4], stop: [0.6, 0.5, 0.4], bestEpoch: 3 },
    ];
    expect(merged(kept, seen)).toEqual([
      kept[0],
      { model: 'select', train: [1.6, 1.5, 1.4, 1.2], stop: [0.6, 0.5, 0.4, 0.2], bestEpoch: 4 },
    ]);
  });
});
