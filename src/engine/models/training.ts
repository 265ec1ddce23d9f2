/**
 * A training under way: epochs over the training cells, early stopping on the stop cells, checkpoints.
 *
 * The order of cells and the dropout masks derive from (seed, model, epoch, step) only, so a resumed training equals an
 * uninterrupted one bit by bit on the same engine. Who is asked to stop in the middle of an epoch keeps the steps done.
 */
import { createRandom } from '../../core/random.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { BatchReader } from './batches.ts';
import { fromCheckpoint, toCheckpoint, type CheckpointMeta } from './checkpoint.ts';
import { dropoutMask } from './dropout.ts';
import { initialStates, toLayers } from './initial-weights.ts';
import { fromWeights } from './network-predictor.ts';
import type {
  NetworkCells,
  NetworkMeans,
  NetworkSpec,
  TrainedNetwork,
  TrainingContext,
} from './network-spec.ts';
import { pause } from './pause.ts';
import { TrainableNetwork, type NetworkLayout } from './trainable-network.ts';
import { switchedOff } from './weights.ts';

const CHECKPOINT_SECONDS = 5;
/** Change in switched-off genes, as a share of all, below which a group lasso counts as settled. */
const SETTLED = 0.01;

export class Training {
  readonly #engine: TensorEngine;
  readonly #cells: NetworkCells;
  readonly #spec: NetworkSpec;
  readonly #context: TrainingContext;
  readonly #layout: NetworkLayout;
  readonly #identity: string;
  readonly #means: NetworkMeans;
  readonly #emphasis: Float32Array | null;
  readonly #reader: BatchReader;
  readonly #network: TrainableNetwork;
  #progress: CheckpointMeta | null = null;
  #best = new Map<string, Float32Array>();
  #lastSave = performance.now();

