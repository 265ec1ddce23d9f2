/**
 * A training under way: epochs over the training cells, early stopping on the stop cells, checkpoints.
 *
 * The order of cells and the dropout masks derive from (seed, model, epoch, step) only, so a resumed training equals an
 * uninterrupted one bit by bit on the same engine. Who is asked to stop in the middle of an epoch keeps the steps done.
 */
import { createRandom } from '../../core/random.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import { fromCheckpoint, toCheckpoint, type CheckpointMeta } from './checkpoint.ts';
import { dropoutMask } from './dropout.ts';
import { initialStates, toLayers } from './initial-weights.ts';
import type {
  NetworkCells,
  NetworkMeans,
  NetworkSpec,
  TrainedWeights,
  TrainingContext,
} from './network-spec.ts';
import { pause } from './pause.ts';
import type { NetworkMaker, StepNetwork } from './step-network.ts';
import type { NetworkLayout } from './trainable-network.ts';
import { switchedOff } from './weights.ts';

const CHECKPOINT_SECONDS = 5;
/** So many times rarer within an epoch, where many cells make it long. */
const RARER_WITHIN = 12;
/** Change in switched-off genes, as a share of all, below which a group lasso counts as settled. */
const SETTLED = 0.01;

/** What is done of an epoch: steps, and their loss as a sum over cells and targets. */
interface Pass {
  readonly steps: number;
  readonly loss: number;
}

export interface TrainingData {
  readonly rows: CellRows;
  readonly cells: NetworkCells;
  /** Over the training cells, in the order of inputs and targets. */
  readonly means: NetworkMeans;
}

/** Who does the arithmetic. */
export interface TrainingArithmetic {
  /** Engine, version, and all else that decides the last bits of a result. */
  readonly name: string;
  readonly networks: NetworkMaker;
}

interface Begun {
  readonly layout: NetworkLayout;
  readonly identity: string;
  readonly network: StepNetwork;
  readonly progress: CheckpointMeta | null;
  readonly best: Map<string, Float32Array>;
}

export class Training {
  readonly #data: TrainingData;
  readonly #spec: NetworkSpec;
  readonly #context: TrainingContext;
  readonly #layout: NetworkLayout;
  readonly #identity: string;
  readonly #network: StepNetwork;
  #progress: CheckpointMeta | null;
  #best: Map<string, Float32Array>;
  #lastSave = performance.now();

  /** From the beginning, or from the checkpoint of the context. @throws AppError WORKSPACE for one of another training */
  static async begin(
    data: TrainingData,
    spec: NetworkSpec,
    arithmetic: TrainingArithmetic,
    context: TrainingContext,
  ): Promise<Training> {
    const { rows, cells, means } = data;
    const layout = { inputs: spec.inputs.length, hidden: spec.hidden, targets: spec.targets.length };
    const identity = identityOf(arithmetic.name, cells, spec);
    const source = {
      layout,
      inputs: { columns: spec.inputs, means: means.inputs },
      targets: { columns: spec.targets, means: means.targets },
      genes: rows.genes,
      batch: spec.batch,
      // The weights of the loss are y + 1, and y comes around its mean.
      emphasis: spec.weighted ? means.targets.map(mean => mean + 1) : null,
    };
    const saved = context.checkpoint?.load() ?? null;
    if (saved !== null && saved.meta.training !== identity) {
      throw new AppError(
        'WORKSPACE',
        `The saved state of ${spec.id} was made with other settings, other cells or another engine. Start the run again.`,
        { path: 'checkpoint', problem: 'belongs to another training' },
      );
    }
    const { states, best } = saved
      ? fromCheckpoint(layout, saved)
      : { states: initialStates(layout, spec.seed, spec.id), best: new Map<string, Float32Array>() };
    const network = await arithmetic.networks(source, states);
    return new Training(data, spec, context, {
      layout,
      identity,
      network,
      progress: saved?.meta ?? null,
      best,
    });
  }

