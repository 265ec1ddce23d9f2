/** A training in parts beside the same training in one piece. */
import { describe, expect, it } from 'vitest';
import {
  trainNetwork,
  trainWeights,
  type NetworkSpec,
  type TrainedWeights,
  type TrainingContext,
} from '../../../src/engine/models/network.ts';
import { rowSummary } from '../../../src/engine/models/weights.ts';
import { readPanel } from '../../../src/engine/steps/panel.ts';
import { PRESETS } from '../../../src/shared/params.ts';
import { base, cells, memoryStore, rows } from '../models/factor-data.ts';
import { onNativeEngine } from '../tensor/engines.ts';
import { networksInParts } from './parts.ts';

function fit(
  parts: number,
  spec: Partial<NetworkSpec> = {},
  context: Partial<TrainingContext> = {},
): Promise<TrainedWeights> {
  const arithmetic = { name: `test in ${parts}`, networks: networksInParts(parts) };
  const { signal } = new AbortController();
  return trainWeights(
    arithmetic,
    rows,
    cells,
    { ...base, ...spec },
    { signal, onEpoch: () => undefined, ...context },
  );
}

function panelOf({ weights }: TrainedWeights) {
  const summary = rowSummary(weights[0]!.kernel, base.inputs.length, weights[0]!.shape[1]);
  const params = { ...PRESETS.paper, rule: 'norm' as const, panelSize: 15 };
  return readPanel({ ...summary, norm: Float32Array.from(summary.norm) }, params).genes;
}

const largest = (values: Iterable<number>): number => Math.max(...[...values].map(Math.abs));

describe('a training in parts', () => {
  onNativeEngine(engine => {
    it.each([
      { parts: 1, hidden: [16] },
      { parts: 2, hidden: [16] },
      { parts: 3, hidden: [16, 8] },
    ])('ends as one in a single piece: $parts parts, hidden $hidden', async ({ parts, hidden }) => {
      const signal = new AbortController().signal;
      const spec = { ...base, hidden };
      const whole = await trainNetwork(engine, rows, cells, spec, { signal, onEpoch: () => {} });
      const cut = await fit(parts, spec);
      // 42 updates: float32 sums in another order differ in the seventh digit, and Adam hands that on.
      whole.weights.forEach(({ kernel }, layer) => {
        const other = cut.weights[layer]!.kernel;
        expect(largest(kernel.map((weight, k) => weight - other[k]!))).toBeLessThan(1e-4 * largest(kernel));
      });
      whole.curve.stop.forEach((stop, epoch) => expect(cut.curve.stop[epoch]).toBeCloseTo(stop, 5));
      whole.curve.train.forEach((train, epoch) => expect(cut.curve.train[epoch]).toBeCloseTo(train, 5));
      expect(cut.switchedOff).toBe(whole.switchedOff);
      expect(panelOf(cut)).toEqual(panelOf(whole));
      whole.dispose();
    });

    it('gives the same bits twice, also when it was stopped in between', async () => {
      const undisturbed = await fit(2);
      expect((await fit(2)).weights).toEqual(undisturbed.weights);
      const store = memoryStore(0);
      const controller = new AbortController();
      const stopped = fit(
        2,
        {},
        {
          signal: controller.signal,
          checkpoint: store,
          onStep: done => done === 17 && controller.abort(),
        },
      );
      await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
      const resumed = await fit(2, {}, { checkpoint: store });
      expect(resumed.weights).toEqual(undisturbed.weights);
      expect(resumed.curve).toEqual(undisturbed.curve);
    });

    it('goes on in as many parts as it began with, and in no other number', async () => {
      const store = memoryStore(0);
      await fit(2, { epochs: 2 }, { checkpoint: store });
      await expect(fit(3, { epochs: 2 }, { checkpoint: store })).rejects.toMatchObject({ code: 'WORKSPACE' });
    });

    it('holds its memory over many steps', async () => {
      const rss: number[] = [];
      await fit(
        2,
        { batch: 4, epochs: 12, patience: 12, hidden: [1024, 32] },
        {
          onEpoch: () => rss.push(process.memoryUsage.rss()),
        },
      );
      // 400 steps after the first 200: one lost array of 1024 x 40 per step would be 64 MB.
      expect(rss.at(-1)! - rss[3]!).toBeLessThan(40e6);
    });
  });
});
