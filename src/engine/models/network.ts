/** Training of one network, from cells to a predictor. */
import { AppError } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type {
  NetworkCells,
  NetworkSpec,
  TrainedNetwork,
  TrainedWeights,
  TrainingContext,
} from './network-spec.ts';
import { columnMeans } from './centred.ts';
import { range } from '../steps/cells.ts';
import { fromWeights } from './network-predictor.ts';
import { localNetworks } from './step-network.ts';
import { Training, type TrainingArithmetic } from './training.ts';

export type {
  NetworkCells,
  NetworkSpec,
  TrainedNetwork,
  TrainedWeights,
  TrainingContext,
} from './network-spec.ts';
export { estimateNetworkMemory } from './network-memory.ts';

/** The engine of this thread. */
export function localArithmetic(engine: TensorEngine): TrainingArithmetic {
  const { name, version } = engine.info;
  return { name: `${name} ${version}`, networks: localNetworks(engine) };
}

/**
 * Trains on the engine of this thread.
 * @throws as `trainWeights`
 */
export async function trainNetwork(
  engine: TensorEngine,
  rows: CellRows,
  cells: NetworkCells,
  spec: NetworkSpec,
  context: TrainingContext,
): Promise<TrainedNetwork> {
  const trained = await trainWeights(localArithmetic(engine), rows, cells, spec, context);
  return { ...trained, ...fromWeights(engine, trained.weights, spec.inputs, spec.targets) };
}

/**
 * @throws AppError CANCELLED within a step of the signal; NOT_POSSIBLE without cells or genes, or where the loss grows
 * beyond all numbers; WORKSPACE where the checkpoint belongs to another training.
 */
export async function trainWeights(
  arithmetic: TrainingArithmetic,
  rows: CellRows,
  allCells: NetworkCells,
  spec: NetworkSpec,
  context: TrainingContext,
): Promise<TrainedWeights> {
  // The means are of the cells that are trained on.
  const cells: NetworkCells = spec.train ? { train: spec.train, stop: allCells.stop } : allCells;
  refuseEmpty(spec, cells);
  const all =
    cells.means ?? Float32Array.from(await columnMeans(rows, cells.train, range(rows.genes), context.signal));
  const means = {
    inputs: Float32Array.from(spec.inputs, gene => all[gene]!),
    targets: Float32Array.from(spec.targets, gene => all[gene]!),
  };
  const training = await Training.begin({ rows, cells, means }, spec, arithmetic, context);
  try {
    const { done, of } = training.begun;
    if (done > 0) context.onBegun?.(done, of);
    while (!training.finished) await training.epoch();
    return training.result();
  } finally {
    await training.release();
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
