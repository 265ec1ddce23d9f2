/** Weights of a trained network as they leave the engine: plain arrays, layer by layer, and what is read out of them. */
import { badFile } from '../../shared/errors.ts';
import type { NamedTensors } from './tensors-file.ts';

export interface DenseLayer {
  /** inputs x outputs, row-major: output = input * kernel + bias. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly shape: readonly [inputs: number, outputs: number];
}

/** From the measured genes to the predicted ones; ReLU between layers, none after the last. */
export type NetworkWeights = readonly DenseLayer[];

/** First-layer weights of every gene, one per hidden unit, in three numbers. */
export interface RowSummary {
  readonly maximum: Float32Array;
  readonly minimum: Float32Array;
  /** Euclidean norm of the gene's row. */
  readonly norm: Float64Array;
}

/** @param kernel genes x hidden, row-major: the kernel of a network's first layer */
export function rowSummary(kernel: Float32Array, genes: number, hidden: number): RowSummary {
  const maximum = new Float32Array(genes).fill(-Infinity);
  const minimum = new Float32Array(genes).fill(Infinity);
  const norm = new Float64Array(genes);
  for (let g = 0; g < genes; g++) {
    let squares = 0;
    for (let i = g * hidden; i < (g + 1) * hidden; i++) {
      const weight = kernel[i]!;
      if (weight > maximum[g]!) maximum[g] = weight;
      if (weight < minimum[g]!) minimum[g] = weight;
      squares += weight * weight;
    }
    norm[g] = Math.sqrt(squares);
  }
  return { maximum, minimum, norm };
}

/** A gene is switched off when its row's norm is below this share of the largest. */
const SWITCHED_OFF = 1e-3;

/** 1 for every gene that the group lasso has switched off; all genes where all norms are 0. */
export function switchedOff(norms: ArrayLike<number>): Uint8Array {
  let largest = 0;
  for (let g = 0; g < norms.length; g++) largest = Math.max(largest, norms[g]!);
  return Uint8Array.from(norms, norm => (norm === 0 || norm < SWITCHED_OFF * largest ? 1 : 0));
}

/** Names and shapes for `encodeTensors`. */
export function weightsToTensors(weights: NetworkWeights): NamedTensors {
  const tensors: NamedTensors = new Map();
  weights.forEach((layer, k) => {
    tensors.set(`layers.${k}.kernel`, { shape: layer.shape, data: layer.kernel });
    tensors.set(`layers.${k}.bias`, { shape: [layer.shape[1]], data: layer.bias });
  });
  return tensors;
}

/**
 * @param file name for the message
 * @throws AppError BAD_FILE where a layer is missing or its shape does not continue the layer before.
 */
export function weightsFromTensors(tensors: NamedTensors, file: string): NetworkWeights {
  const layers: DenseLayer[] = [];
  for (let k = 0; tensors.has(`layers.${k}.kernel`); k++) {
    const kernel = tensors.get(`layers.${k}.kernel`)!;
    const bias = tensors.get(`layers.${k}.bias`);
    const [inputs, outputs] = kernel.shape;
    const before = layers.at(-1)?.shape[1] ?? inputs;
    if (kernel.shape.length !== 2 || inputs !== before || bias?.data.length !== outputs) {
      throw badFile(file, `holds a layer ${k + 1} that does not fit the layers around it`);
    }
    layers.push({ kernel: kernel.data, bias: bias!.data, shape: [inputs!, outputs!] });
  }
  if (layers.length === 0 || tensors.size !== 2 * layers.length) {
    throw badFile(file, 'does not hold the layers of one network');
  }
  return layers;
}
