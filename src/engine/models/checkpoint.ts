/** All that a training needs to go on after an interruption and to end as if there had been none. */
import { z } from 'zod';
import { badFile } from '../../shared/errors.ts';
import type { ParameterState } from '../tensor/engine.ts';
import { decodeTensors, encodeTensors, type NamedTensors } from './tensors-file.ts';
import { matrixShapes, type NetworkLayout } from './trainable-network.ts';

const metaShape = z.strictObject({
  /** What the training was asked to do and on which engine; a checkpoint of another training is refused. */
  training: z.string(),
  /** Epochs done. */
  epoch: z.number().int().nonnegative(),
  /** Updates done in these epochs. */
  updates: z.number().int().nonnegative(),
  /** Loss per epoch: over training batches as they were trained, and over the stop cells after the epoch. */
  train: z.array(z.number()),
  stop: z.array(z.number()),
  /** Genes switched off by the group lasso, after every epoch. */
  switchedOff: z.array(z.number()),
  /** From 1; 0 before the first epoch has ended. */
  bestEpoch: z.number().int().nonnegative(),
  seconds: z.number(),
  /** Where the training was stopped in the middle of an epoch: steps done in it, their loss as a sum, their seconds. */
  within: z
    .strictObject({ steps: z.number().int().positive(), loss: z.number(), seconds: z.number() })
    .optional(),
});
export type CheckpointMeta = z.infer<typeof metaShape>;

export interface Checkpoint {
  readonly meta: CheckpointMeta;
  /** Weights and moments of every matrix, and the weights of the best epoch (of no meaning before the first). */
  readonly tensors: NamedTensors;
}

/** Where checkpoints are kept. Both functions finish before they return. */
export interface CheckpointStore {
  load(): Checkpoint | null;
  save(checkpoint: Checkpoint): void;
  /**
   * A save is skipped when the last is younger than this; default 5 s. Skipping is safe because batches and masks
   * depend on seed, epoch and step alone: the epochs after an older checkpoint are simply computed again, to the same
   * numbers.
   */
  readonly everySeconds?: number;
}

export function encodeCheckpoint({ meta, tensors }: Checkpoint): Generator<Uint8Array> {
  return encodeTensors(tensors, { checkpoint: JSON.stringify(meta) });
}

/** @throws AppError BAD_FILE */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { meta, tensors } = decodeTensors(bytes, file);
  let json: unknown;
  try {
    json = JSON.parse(meta['checkpoint'] ?? '');
  } catch (cause) {
    throw badFile(file, 'holds no state of a training', { cause });
  }
  const parsed = metaShape.safeParse(json);
  if (!parsed.success) throw badFile(file, 'holds no state of a training that this app knows');
  return { meta: parsed.data, tensors };
}

const PARTS = ['weights', 'first', 'second'] as const;

export function toCheckpoint(
  layout: NetworkLayout,
  meta: CheckpointMeta,
  states: ReadonlyMap<string, ParameterState>,
  best: ReadonlyMap<string, Float32Array>,
): Checkpoint {
  const tensors: NamedTensors = new Map();
  for (const [name, shape] of matrixShapes(layout)) {
    for (const part of PARTS) tensors.set(`${name}.${part}`, { shape, data: states.get(name)![part] });
    tensors.set(`${name}.best`, { shape, data: best.get(name)! });
  }
  return { meta, tensors };
}

/** @throws AppError BAD_FILE where a matrix is missing or has another shape. */
export function fromCheckpoint(
  layout: NetworkLayout,
  { tensors }: Checkpoint,
): { states: Map<string, ParameterState>; best: Map<string, Float32Array> } {
  const values = (name: string, shape: readonly number[]): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      throw badFile('The checkpoint', `has no matrix "${name}" of ${shape.join(' x ')}`);
    }
    return tensor.data;
  };
  const states = new Map<string, ParameterState>();
  const best = new Map<string, Float32Array>();
  for (const [name, shape] of matrixShapes(layout)) {
    states.set(name, {
      weights: values(`${name}.weights`, shape),
      first: values(`${name}.first`, shape),
      second: values(`${name}.second`, shape),
    });
    best.set(name, values(`${name}.best`, shape));
  }
  return { states, best };
}
