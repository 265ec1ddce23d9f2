import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import type { CheckpointStore } from '../../../src/engine/models/checkpoint.ts';
import {
  estimateNetworkMemory,
  trainNetwork,
  type NetworkSpec,
  type TrainedNetwork,
  type TrainingContext,
} from '../../../src/engine/models/network.ts';
import { fromWeights } from '../../../src/engine/models/network-predictor.ts';
import { rowSummary, switchedOff } from '../../../src/engine/models/weights.ts';
import type { TensorEngine } from '../../../src/engine/tensor/backend.ts';
import { onEveryEngine, onNativeEngine } from '../tensor/engines.ts';
import { range } from './dense-rows.ts';
import { base, cells, memoryStore, rows } from './factor-data.ts';

function fit(
  engine: TensorEngine,
  spec: Partial<NetworkSpec> = {},
  context: Partial<TrainingContext> = {},
): Promise<TrainedNetwork> {
  const signal = new AbortController().signal;
  return trainNetwork(
    engine,
    rows,
    cells,
    { ...base, ...spec },
    { signal, onEpoch: () => undefined, ...context },
  );
}

/** Stops at the given epoch's end or, with `steps`, that many steps into the next. */
async function interrupt(
  engine: TensorEngine,
  spec: Partial<NetworkSpec>,
  store: CheckpointStore,
  epoch: number,
  steps = 0,
): Promise<void> {
  const controller = new AbortController();
  const perEpoch = Math.ceil(cells.train.length / base.batch);
  const run = fit(engine, spec, {
    signal: controller.signal,
    checkpoint: store,
    onEpoch: e => steps === 0 && e.epoch === epoch && controller.abort(),
    onStep: done => steps > 0 && done === epoch * perEpoch + steps && controller.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
}

describe('training a network', () => {
  onEveryEngine(engine => {
    it('lowers the loss and frees everything', async () => {
      const before = engine.alive;
      const epochs: number[] = [];
      const trained = await fit(
        engine,
        { epochs: 25, lambda: 0 },
        { onEpoch: ({ epoch, stop }) => expect(epochs.push(stop)).toBe(epoch) },
      );
      expect(trained.curve.stop).toEqual(epochs);
      expect(trained.curve.stop.at(-1)!).toBeLessThan(0.6 * trained.curve.stop[0]!);
      expect(trained.curve.train.at(-1)!).toBeLessThan(0.6 * trained.curve.train[0]!);
      const predicted = trained.predict(new Float32Array(40), 1);
      expect(predicted).toHaveLength(40);
      expect(predicted.every(Number.isFinite)).toBe(true);
      trained.dispose();
      expect(engine.alive).toBe(before);
    });

    it('gives the same bits twice, and other bits for another seed', async () => {
      const [a, b, c] = [await fit(engine), await fit(engine), await fit(engine, { seed: 8 })];
      expect(b.weights).toEqual(a.weights);
      expect(b.curve).toEqual(a.curve);
      expect(c.weights[0]!.kernel).not.toEqual(a.weights[0]!.kernel);
      [a, b, c].forEach(network => network.dispose());
    });

    it.each([
      { where: "at an epoch's end", epoch: 3, steps: 0, hidden: [16] },
      { where: 'in the middle of an epoch', epoch: 2, steps: 4, hidden: [16, 8] },
      { where: 'in the first epoch', epoch: 0, steps: 2, hidden: [16] },
      { where: 'after the last step of an epoch', epoch: 1, steps: 7, hidden: [16] },
    ])('resumed $where, ends with the same bits', async ({ epoch, steps, hidden }) => {
      const whole = await fit(engine, { hidden });
      const store = memoryStore(0);
      await interrupt(engine, { hidden }, store, epoch, steps);
      // What was done of an epoch that is left in the middle is kept too.
      expect(store.saves).toBe(steps === 0 ? epoch : epoch + 1);
      const begun: number[] = [];
      const seen: number[] = [];
      const resumed = await fit(
        engine,
        { hidden },
        {
          checkpoint: store,
          onEpoch: e => seen.push(e.epoch),
          onBegun: (done, of) => begun.push(done, of),
        },
      );
      const perEpoch = Math.ceil(cells.train.length / base.batch);
      expect(begun).toEqual([epoch * perEpoch + steps, base.epochs * perEpoch]);
      expect(seen).toEqual([...range(epoch + 1, base.epochs + 1)]);
      expect(resumed.weights).toEqual(whole.weights);
      expect(resumed.curve).toEqual(whole.curve);
      whole.dispose();
      resumed.dispose();
    });

    it('predicts what its stored weights predict', async () => {
      const trained = await fit(engine, { hidden: [16, 8], targets: range(5, 30) });
      const x = createRandom('x').fillUniform(new Float32Array(40 * 3), 0, 2);
      const rebuilt = fromWeights(engine, trained.weights, trained.inputs, trained.targets);
      expect(rebuilt.predict(x, 3)).toEqual(trained.predict(x, 3));
      trained.dispose();
      rebuilt.dispose();
    });
  });

  onNativeEngine(engine => {
    it('keeps the weights of the best epoch and stops when patience runs out', async () => {
      const trained = await fit(engine, { learningRate: 0.05, epochs: 60, lambda: 0, dropout: 0 });
      expect(trained.stoppedEarly).toBe(true);
      expect(trained.converged).toBe(true);
      const { stop } = trained.curve;
      expect(stop[trained.bestEpoch - 1]).toBe(Math.min(...stop));
      expect(trained.epochs).toBe(trained.bestEpoch + base.patience);
      expect(stop).toHaveLength(trained.epochs);
      // The loss of the weights handed out is the best of the curve: mean of (y + 1) (p - y)^2 over the stop cells.
      const x = new Float32Array(40 * 60);
      const block = rows.gather(cells.stop);
      for (let c = 0; c < 60; c++) {
        for (let k = block.ptr[c]!; k < block.ptr[c + 1]!; k++) x[c * 40 + block.idx[k]!] = block.val[k]!;
      }
      const predicted = trained.predict(x, 60);
      const loss = x.reduce((sum, y, i) => sum + (y + 1) * (predicted[i]! - y) ** 2, 0) / x.length;
      expect(loss).toBeCloseTo(Math.min(...stop), 5);
      trained.dispose();
    });

    it('switches off exactly the genes that carry nothing', async () => {
      const inputs = Int32Array.from([...range(0, 15), ...range(30, 40)]);
      const trained = await fit(engine, {
        inputs,
        targets: range(15, 30),
        lambda: 0.03,
        epochs: 60,
        patience: 60,
        dropout: 0,
        weighted: false,
      });
      const { norm, maximum, minimum } = rowSummary(trained.weights[0]!.kernel, 25, 16);
      const off = switchedOff(norm);
      expect([...norm.slice(15)]).toEqual(new Array(10).fill(0));
      expect([...maximum.slice(15), ...minimum.slice(15)].every(weight => weight === 0)).toBe(true);
      expect([...off.slice(15)]).toEqual(new Array(10).fill(1));
      expect(off.slice(0, 15).reduce((s, x) => s + x, 0)).toBeLessThan(5);
      expect(trained.switchedOff).toBe(off.reduce((s, x) => s + x, 0));
      trained.dispose();
    });

    it('skips checkpoints that come too soon after the last', async () => {
      const store = memoryStore();
      const trained = await fit(engine, {}, { checkpoint: store });
      expect(store.saves).toBe(0);
      trained.dispose();
      // A stop at an epoch's end is worth saving whenever it comes.
      await interrupt(engine, {}, store, 2);
      expect(store.saves).toBe(1);
    });

    it('refuses the checkpoint of another training', async () => {
      const store = memoryStore(0);
      await interrupt(engine, {}, store, 1);
      await expect(fit(engine, { learningRate: 1e-3 }, { checkpoint: store })).rejects.toMatchObject({
        code: 'WORKSPACE',
        message: expect.stringContaining('Start the run again') as string,
      });
      expect(engine.alive).toBe(0);
    });

    it('holds its memory over many steps', async () => {
      const rss: number[] = [];
      const alive: number[] = [];
      const trained = await fit(
        engine,
        { batch: 4, epochs: 12, patience: 12, hidden: [1024, 32] },
        {
          onStep: () => alive.push(engine.alive),
          onEpoch: () => rss.push(process.memoryUsage.rss()),
        },
      );
      expect(alive).toHaveLength(600);
      expect(new Set(alive).size).toBe(1);
      // 400 steps after the first 200: one lost array of 1024 x 40 per step would be 64 MB.
      expect(rss.at(-1)! - rss[3]!).toBeLessThan(40e6);
      trained.dispose();
    });

    it('stops within a step when asked to', async () => {
      const controller = new AbortController();
      let steps = 0;
      const run = fit(
        engine,
        { epochs: 1000 },
        {
          signal: controller.signal,
          onStep: () => {
            steps++;
            if (steps === 3) controller.abort();
          },
        },
      );
      await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(steps).toBe(3);
      expect(engine.alive).toBe(0);
    });

    it('says what to do when the loss grows beyond all numbers', async () => {
      await expect(fit(engine, { learningRate: 1e20, lambda: 0 })).rejects.toMatchObject({
        code: 'NOT_POSSIBLE',
        message: 'The training of select grew beyond all numbers in epoch 1. Lower the learning rate.',
      });
      expect(engine.alive).toBe(0);
    });

    it('refuses to train on nothing', async () => {
      const none = new Int32Array(0);
      const context = { signal: new AbortController().signal, onEpoch: () => undefined };
      await expect(trainNetwork(engine, rows, { ...cells, stop: none }, base, context)).rejects.toThrow(
        'there are no stop cells',
      );
      await expect(fit(engine, { inputs: none })).rejects.toThrow('there are no input genes');
    });
  });
});

describe('memory estimate', () => {
  it('grows with the weights and the batch', () => {
    const all = range(0, 8960);
    const bytes = estimateNetworkMemory({ inputs: all, targets: all, hidden: [512], batch: 128 });
    expect(bytes).toBeGreaterThan(32 * 8960 * 1024);
    expect(bytes).toBeLessThan(600e6);
    expect(estimateNetworkMemory({ inputs: all, targets: all, hidden: [512], batch: 512 })).toBeGreaterThan(
      bytes,
    );
  });
});
