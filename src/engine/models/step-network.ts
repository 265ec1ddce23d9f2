/** A network under training as the training sees it, wherever its weights are: here, or in threads of their own. */
import type { RowBlock } from '../counts/rows.ts';
import type { ParameterState, TensorEngine } from '../tensor/engine.ts';
import { DenseBatches, type CentredColumns } from './batches.ts';
import { TrainableNetwork, type NetworkLayout, type StepOptions } from './trainable-network.ts';

export type BatchOptions = Omit<StepOptions, 'emphasis'>;

export interface StepNetwork {
  /** Steps that may be handed in before the first of them is done, so that the next batch is read while one computes. */
  readonly ahead: number;
  /**
   * One update of all weights from cells of the modelled matrix. Steps are done in the order of the calls.
   * @returns the batch's loss before it, without the penalty, as a sum over cells and targets
   */
  step(block: RowBlock, options: BatchOptions): Promise<number>;
  /** Loss over these cells, without dropout and penalty, as a sum over cells and targets. */
  lossSum(block: RowBlock): Promise<number>;
  /** Weights and moments of every matrix. */
  states(): Promise<Map<string, ParameterState>>;
  weights(): Promise<Map<string, Float32Array>>;
  /** Norm of every input gene's weights. */
  rowNorms(): Promise<Float32Array>;
  release(): Promise<void>;
}

/** What a network is made from. */
export interface NetworkSource {
  readonly layout: NetworkLayout;
  readonly inputs: CentredColumns;
  readonly targets: CentredColumns;
  /** Columns of the matrix that batches come from. */
  readonly genes: number;
  /** Most cells of a batch. */
  readonly batch: number;
  readonly emphasis: StepOptions['emphasis'];
}

/** Makes a network that goes on from the given states. */
export type NetworkMaker = (
  source: NetworkSource,
  states: ReadonlyMap<string, ParameterState>,
) => Promise<StepNetwork>;

/** Networks on the engine of this thread. */
export function localNetworks(engine: TensorEngine): NetworkMaker {
  return (source, states) => Promise.resolve(new LocalNetwork(engine, source, states));
}

class LocalNetwork implements StepNetwork {
  readonly ahead = 0;
  readonly #network: TrainableNetwork;
  readonly #batches: DenseBatches;
  readonly #emphasis: StepOptions['emphasis'];

  constructor(
    engine: TensorEngine,
    { layout, inputs, targets, genes, batch, emphasis }: NetworkSource,
    states: ReadonlyMap<string, ParameterState>,
  ) {
    this.#network = new TrainableNetwork(engine, layout, states);
    this.#batches = new DenseBatches(inputs, targets, genes, batch);
    this.#emphasis = emphasis;
  }

  step(block: RowBlock, options: BatchOptions): Promise<number> {
    const all = { ...options, emphasis: this.#emphasis };
    return Promise.resolve(this.#network.step(this.#batches.fill(block), all));
  }
  lossSum(block: RowBlock): Promise<number> {
    return Promise.resolve(this.#network.lossSum(this.#batches.fill(block), this.#emphasis));
  }
  states(): Promise<Map<string, ParameterState>> {
    return Promise.resolve(this.#network.states());
  }
  weights(): Promise<Map<string, Float32Array>> {
    return Promise.resolve(this.#network.weights());
  }
  rowNorms(): Promise<Float32Array> {
    return Promise.resolve(this.#network.rowNorms());
  }
  release(): Promise<void> {
    this.#network.release();
    return Promise.resolve();
  }
}
