/** Training of one network, from cells to a predictor. */
import { AppError } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { NetworkCells, NetworkSpec, TrainedNetwork, TrainingContext } from './network-spec.ts';
import { columnMeans } from './centred.ts';
import { Training } from './training.ts';

export type { NetworkCells, NetworkSpec, TrainedNetwork, TrainingContext } from './network-spec.ts';
export { estimateNetworkMemory } from './network-memory.ts';

/**
 * @throws AppError CANCELLED within a step of the signal; NOT_POSSIBLE without cells or genes, or where the loss grows
 * beyond all numbers; WORKSPACE where the checkpoint belongs to another training.
 */
export async function trainNetwork(
  engine: TensorEngine,
  rows: CellRows,
  cells: NetworkCells,
  spec: NetworkSpec,
  context: TrainingContext,
): Promise<TrainedNetwork> {
  refuseEmpty(spec, cells);
  const means = {
    inputs: Float32Array.from(await columnMeans(rows, cells.train, spec.inputs, context.signal)),
    targets: Float32Array.from(await columnMeans(rows, cells.train, spec.targets, context.signal)),
  };
  const training = new Training(engine, rows, cells, spec, means, context);
  try {
    const { done, of } = training.begun;
    if (done > 0) context.onBegun?.(done, of);
    while (!training.finished) await training.epoch();
    return training.result();
  } finally {
    training.release();
  }
}

function refuseEmpty(spec: NetworkSpec, cells: NetworkCells): void {
  const missing =
    cells.train.length === 0
      ? 'training cells'
      : cells.stop.length === 0
        ? 'stop cells'
        : spec.inputs.length === 0
          ? 'input genes'
          : spec.targets.length === 0
            ? 'target genes'
            : null;
  if (missing === null) return;
  throw new AppError(
    'NOT_POSSIBLE',
    `The network ${spec.id} cannot be trained: there are no ${missing}. Use more cells or milder filters.`,
    { what: `the training of ${spec.id}`, why: `there are no ${missing}` },
  );
}
