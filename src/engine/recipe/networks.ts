/** Networks of a run: trained with checkpoints in the run's folder, or taken from it where they are finished already. */
import type { NetworkId } from '../../shared/model.ts';
import { fromWeights } from '../models/network-predictor.ts';
import type { CellRows } from '../counts/rows.ts';
import {
  localArithmetic,
  type NetworkCells,
  type NetworkSpec,
  type TrainingContext,
} from '../models/network.ts';
import type { Predictor } from '../steps/predictor.ts';
import type { TensorEngine } from '../tensor/backend.ts';
import { loadNetwork, removeNetwork, trainInto, type StoredNetwork } from '../trainer/network-files.ts';
import { RunTrainer } from '../trainer/run-trainer.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { Dataset } from '../workspace/dataset.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import type { Prepared } from './prepare.ts';

export interface FinishedNetwork extends StoredNetwork {
  readonly predictor: Predictor;
  /** Finished in an earlier session of the run. */
  readonly fromEarlier: boolean;
}

export class RunNetworks {
  readonly #engine: TensorEngine;
  readonly #folder: RunFolder;
  readonly #rows: CellRows;
  readonly #cells: NetworkCells;
  /** Null where the engine has to train by itself. */
  #trainer: RunTrainer | null;
  /** What the user has to know about how the networks were trained. */
  readonly notes: string[] = [];

  /** @param memoryLimit bytes that the modelled matrix may take in the trainer's memory; beyond, batches are read from the disk */
  constructor(
    engine: TensorEngine,
    environment: EngineEnvironment,
    folder: RunFolder,
    dataset: Dataset,
    prepared: Prepared,
    memoryLimit: number,
  ) {
    this.#engine = engine;
    this.#folder = folder;
    this.#rows = prepared.rows;
    this.#cells = {
      train: prepared.split.train,
      stop: prepared.split.stop,
      means: prepared.training.means,
    };
    const { cells, genes, nonzeros, scale, transform } = prepared.preprocessed;
    const setup = {
      dataset: { folder: dataset.folder, shape: shapeOf(dataset) },
      view: { cells, genes, nonzeros, scale, transform },
      memoryLimit,
      cells: this.#cells,
      run: { id: folder.id, path: folder.path, staging: folder.staging },
    };
    // Begun here, so that it has read the matrix by the time of the first network.
    this.#trainer = engine.info.native ? new RunTrainer(environment.trainer, setup) : null;
  }

  /** Trains, or goes on from the last checkpoint, or loads what an earlier part of the run has finished. */
  async get(spec: NetworkSpec, context: Omit<TrainingContext, 'checkpoint'>): Promise<FinishedNetwork> {
    const stored = loadNetwork(this.#folder, spec.id);
    if (stored !== null) return this.#finished(stored, spec, true);
    if (!(await this.#inTrainer(spec, context))) {
      await trainInto(this.#folder, localArithmetic(this.#engine), this.#rows, this.#cells, spec, context);
    }
    return this.#finished(loadNetwork(this.#folder, spec.id)!, spec, false);
  }

  /** Removes a network that was needed once, and what a stopped training has left of it. */
  forget(id: NetworkId): void {
    removeNetwork(this.#folder, id);
  }

  release(): void {
    this.#trainer?.end();
  }

  async #inTrainer(spec: NetworkSpec, context: Omit<TrainingContext, 'checkpoint'>): Promise<boolean> {
    if (this.#trainer === null) return false;
    if (await this.#trainer.train(spec, context)) return true;
    this.notes.push(
      `The networks were trained in the slower way, because the fast one does not work on this computer: ${this.#trainer.unable}.`,
    );
    this.release();
    this.#trainer = null;
    return false;
  }

  #finished(stored: StoredNetwork, { inputs, targets }: NetworkSpec, fromEarlier: boolean): FinishedNetwork {
    const predictor = fromWeights(this.#engine, stored.weights, inputs, targets);
    return { ...stored, predictor, fromEarlier };
  }
}

function shapeOf({ rows: { cells, genes, nonzeros } }: Dataset) {
  return { cells, genes, nonzeros };
}
