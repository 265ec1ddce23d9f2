/** Where training starts, and how trained matrices become layers. */
import { createRandom } from '../../core/random.ts';
import type { ParameterState } from '../tensor/engine.ts';
import { matrixShapes, type NetworkLayout } from './trainable-network.ts';
import type { DenseLayer, NetworkWeights } from './weights.ts';

/**
 * The last layer starts ten times smaller than the others, so that a new network predicts the means and little else. At
 * full size it starts with noise as large as the signal, and where training cells are few it stops before it has lost it
 * (225 cells: explained variance .09 instead of .137 on the stop cells; docs/choices.md). At zero the first layer would
 * have no gradient and the group lasso would switch every gene off in the first step.
 */
const LAST_LAYER = 0.1;

/**
 * Uniform in +-1 / sqrt(inputs of the layer), kernels and biases alike, as torch.nn.Linear does, but for the last layer;
 * one random stream per matrix. Moments are zero.
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
    const bound = (matrix === 'last' ? LAST_LAYER : 1) / Math.sqrt(fanIn);
    const size = rows * columns;
    states.set(matrix, {
      weights: createRandom(seed, 'weights', name, matrix).fillUniform(new Float32Array(size), -bound, bound),
      first: new Float32Array(size),
      second: new Float32Array(size),
    });
  }
  return states;
}

/**
 * Trained matrices as inputs x outputs kernels with their biases, for values as they are: the means that were taken away
 * while training go into the first and the last bias.
 */
export function toLayers(
  layout: NetworkLayout,
  matrices: ReadonlyMap<string, Float32Array>,
  means: { readonly inputs: Float32Array; readonly targets: Float32Array },
): NetworkWeights {
  const { inputs, hidden } = layout;
  const kernel = matrices.get('first')!;
  const bias = Float64Array.from(matrices.get('bias')!);
  for (let g = 0; g < inputs; g++) {
    for (let h = 0; h < bias.length; h++) bias[h]! -= means.inputs[g]! * kernel[g * bias.length + h]!;
  }
  const first: DenseLayer = { kernel, bias: Float32Array.from(bias), shape: [inputs, hidden[0]!] };
  const between = hidden.slice(1).map((width, k): DenseLayer => {
    const matrix = matrices.get(`hidden.${k + 1}`)!;
    const kernelSize = hidden[k]! * width;
    return {
      kernel: matrix.slice(0, kernelSize),
      bias: matrix.slice(kernelSize),
      shape: [hidden[k]!, width],
    };
  });
  return [first, ...between, lastLayer(matrices.get('last')!, hidden.at(-1)!, means.targets)];
}

/** @param matrix targets x (width + 1), the bias as last column */
function lastLayer(matrix: Float32Array, width: number, means: Float32Array): DenseLayer {
  const targets = means.length;
  const kernel = new Float32Array(width * targets);
  const bias = new Float32Array(targets);
  for (let t = 0; t < targets; t++) {
    for (let h = 0; h < width; h++) kernel[h * targets + t] = matrix[t * (width + 1) + h]!;
    bias[t] = matrix[t * (width + 1) + width]! + means[t]!;
  }
  return { kernel, bias, shape: [width, targets] };
}
