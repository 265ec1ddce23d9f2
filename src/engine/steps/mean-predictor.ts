/** The model that knows nothing: every gene at its mean over the training cells. The floor of every score. */
import { range } from './cells.ts';
import type { Predictor } from './predictor.ts';

export function meanPredictor(means: Float32Array): Predictor {
  return {
    inputs: new Int32Array(0),
    targets: range(means.length),
    predict(_, cells) {
      const out = new Float32Array(cells * means.length);
      for (let cell = 0; cell < cells; cell++) out.set(means, cell * means.length);
      return out;
    },
    dispose() {
      // The means belong to the caller.
    },
  };
}