  private constructor(data: TrainingData, spec: NetworkSpec, context: TrainingContext, begun: Begun) {
    this.#data = data;
    this.#spec = spec;
    this.#context = context;
    this.#layout = begun.layout;
    this.#identity = begun.identity;
    this.#network = begun.network;
    this.#progress = begun.progress;
    this.#best = begun.best;
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
    const pass = await this.#trainOnce(epoch, before, started);
    const train = pass.loss / (this.#data.cells.train.length * this.#spec.targets.length);
    const stop = await this.#keeping(before, pass, started, () => this.#stopLoss());
    if (!Number.isFinite(train) || !Number.isFinite(stop)) throw this.#diverged(epoch);
    const improved = before === null || before.epoch === 0 || stop < before.stop[before.bestEpoch - 1]!;
    if (improved) this.#best = await this.#network.weights();
    const seconds = (performance.now() - started) / 1000 + (before?.within?.seconds ?? 0);
    const off = this.#spec.lambda > 0 ? countOnes(switchedOff(await this.#network.rowNorms())) : 0;
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
    await this.#save();
  }

  result(): TrainedWeights {
    const { epoch, train, stop, switchedOff: off, bestEpoch, seconds } = this.#progress!;
    const { inputs, lambda } = this.#spec;
    const stoppedEarly = this.#patienceGone(this.#progress!);
    const change = Math.abs(off[bestEpoch - 1]! - (off[bestEpoch - 2] ?? Infinity));
    const settled = lambda === 0 || change <= SETTLED * inputs.length;
    return {
      weights: toLayers(this.#layout, this.#best, this.#data.means),
      curve: { train, stop, bestEpoch },
      bestEpoch,
      epochs: epoch,
      stoppedEarly,
      converged: stoppedEarly && settled,
      switchedOff: off[bestEpoch - 1]!,
      seconds,
    };
  }

  release(): Promise<void> {
    return this.#network.release();
  }

  get #stepsPerEpoch(): number {
    return Math.ceil(this.#data.cells.train.length / this.#spec.batch);
  }

  #patienceGone({ epoch, bestEpoch }: CheckpointMeta): boolean {
    return epoch - bestEpoch >= this.#spec.patience;
  }

  /**
   * One pass over the training cells, or what is left of it.
   * @param started when this part of the epoch began
   */
  async #trainOnce(epoch: number, before: CheckpointMeta | null, started: number): Promise<Pass> {
    const { spec, steps } = { spec: this.#spec, steps: this.#stepsPerEpoch };
    const order = createRandom(spec.seed, 'order', spec.id, epoch).shuffle(this.#data.cells.train.slice());
    const updatesBefore = before?.updates ?? 0;
    const pass = { steps: before?.within?.steps ?? 0, loss: before?.within?.loss ?? 0 };
    const underWay: Promise<number>[] = [];
    const finish = async (leave: number): Promise<void> => {
      while (underWay.length > leave) {
        pass.loss += await underWay.shift()!;
        this.#context.onStep?.(updatesBefore + ++pass.steps, spec.epochs * steps);
      }
    };
    for (let step = pass.steps; step < steps; step++) {
      await this.#keeping(before, pass, started, async () => {
        try {
          await pause(this.#context.signal, 'Training');
        } catch (error) {
          await finish(0);
          throw error;
        }
      });
      if (underWay.length > 0 && this.#saveIsDue(RARER_WITHIN)) {
        await finish(0);
        await this.#saveWithin(before, pass, started);
      }
      const cells = order.subarray(step * spec.batch, (step + 1) * spec.batch);
      const done = this.#network.step(this.#data.rows.gather(cells), {
        update: updatesBefore + step + 1,
        // It falls in a straight line to zero: what is left of the noise of single steps at the end settles.
        learningRate: spec.learningRate * (1 - (updatesBefore + step) / (spec.epochs * steps)),
        lambda: spec.lambda,
        masks: this.#masks(epoch, step, cells.length),
      });
      // A failure is met where the step is waited for.
      done.catch(() => {});
      underWay.push(done);
      await finish(this.#network.ahead);
    }
    await finish(0);
    return pass;
  }

  #masks(epoch: number, step: number, cells: number): Float32Array[] {
    const { dropout, hidden, id, seed } = this.#spec;
    if (dropout === 0) return [];
    const random = createRandom(seed, 'dropout', id, epoch, step);
    return hidden.map(width => dropoutMask(random, dropout, cells * width));
  }

  async #stopLoss(): Promise<number> {
    const { batch, targets } = this.#spec;
    const { stop } = this.#data.cells;
    const losses: Promise<number>[] = [];
    let sum = 0;
    for (let from = 0; from < stop.length; from += batch) {
      await pause(this.#context.signal, 'Training');
      this.#context.onBusy?.();
      const loss = this.#network.lossSum(this.#data.rows.gather(stop.subarray(from, from + batch)));
      loss.catch(() => {});
      losses.push(loss);
      if (losses.length > this.#network.ahead) sum += await losses.shift()!;
    }
    for (const loss of losses) sum += await loss;
    return sum / (stop.length * targets.length);
  }

  /** Keeps the steps done of an epoch where it is left in the middle by `next`. */
  async #keeping<T>(
    before: CheckpointMeta | null,
    pass: Pass,
    started: number,
    next: () => Promise<T>,
  ): Promise<T> {
    try {
      return await next();
    } catch (error) {
      if (isAppError(error, 'CANCELLED') && pass.steps > (before?.within?.steps ?? 0))
        await this.#saveWithin(before, pass, started);
      throw error;
    }
  }

  async #saveWithin(before: CheckpointMeta | null, { steps, loss }: Pass, started: number): Promise<void> {
    const store = this.#context.checkpoint;
    if (store === undefined) return;
    const seconds = (performance.now() - started) / 1000 + (before?.within?.seconds ?? 0);
    const none = { epoch: 0, updates: 0, train: [], stop: [], switchedOff: [], bestEpoch: 0, seconds: 0 };
    const meta = { training: this.#identity, ...(before ?? none), within: { steps, loss, seconds } };
    const best = meta.epoch === 0 ? await this.#network.weights() : this.#best;
    store.save(toCheckpoint(this.#layout, meta, await this.#network.states(), best));
    this.#lastSave = performance.now();
  }

  /** Also when the user has just asked to stop: at the end of an epoch nothing is lost. */
  async #save(): Promise<void> {
    const store = this.#context.checkpoint;
    if (store === undefined) return;
    if (!this.#saveIsDue(1) && !this.#context.signal.aborted) return;
    store.save(toCheckpoint(this.#layout, this.#progress!, await this.#network.states(), this.#best));
    this.#lastSave = performance.now();
  }

  #saveIsDue(times: number): boolean {
    const every = this.#context.checkpoint?.everySeconds ?? CHECKPOINT_SECONDS;
    return performance.now() - this.#lastSave >= 1000 * times * every;
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
  arithmetic: string,
  cells: NetworkCells,
  { inputs, targets, ...settings }: NetworkSpec,
): string {
  const lists = [inputs, targets, cells.train, cells.stop].map(
    list => `${list.length}:${list.reduce((hash, entry) => (Math.imul(hash, 31) + entry) | 0, 7)}`,
  );
  return JSON.stringify([arithmetic, settings, lists]);
}

function countOnes(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0);
}