  /** @param means over the training cells, in the order of inputs and targets */
  constructor(
    engine: TensorEngine,
    rows: CellRows,
    cells: NetworkCells,
    spec: NetworkSpec,
    means: NetworkMeans,
    context: TrainingContext,
  ) {
    this.#engine = engine;
    this.#cells = cells;
    this.#spec = spec;
    this.#context = context;
    this.#layout = { inputs: spec.inputs.length, hidden: spec.hidden, targets: spec.targets.length };
    this.#identity = identityOf(engine, cells, spec);
    this.#means = means;
    // The weights of the loss are y + 1, and y comes around its mean.
    this.#emphasis = spec.weighted ? means.targets.map(mean => mean + 1) : null;
    this.#reader = new BatchReader(
      rows,
      { columns: spec.inputs, means: means.inputs },
      { columns: spec.targets, means: means.targets },
      spec.batch,
    );
    const saved = context.checkpoint?.load() ?? null;
    if (saved === null) {
      const states = initialStates(this.#layout, spec.seed, spec.id);
      this.#network = new TrainableNetwork(engine, this.#layout, states);
      return;
    }
    if (saved.meta.training !== this.#identity) {
      throw new AppError(
        'WORKSPACE',
        `The saved state of ${spec.id} was made with other settings, other cells or another engine. Start the run again.`,
        { path: 'checkpoint', problem: 'belongs to another training' },
      );
    }
    const { states, best } = fromCheckpoint(this.#layout, saved);
    this.#progress = saved.meta;
    this.#best = best;
    this.#network = new TrainableNetwork(engine, this.#layout, states);
  }

  get finished(): boolean {
    const p = this.#progress;
    return p !== null && (p.epoch >= this.#spec.epochs || this.#patienceGone(p));
  }

  /** Steps done by an earlier part of the training, and those that all epochs would take. */
  get begun(): { readonly done: number; readonly of: number } {
    const { updates = 0, within } = this.#progress ?? {};
    return { done: updates + (within?.steps ?? 0), of: this.#spec.epochs * this.#stepsPerEpoch };
  }

  async epoch(): Promise<void> {
    const started = performance.now();
    const before = this.#progress;
    const epoch = (before?.epoch ?? 0) + 1;
    const loss = await this.#trainOnce(epoch, before, started);
    const train = loss / (this.#cells.train.length * this.#spec.targets.length);
    const stop = await this.#keeping(before, this.#stepsPerEpoch, loss, started, () => this.#stopLoss());
    if (!Number.isFinite(train) || !Number.isFinite(stop)) throw this.#diverged(epoch);
    const improved = before === null || before.epoch === 0 || stop < before.stop[before.bestEpoch - 1]!;
    if (improved) this.#best = this.#network.weights();
    const seconds = (performance.now() - started) / 1000 + (before?.within?.seconds ?? 0);
    const off = this.#spec.lambda > 0 ? countOnes(switchedOff(this.#network.rowNorms())) : 0;
    this.#progress = {
      training: this.#identity,
      epoch,
      updates: (before?.updates ?? 0) + this.#stepsPerEpoch,
      train: [...(before?.train ?? []), train],
      stop: [...(before?.stop ?? []), stop],
      switchedOff: [...(before?.switchedOff ?? []), off],
      bestEpoch: improved ? epoch : before.bestEpoch,
      seconds: (before?.seconds ?? 0) + seconds,
    };
    this.#context.onEpoch({ epoch, train, stop, secondsPerEpoch: seconds });
    this.#save();
  }

  result(): TrainedNetwork {
    const { epoch, train, stop, switchedOff: off, bestEpoch, seconds } = this.#progress!;
    const { id, inputs, lambda, targets } = this.#spec;
    const weights = toLayers(this.#layout, this.#best, this.#means);
    const stoppedEarly = this.#patienceGone(this.#progress!);
    const change = Math.abs(off[bestEpoch - 1]! - (off[bestEpoch - 2] ?? Infinity));
    const settled = lambda === 0 || change <= SETTLED * inputs.length;
    return {
      ...fromWeights(this.#engine, weights, inputs, targets),
      weights,
      curve: { model: id, train, stop, bestEpoch },
      bestEpoch,
      epochs: epoch,
      stoppedEarly,
      converged: stoppedEarly && settled,
      switchedOff: off[bestEpoch - 1]!,
      seconds,
    };
  }

  release(): void {
    this.#network.release();
  }

  get #stepsPerEpoch(): number {
    return Math.ceil(this.#cells.train.length / this.#spec.batch);
  }

  #patienceGone({ epoch, bestEpoch }: CheckpointMeta): boolean {
    return epoch - bestEpoch >= this.#spec.patience;
  }

  /**
   * One pass over the training cells, or what is left of it. @returns loss of its steps as a sum over cells and targets
   * @param started when this part of the epoch began
   */
  async #trainOnce(epoch: number, before: CheckpointMeta | null, started: number): Promise<number> {
    const { spec, steps } = { spec: this.#spec, steps: this.#stepsPerEpoch };
    const order = createRandom(spec.seed, 'order', spec.id, epoch).shuffle(this.#cells.train.slice());
    const updatesBefore = before?.updates ?? 0;
    const first = before?.within?.steps ?? 0;
    let sum = before?.within?.loss ?? 0;
    for (let step = first; step < steps; step++) {
      await this.#keeping(before, step, sum, started, () => pause(this.#context.signal, 'Training'));
      const batch = this.#reader.read(order.subarray(step * spec.batch, (step + 1) * spec.batch));
      sum += this.#network.step(batch, {
        update: updatesBefore + step + 1,
        learningRate: spec.learningRate,
        emphasis: this.#emphasis,
        lambda: spec.lambda,
        masks: this.#masks(epoch, step, batch.cells),
      });
      this.#context.onStep?.(updatesBefore + step + 1, spec.epochs * steps);
    }
    return sum;
  }

  #masks(epoch: number, step: number, cells: number): Float32Array[] {
    const { dropout, hidden, id, seed } = this.#spec;
    if (dropout === 0) return [];
    const random = createRandom(seed, 'dropout', id, epoch, step);
    return hidden.map(width => dropoutMask(random, dropout, cells * width));
  }

  async #stopLoss(): Promise<number> {
    const { batch, targets } = this.#spec;
    const { stop } = this.#cells;
    let sum = 0;
    for (let from = 0; from < stop.length; from += batch) {
      await pause(this.#context.signal, 'Training');
      sum += this.#network.lossSum(this.#reader.read(stop.subarray(from, from + batch)), this.#emphasis);
    }
    return sum / (stop.length * targets.length);
  }

  /** Keeps the steps done of an epoch where it is left in the middle by `next`. */
  async #keeping<T>(
    before: CheckpointMeta | null,
    steps: number,
    loss: number,
    started: number,
    next: () => Promise<T>,
  ): Promise<T> {
    try {
      return await next();
    } catch (error) {
      if (isAppError(error, 'CANCELLED') && steps > (before?.within?.steps ?? 0))
        this.#saveWithin(before, steps, loss, started);
      throw error;
    }
  }

  #saveWithin(before: CheckpointMeta | null, steps: number, loss: number, started: number): void {
    const store = this.#context.checkpoint;
    if (store === undefined) return;
    const seconds = (performance.now() - started) / 1000 + (before?.within?.seconds ?? 0);
    const none = { epoch: 0, updates: 0, train: [], stop: [], switchedOff: [], bestEpoch: 0, seconds: 0 };
    const meta = { training: this.#identity, ...(before ?? none), within: { steps, loss, seconds } };
    const best = meta.epoch === 0 ? this.#network.weights() : this.#best;
    store.save(toCheckpoint(this.#layout, meta, this.#network.states(), best));
  }

  /** Also when the user has just asked to stop: at the end of an epoch nothing is lost. */
  #save(): void {
    const store = this.#context.checkpoint;
    if (store === undefined) return;
    const age = (performance.now() - this.#lastSave) / 1000;
    if (age < (store.everySeconds ?? CHECKPOINT_SECONDS) && !this.#context.signal.aborted) return;
    store.save(toCheckpoint(this.#layout, this.#progress!, this.#network.states(), this.#best));
    this.#lastSave = performance.now();
  }

  #diverged(epoch: number): AppError {
    return new AppError(
      'NOT_POSSIBLE',
      `The training of ${this.#spec.id} grew beyond all numbers in epoch ${epoch}. Lower the learning rate.`,
      { what: `the training of ${this.#spec.id}`, why: 'the loss is not a finite number' },
    );
  }
}

/** All that decides the numbers of a training; lists of genes and cells by a short checksum. */
function identityOf(
  engine: TensorEngine,
  cells: NetworkCells,
  { inputs, targets, ...settings }: NetworkSpec,
): string {
  const lists = [inputs, targets, cells.train, cells.stop].map(
    list => `${list.length}:${list.reduce((hash, entry) => (Math.imul(hash, 31) + entry) | 0, 7)}`,
  );
  return JSON.stringify([engine.info.name, engine.info.version, settings, lists]);
}

function countOnes(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0);
}
