/** Networks of a run: trained with checkpoints in the run's folder, or taken from it where they are finished already. */
import { z } from 'zod';
import type { ModelId, TrainingCurve } from '../../shared/model.ts';
import { decodeCheckpoint, encodeCheckpoint, type CheckpointStore } from '../models/checkpoint.ts';
import { fromWeights } from '../models/network-predictor.ts';
import { trainNetwork, type NetworkSpec, type TrainingContext } from '../models/network.ts';
import { decodeTensors, encodeTensors } from '../models/tensors-file.ts';
import { weightsFromTensors, weightsToTensors, type NetworkWeights } from '../models/weights.ts';
import type { CellRows } from '../counts/rows.ts';
import type { Predictor } from '../steps/predictor.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import type { RunFolder } from '../workspace/run-folder.ts';

const storedShape = z.object({
  curve: z.object({
    model: z.string().transform(id => id as ModelId),
    train: z.array(z.number()),
    stop: z.array(z.number()),
    bestEpoch: z.number(),
  }),
  epochs: z.number(),
  stoppedEarly: z.boolean(),
  converged: z.boolean(),
  seconds: z.number(),
});

export interface FinishedNetwork {
  readonly predictor: Predictor;
  readonly weights: NetworkWeights;
  readonly curve: TrainingCurve;
  readonly epochs: number;
  readonly stoppedEarly: boolean;
  readonly converged: boolean;
  readonly seconds: number;
  /** Finished in an earlier session of the run. */
  readonly fromEarlier: boolean;
}

const modelFile = (id: ModelId): string => `models/${id}.safetensors`;
const checkpointFile = (id: ModelId): string => `checkpoints/${id}.safetensors`;

/** Trains, or goes on from the last checkpoint, or loads what an earlier part of the run has finished. */
export async function networkOfRun(
  engine: TensorEngine,
  folder: RunFolder,
  rows: CellRows,
  cells: { readonly train: Int32Array; readonly stop: Int32Array },
  spec: NetworkSpec,
  context: Omit<TrainingContext, 'checkpoint'>,
): Promise<FinishedNetwork> {
  const file = modelFile(spec.id);
  const bytes = folder.readBytes(file);
  if (bytes !== null) {
    const { tensors, meta } = decodeTensors(bytes, file);
    const weights = weightsFromTensors(tensors, file);
    const stored = storedShape.parse(JSON.parse(meta['training'] ?? 'null'));
    const predictor = fromWeights(engine, weights, spec.inputs, spec.targets);
    return { ...stored, weights, predictor, fromEarlier: true };
  }
  const checkpoint = checkpointsIn(folder, spec.id);
  const trained = await trainNetwork(engine, rows, cells, spec, { ...context, checkpoint });
  const { weights, curve, epochs, stoppedEarly, converged, seconds } = trained;
  const training = JSON.stringify({ curve, epochs, stoppedEarly, converged, seconds });
  folder.writeBytes(file, encodeTensors(weightsToTensors(weights), { training }));
  folder.remove(checkpointFile(spec.id));
  return {
    predictor: trained,
    weights,
    curve,
    epochs,
    stoppedEarly,
    converged,
    seconds,
    fromEarlier: false,
  };
}

function checkpointsIn(folder: RunFolder, id: ModelId): CheckpointStore {
  const file = checkpointFile(id);
  return {
    load: () => {
      const bytes = folder.readBytes(file);
      return bytes === null ? null : decodeCheckpoint(bytes, file);
    },
    save: state => folder.writeBytes(file, encodeCheckpoint(state)),
  };
}
