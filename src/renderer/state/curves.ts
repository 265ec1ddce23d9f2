/** Loss curves of a run that is at work: what the engine knew when the page began to watch, and every epoch since. */
import type { RunProgress, TrainingCurve } from '../../shared/model.ts';

/** Curves with one epoch more; an epoch that is reported again takes the place of the earlier report. */
export function extended(
  curves: readonly TrainingCurve[],
  { model, epoch, train, stop }: NonNullable<RunProgress['curve']>,
): readonly TrainingCurve[] {
  const before = curves.find(curve => curve.model === model) ?? { model, train: [], stop: [], bestEpoch: 1 };
  const put = (losses: readonly number[], loss: number): number[] =>
    // Epochs that were not reported are filled in by what the engine knows.
    Array.from({ length: Math.max(losses.length, epoch) }, (_, k) =>
      k === epoch - 1 ? loss : (losses[k] ?? NaN),
    );
  const grown = withBest({ model, train: put(before.train, train), stop: put(before.stop, stop) });
  return curves.includes(before) ? curves.map(c => (c === before ? grown : c)) : [...curves, grown];
}

/** What the engine has kept, with what was seen since: the engine's order, and no gap where either knows the epoch. */
export function merged(
  kept: readonly TrainingCurve[],
  seen: readonly TrainingCurve[],
): readonly TrainingCurve[] {
  const models = [...new Set([...kept, ...seen].map(({ model }) => model))];
  return models.map(model => {
    const [a, b] = [kept, seen].map(list => list.find(curve => curve.model === model));
    const join = (first: readonly number[] = [], second: readonly number[] = []): number[] =>
      Array.from({ length: Math.max(first.length, second.length) }, (_, k) =>
        Number.isFinite(second[k]) ? second[k]! : (first[k] ?? NaN),
      );
    return withBest({ model, train: join(a?.train, b?.train), stop: join(a?.stop, b?.stop) });
  });
}

function withBest(curve: Omit<TrainingCurve, 'bestEpoch'>): TrainingCurve {
  const lowest = curve.stop.reduce((least, loss) => (loss < least ? loss : least), Infinity);
  return { ...curve, bestEpoch: 1 + Math.max(0, curve.stop.indexOf(lowest)) };
}
