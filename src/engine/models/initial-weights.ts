/** Where training starts, and how trained matrices become layers. */
import { createRandom } from '../../core/random.ts';
import type { ParameterState } from '../tensor/engine.ts';
import { matrixShapes, type NetworkLayout } from './trainable-network.ts';
import type { DenseLayer, NetworkWeights } from './weights.ts';

/**
 * Uniform in +-1 / sqrt(inputs of the layer), kernels and biases alike, as torch.nn.Linear does; one random stream per
 * matrix. Moments are zero.
 * @param name tells networks of one seed apart
 */
export function initialStates(
  layout: NetworkLayout,
  seed: number,
  name: string,
): Map<string, ParameterState> {
  const states = new Map<string, ParameterState>();
  for (const [matrix, [rows, columns]] of matrixShapes(layout)) {
    const fanIn = matrix === 'last' ? columns - 1 : matrix.startsWith('hidden') ? rows - 1 : layout.inputs;
    const bound = 1 / Math.sqrt(fanIn);
    const size = rows * columns;
    states.set(matrix, {
      weights: createRandom(seed, 'weights', name, matrix).fillUniform(new Float32Array(size), -bound, bound),
      first: new Float32Array(size),
      second: new Float32Array(size),
    });
  }
  return states;
}

/** Trained matrices as inputs x outputs kernels with their biases. */
export function toLayers(layout: NetworkLayout, matrices: ReadonlyMap<string, Float32Array>): NetworkWeights {
  const { inputs, hidden, targets } = layout;
  const first: DenseLayer = {
    kernel: matrices.get('first')!,
    bias: matrices.get('bias')!,
    shape: [inputs, hidden[0]!],
  };
  const between = hidden.slice(1).map((width, k): DenseLayer => {
    const matrix = matrices.get(`hidden.${k + 1}`)!;
    const kernelSize = hidden[k]! * width;
    return {
      kernel: matrix.slice(0, kernelSize),
      bias: matrix.slice(kernelSize),
      shape: [hidden[k]!, width],
    };
  });
  const width = hidden.at(-1)!;
  const last = matrices.get('last')!;
  const kernel = new Float32Array(width * targets);
  const bias = new Float32Array(targets);
  for (let t = 0; t < targets; t++) {
    for (let h = 0; h < width; h++) kernel[h * targets + t] = last[t * (width + 1) + h]!;
    bias[t] = last[t * (width + 1) + width]!;
  }
  return [first, ...between, { kernel, bias, shape: [width, targets] }];
}
