/** A trained network as a predictor, rebuilt from its weights. */
import type { Predictor } from '../steps/predictor.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { NetworkWeights } from './weights.ts';

/** Cells per product: bounds the memory of a prediction. */
const CELLS = 1024;

/** @param inputs, targets columns of the preprocessed matrix, ascending */
export function fromWeights(
  engine: TensorEngine,
  weights: NetworkWeights,
  inputs: Int32Array,
  targets: Int32Array,
): Predictor {
  const layers = weights.map(({ kernel, bias, shape }) => ({
    kernel: engine.tensor(kernel, shape),
    bias: engine.tensor(bias, [bias.length]),
  }));
  const forward = (x: Tensor): Tensor =>
    layers.reduce((input, { kernel, bias }, k) => {
      const sum = engine.addToRows(engine.matMul(input, kernel), bias);
      return k === layers.length - 1 ? sum : engine.relu(sum);
    }, x);
  return {
    inputs,
    targets,
    predict: (x, cells) => inBlocks(engine, x, cells, inputs.length, targets.length, forward),
    dispose: () => layers.forEach(({ kernel, bias }) => engine.free(kernel, bias)),
  };
}

/**
 * Applies an operation to cells x inputs, a block of cells at a time.
 * @returns cells x outputs
 */
export function inBlocks(
  engine: TensorEngine,
  x: Float32Array,
  cells: number,
  inputs: number,
  outputs: number,
  operation: (block: Tensor) => Tensor,
): Float32Array {
  const out = new Float32Array(cells * outputs);
  for (let from = 0; from < cells; from += CELLS) {
    const to = Math.min(cells, from + CELLS);
    engine.scope(() => {
      const block = engine.tensor(x.subarray(from * inputs, to * inputs), [to - from, inputs]);
      out.set(engine.read(operation(block)), from * outputs);
    });
  }
  return out;
}
