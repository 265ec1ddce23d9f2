/**
 * Twenty updates on each engine against the double-precision network. Tolerance: float32 keeps seven digits, and Adam
 * divides gradients by their own size, which hands their relative rounding on to the updates; over twenty steps the
 * weights agree with the reference to about 1e-6 of their norm, and 2e-5 is asked for.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.ts';
import { dropoutMask } from '../../../src/engine/models/dropout.ts';
import { initialStates, toLayers } from '../../../src/engine/models/initial-weights.ts';
import { TrainableNetwork, type NetworkLayout } from '../../../src/engine/models/trainable-network.ts';
import { onEveryEngine } from '../tensor/engines.ts';
import { loss, train, type Layer, type Step } from './float64-network.ts';

const CELLS = 6;
const STEPS = 20;

/** Like log counts: two thirds zeros. */
function counts(name: string, step: number, size: number): Float32Array {
  const random = createRandom(name, step);
  return Float32Array.from({ length: size }, () => (random.next() < 0.67 ? 0 : 2 * random.next()));
}

function transposed(a: Float32Array, rows: number): Float32Array {
  const columns = a.length / rows;
  return Float32Array.from(
    { length: a.length },
    (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!,
  );
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

describe('training steps', () => {
  onEveryEngine(engine => {
    it.each(cases)('agree with double precision: $name', ({ hidden, weighted, lambda, own }) => {
      const layout: NetworkLayout = { inputs: 14, hidden, targets: own ? 14 : 9 };
      const means = { inputs: new Float32Array(14), targets: new Float32Array(layout.targets) };
      const emphasis = weighted ? new Float32Array(layout.targets).fill(1) : null;
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
      const network = new TrainableNetwork(engine, layout, states);
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
        const inputs = transposed(x, cells);
        const batch = { cells, inputs, targets: own ? inputs : transposed(y, cells) };
        if (s === 0) {
          const expected = loss(reference, { ...step, masks: [] }, weighted);
          expect(network.lossSum(batch, emphasis) / (cells * layout.targets)).toBeCloseTo(expected, 5);
          const dropped = network.step(batch, { update: 1, learningRate: 0.01, emphasis, lambda, masks });
          expect(dropped / (cells * layout.targets)).toBeCloseTo(loss(reference, step, weighted), 5);
        } else {
          network.step(batch, { update: s + 1, learningRate: 0.01, emphasis, lambda, masks });
        }
        steps.push(step);
      }
      train(reference, steps, { learningRate: 0.01, weighted, lambda });
      toLayers(layout, network.weights(), means).forEach((layer, k) => {
        expect(distance(layer.kernel, reference[k]!.kernel)).toBeLessThan(2e-5);
        expect(distance(layer.bias, reference[k]!.bias)).toBeLessThan(2e-5);
        // The comparison would mean nothing had the weights hardly moved.
        expect(distance(layer.kernel, Float64Array.from(initial[k]!.kernel))).toBeGreaterThan(0.05);
      });
      network.release();
    });
  });
});

/** Norm of the difference relative to the norm of b. */
function distance(a: ArrayLike<number>, b: Float64Array): number {
  const norm = Math.hypot(...b);
  return Math.hypot(...b.map((value, i) => value - a[i]!)) / norm;
}
