/** The floor under all models: every cell is predicted to be the mean of the training cells. */
import type { CellRows } from '../counts/rows.ts';
import type { Predictor } from '../steps/predictor.ts';
import { columnMeans } from './centred.ts';

export interface MeanModel extends Predictor {
  readonly means: Float32Array;
}

/** @param train cells whose means are taken; @param targets columns to predict, ascending */
export async function meanModel(
  rows: CellRows,
  train: Int32Array,
  targets: Int32Array,
  signal: AbortSignal,
): Promise<MeanModel> {
  return meanPredictor(Float32Array.from(await columnMeans(rows, train, targets, signal)), targets);
}

/** The model rebuilt from its means. */
export function meanPredictor(means: Float32Array, targets: Int32Array): MeanModel {
  return {
    inputs: new Int32Array(0),
    targets,
    means,
    predict: (_, cells) => {
      const out = new Float32Array(cells * means.length);
      for (let c = 0; c < cells; c++) out.set(means, c * means.length);
      return out;
    },
    dispose: () => {
      // Nothing is held in the engine.
    },
  };
}
