/** Networks of a run as files in its folder: a checkpoint while one is trained, then the model. */
import { z } from 'zod';
import type { NetworkId } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { decodeCheckpoint, encodeCheckpoint, type CheckpointStore } from '../models/checkpoint.ts';
import {
  trainWeights,
  type NetworkCells,
  type NetworkSpec,
  type TrainedWeights,
  type TrainingContext,
} from '../models/network.ts';
import { decodeTensors, encodeTensors } from '../models/tensors-file.ts';
import type { TrainingArithmetic } from '../models/training.ts';
import { weightsFromTensors, weightsToTensors } from '../models/weights.ts';
import type { RunFolder } from '../workspace/run-folder.ts';

const storedShape = z.object({
  curve: z.object({
    train: z.array(z.number()),
    stop: z.array(z.number()),
    bestEpoch: z.number(),
  }),
  epochs: z.number(),
  stoppedEarly: z.boolean(),
  converged: z.boolean(),
  seconds: z.number(),
});

export type StoredNetwork = Pick<
  TrainedWeights,
  'weights' | 'curve' | 'epochs' | 'stoppedEarly' | 'converged' | 'seconds'
>;

const modelFile = (id: NetworkId): string => `models/${id}.safetensors`;
const checkpointFile = (id: NetworkId): string => `checkpoints/${id}.safetensors`;

/** Null where the network has not been finished. */
export function loadNetwork(folder: RunFolder, id: NetworkId): StoredNetwork | null {
  const file = modelFile(id);
  const bytes = folder.readBytes(file);
  if (bytes === null) return null;
  const { tensors, meta } = decodeTensors(bytes, file);
  const stored = storedShape.parse(JSON.parse(meta['training'] ?? 'null'));
  return { ...stored, weights: weightsFromTensors(tensors, file) };
}

/** Trains from the last checkpoint, where there is one, to the model's file. @throws as `trainWeights` */
export async function trainInto(
  folder: RunFolder,
  arithmetic: TrainingArithmetic,
  rows: CellRows,
  cells: NetworkCells,
  spec: NetworkSpec,
  context: Omit<TrainingContext, 'checkpoint'>,
): Promise<void> {
  const checkpoint = checkpointsIn(folder, spec.id);
  const trained = await trainWeights(arithmetic, rows, cells, spec, { ...context, checkpoint });
  const { weights, curve, epochs, stoppedEarly, converged, seconds } = trained;
  const training = JSON.stringify({ curve, epochs, stoppedEarly, converged, seconds });
  folder.writeBytes(modelFile(spec.id), encodeTensors(weightsToTensors(weights), { training }));
  folder.remove(checkpointFile(spec.id));
}

/** Removes the model and the checkpoint, where they are. */
export function removeNetwork(folder: RunFolder, id: NetworkId): void {
  folder.remove(modelFile(id));
  folder.remove(checkpointFile(id));
}

function checkpointsIn(folder: RunFolder, id: NetworkId): CheckpointStore {
  const file = checkpointFile(id);
  return {
    load: () => {
      const bytes = folder.readBytes(file);
      return bytes === null ? null : decodeCheckpoint(bytes, file);
    },
    save: state => folder.writeBytes(file, encodeCheckpoint(state)),
  };
}
