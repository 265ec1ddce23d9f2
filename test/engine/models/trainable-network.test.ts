/**
 * Twenty updates on each engine, and in parts, against the double-precision network. Tolerance: float32 keeps seven digits, and Adam
 * divides gradients by their own size, which hands their relative rounding on to the updates; over twenty steps the
 * weights agree with the reference to about 1e-6 of their norm, and 2e-5 is asked for.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { dropoutMask } from '../../../src/engine/models/dropout.ts';
import { initialStates, toLayers } from '../../../src/engine/models/initial-weights.ts';
import { localNetworks, type NetworkMaker } from '../../../src/engine/models/step-network.ts';
import type { NetworkLayout } from '../../../src/engine/models/trainable-network.ts';
import { onEveryEngine, onNativeEngine } from '../tensor/engines.ts';
import { networksInParts } from '../trainer/parts.ts';
import { denseRows, range } from './dense-rows.ts';
import { loss, train, type Layer, type Step } from './float64-network.ts';

const CELLS = 6;
const STEPS = 20;

/** Like log counts: two thirds zeros. */
function counts(name: string, step: number, size: number): Float32Array {
  const random = createRandom(name, step);
  return Float32Array.from({ length: size }, () => (random.next() < 0.67 ? 0 : 2 * random.next()));
}

const cases = [
  { name: 'plain', hidden: [8], weighted: false, lambda: 0, own: false },
  {
    name: 'weighted with group lasso, inputs as targets',
    hidden: [8],
    weighted: true,
    lambda: 0.02,
    own: true,
  },
  { name: 'two hidden layers', hidden: [8, 5], weighted: false, lambda: 0, own: false },
  {
    name: 'three hidden layers, weighted with group lasso',
    hidden: [7, 6, 5],
    weighted: true,
    lambda: 0.01,
    own: false,
  },
];

/** Every way to do a step must pass this. */
function agreesWithReference(make: () => NetworkMaker): void {
  it.each(cases)('agree with double precision: $name', async ({ hidden, weighted, lambda, own }) => {
    const layout: NetworkLayout = { inputs: 14, hidden, targets: own ? 14 : 9 };
    const means = { inputs: new Float32Array(14), targets: new Float32Array(layout.targets) };
    const states = initialStates(layout, 3, 'reference');
    // Larger than a training starts, so that every gradient counts from the first step on.
    createRandom('last').fillUniform(states.get('last')!.weights, -0.3, 0.3);
    const initial = toLayers(layout, new Map([...states].map(([k, s]) => [k, s.weights.slice()])), means);
    const reference = initial.map(({ kernel, bias, shape }): Layer => ({
      kernel: Float64Array.from(kernel),
      bias: Float64Array.from(bias),
      inputs: shape[0],
      outputs: shape[1],
    }));
    const genes = own ? 14 : 14 + layout.targets;
    const targets = own ? range(0, 14) : range(14, genes);
    const network = await make()(
      {
        layout,
        inputs: { columns: range(0, 14), means: means.inputs },
        targets: { columns: targets, means: means.targets },
        genes,
        batch: CELLS,
        emphasis: weighted ? new Float32Array(layout.targets).fill(1) : null,
      },
      states,
    );
    const steps: Step[] = [];
    for (let s = 0; s < STEPS; s++) {
      // The last batch is short, as at the end of an epoch.
      const cells = s === STEPS - 1 ? CELLS - 2 : CELLS;
      const x = counts('x', s, cells * layout.inputs);
      const y = own ? x : counts('y', s, cells * layout.targets);
      const masks = hidden.map((width, k) => dropoutMask(createRandom('mask', s, k), 0.2, cells * width));
      const step = {
        cells,
        x: Float64Array.from(x),
        y: Float64Array.from(y),
        masks: masks.map(mask => Float64Array.from(mask)),
      };
      const block = (own ? denseRows(x, 14) : denseRows(sideBySide(x, y, cells), genes)).read(0, cells);
      if (s === 0) {
        const expected = loss(reference, { ...step, masks: [] }, weighted);
        expect((await network.lossSum(block)) / (cells * layout.targets)).toBeCloseTo(expected, 5);
      }
      const dropped = await network.step(block, { update: s + 1, learningRate: 0.01, lambda, masks });
      if (s === 0) expect(dropped / (cells * layout.targets)).toBeCloseTo(loss(reference, step, weighted), 5);
      steps.push(step);
    }
    train(reference, steps, { learningRate: 0.01, weighted, lambda });
    toLayers(layout, await network.weights(), means).forEach((layer, k) => {
      expect(distance(layer.kernel, reference[k]!.kernel)).toBeLessThan(2e-5);
      expect(distance(layer.bias, reference[k]!.bias)).toBeLessThan(2e-5);
      // The comparison would mean nothing had the weights hardly moved.
      expect(distance(layer.kernel, Float64Array.from(initial[k]!.kernel))).toBeGreaterThan(0.05);
    });
    await network.release();
  });
}

describe('training steps', () => {
  onEveryEngine(engine => agreesWithReference(() => localNetworks(engine)));
  onNativeEngine(() => {
    describe.each([1, 2, 3])('in %i parts', parts => agreesWithReference(() => networksInParts(parts)));
  });
});

/** The columns of x, then those of y. */
function sideBySide(x: Float32Array, y: Float32Array, cells: number): Float32Array {
  const [a, b] = [x.length / cells, y.length / cells];
  return Float32Array.from({ length: x.length + y.length }, (_, at) => {
    const [cell, column] = [Math.floor(at / (a + b)), at % (a + b)];
    return column < a ? x[cell * a + column]! : y[cell * b + column - a]!;
  });
}

/** Norm of the difference relative to the norm of b. */
function distance(a: ArrayLike<number>, b: Float64Array): number {
  const norm = Math.hypot(...b);
  return Math.hypot(...b.map((value, i) => value - a[i]!)) / norm;
}
