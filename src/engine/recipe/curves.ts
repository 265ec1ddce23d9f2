/** Loss curves of a run that is not finished, from its log: whoever opens it in the middle sees them whole. */
import { z } from 'zod';
import type { ModelId, TrainingCurve } from '../../shared/model.ts';

const epochShape = z.object({
  event: z.literal('epoch'),
  model: z.string().transform(id => id as ModelId),
  epoch: z.number().int().positive(),
  train: z.number(),
  stop: z.number(),
});

/** In the order of their first epochs. An epoch that was computed again stands once. */
export function curvesSoFar(log: readonly Readonly<Record<string, unknown>>[]): TrainingCurve[] {
  const models = new Map<ModelId, { train: number[]; stop: number[] }>();
  for (const entry of log) {
    const parsed = epochShape.safeParse(entry);
    if (!parsed.success) continue;
    const { model, epoch, train, stop } = parsed.data;
    const losses = models.get(model) ?? { train: [], stop: [] };
    models.set(model, losses);
    // A log that was cut has a gap, after which nothing can be placed.
    if (epoch > losses.train.length + 1) continue;
    losses.train[epoch - 1] = train;
    losses.stop[epoch - 1] = stop;
  }
  return [...models]
    .filter(([, { stop }]) => stop.length > 0)
    .map(([model, { train, stop }]) => ({ model, train, stop, bestEpoch: 1 + lowest(stop) }));
}

function lowest(losses: readonly number[]): number {
  return losses.reduce((best, loss, k) => (loss < losses[best]! ? k : best), 0);
}
