/**
 * A network in double precision that knows its loss only: gradients come from central differences, so that nothing in it
 * repeats the formulas under test. Cells are rows, biases are vectors. Small sizes only.
 */
export interface Layer {
  kernel: Float64Array;
  bias: Float64Array;
  inputs: number;
  outputs: number;
}

export interface Step {
  cells: number;
  /** cells x genes */
  x: Float64Array;
  y: Float64Array;
  /** One cells x width per hidden layer. */
  masks: Float64Array[];
}

export function loss(layers: readonly Layer[], { cells, x, y, masks }: Step, weighted: boolean): number {
  let sum = 0;
  const targets = layers.at(-1)!.outputs;
  for (let c = 0; c < cells; c++) {
    let input = x.subarray(c * layers[0]!.inputs, (c + 1) * layers[0]!.inputs);
    layers.forEach((layer, k) => {
      const out = layer.bias.slice();
      for (let i = 0; i < layer.inputs; i++) {
        for (let o = 0; o < layer.outputs; o++) out[o]! += input[i]! * layer.kernel[i * layer.outputs + o]!;
      }
      if (k < layers.length - 1) {
        const mask = masks[k];
        for (let o = 0; o < layer.outputs; o++) {
          // Linear, then dropout, then ReLU.
          out[o] = Math.max(0, out[o]! * (mask === undefined ? 1 : mask[c * layer.outputs + o]!));
        }
      }
      input = out;
    });
    for (let t = 0; t < targets; t++) {
      const truth = y[c * targets + t]!;
      sum += (weighted ? truth + 1 : 1) * (input[t]! - truth) ** 2;
    }
  }
  return sum / (cells * targets);
}

/** Trains in place: Adam as in its paper, then block soft-thresholding of the first layer's rows. */
export function train(
  layers: readonly Layer[],
  steps: readonly Step[],
  { learningRate, weighted, lambda }: { learningRate: number; weighted: boolean; lambda: number },
): void {
  const arrays = layers.flatMap(layer => [layer.kernel, layer.bias]);
  const moments = arrays.map(a => ({ m: new Float64Array(a.length), v: new Float64Array(a.length) }));
  steps.forEach((step, s) => {
    const t = s + 1;
    const gradients = arrays.map(array => array.map((_, i) => slope(layers, step, weighted, array, i)));
    arrays.forEach((array, a) => {
      const { m, v } = moments[a]!;
      for (let i = 0; i < array.length; i++) {
        const g = gradients[a]![i]!;
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.999 * v[i]! + 0.001 * g * g;
        array[i]! -= (learningRate * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
      }
    });
    if (lambda === 0) return;
    const { kernel, inputs, outputs } = layers[0]!;
    for (let g = 0; g < inputs; g++) {
      const row = kernel.subarray(g * outputs, (g + 1) * outputs);
      const second = moments[0]!.v.subarray(g * outputs, (g + 1) * outputs);
      const meanSquare = second.reduce((sum, v) => sum + v, 0) / outputs / (1 - 0.999 ** t);
      const threshold = (lambda * learningRate) / (Math.sqrt(meanSquare) + 1e-8);
      const norm = Math.hypot(...row);
      for (let o = 0; o < outputs; o++) row[o]! *= norm > threshold ? 1 - threshold / norm : 0;
    }
  });
}

function slope(
  layers: readonly Layer[],
  step: Step,
  weighted: boolean,
  array: Float64Array,
  i: number,
): number {
  const kept = array[i]!;
  const by = 1e-5;
  array[i] = kept + by;
  const above = loss(layers, step, weighted);
  array[i] = kept - by;
  const below = loss(layers, step, weighted);
  array[i] = kept;
  return (above - below) / (2 * by);
}
