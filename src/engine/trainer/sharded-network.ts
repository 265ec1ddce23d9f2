/**
 * A network whose genes are shared out over threads, one single-threaded TensorFlow each. No operation forks and joins,
 * every part's weights stay with their core, and two small sums a step are all that the threads exchange.
 */
import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../shared/errors.ts';
import type { RowBlock } from '../counts/rows.ts';
import type { BatchOptions, NetworkMaker, NetworkSource, StepNetwork } from '../models/step-network.ts';
import type { ParameterState } from '../tensor/engine.ts';
import type { PartAnswer, PartCommand, PartData } from './part-worker.ts';
import { cutParts, joinMatrix, sourceOf, statesOf } from './parts.ts';
import { createExchangeMemory } from './shared-exchange.ts';

/** Batches that wait while one is computed: enough to hide the reading of one from disk. */
const AHEAD = 2;

/**
 * The process should have been started with `trainerSettings`, or every part's TensorFlow takes all cores.
 * @param entry of the thread: src/main/training-worker; @param addon from `loadLibrary`
 */
export function shardedNetworks(entry: URL, addon: string, threads: number): NetworkMaker {
  return async (source, states) => {
    const parts = cutParts(source.layout, threads);
    const widest = Math.max(...source.layout.hidden) + 1;
    const memory = createExchangeMemory(parts.length, source.batch * widest);
    const workers = parts.map((part, k) => {
      const partStates = statesOf(states, source.layout, part);
      const data: PartData = {
        part: k,
        parts: parts.length,
        addon,
        source: sourceOf(source, part),
        allTargets: source.layout.targets,
        states: partStates,
        memory,
      };
      return new PartThread(entry, data);
    });
    try {
      await Promise.all(workers.map(worker => worker.ready));
    } catch (error) {
      await Promise.all(workers.map(worker => worker.end()));
      throw error;
    }
    return new ShardedNetwork(workers, source);
  };
}

class ShardedNetwork implements StepNetwork {
  readonly ahead = AHEAD;
  readonly #parts: readonly PartThread[];
  readonly #source: NetworkSource;
  /** Memory for batches that no thread reads any more. */
  readonly #free: SharedBatch[] = [];

  constructor(parts: readonly PartThread[], source: NetworkSource) {
    this.#parts = parts;
    this.#source = source;
  }

  async step(block: RowBlock, options: BatchOptions): Promise<number> {
    return this.#sum(block, options.masks, (shared, masks) => ({
      t: 'step',
      block: shared,
      options: { ...options, masks },
    }));
  }

  async lossSum(block: RowBlock): Promise<number> {
    return this.#sum(block, [], shared => ({ t: 'loss', block: shared }));
  }

  async states(): Promise<Map<string, ParameterState>> {
    const parts = await this.#ask<Map<string, ParameterState>>({ t: 'states' });
    const join = (name: string, kind: keyof ParameterState) =>
      joinMatrix(
        name,
        parts.map(part => part.get(name)![kind]),
      );
    return new Map(
      [...parts[0]!.keys()].map(name => [
        name,
        { weights: join(name, 'weights'), first: join(name, 'first'), second: join(name, 'second') },
      ]),
    );
  }

  async weights(): Promise<Map<string, Float32Array>> {
    const parts = await this.#ask<Map<string, Float32Array>>({ t: 'weights' });
    return new Map(
      [...parts[0]!.keys()].map(name => [
        name,
        joinMatrix(
          name,
          parts.map(part => part.get(name)!),
        ),
      ]),
    );
  }

  async rowNorms(): Promise<Float32Array> {
    return joinMatrix('first', await this.#ask<Float32Array>({ t: 'norms' }));
  }

  async release(): Promise<void> {
    await Promise.all(this.#parts.map(part => part.end()));
  }

  #ask<T>(command: PartCommand): Promise<T[]> {
    return Promise.all(this.#parts.map(part => part.ask<T>(command)));
  }

  async #sum(
    block: RowBlock,
    masks: readonly Float32Array[],
    command: (block: RowBlock, masks: readonly Float32Array[]) => PartCommand,
  ): Promise<number> {
    const memory = this.#free.pop() ?? new SharedBatch(this.#source);
    const shared = memory.block(block);
    const losses = await this.#ask<number>(command(shared, memory.masks(masks)));
    this.#free.push(memory);
    return losses.reduce((total, loss) => total + loss, 0);
  }
}

/** Memory that all threads see, for one batch. */
class SharedBatch {
  readonly #ptr: Float64Array<SharedArrayBuffer>;
  readonly #masks: readonly Float32Array<SharedArrayBuffer>[];
  #idx = new Uint32Array(new SharedArrayBuffer(0));
  #val = new Float32Array(new SharedArrayBuffer(0));

  constructor({ batch, layout }: NetworkSource) {
    this.#ptr = new Float64Array(new SharedArrayBuffer(8 * (batch + 1)));
    this.#masks = layout.hidden.map(width => new Float32Array(new SharedArrayBuffer(4 * batch * width)));
  }

  block({ rows, ptr, idx, val }: RowBlock): RowBlock {
    const entries = ptr[rows]!;
    if (entries > this.#idx.length) {
      const room = Math.ceil(1.25 * entries);
      this.#idx = new Uint32Array(new SharedArrayBuffer(4 * room));
      this.#val = new Float32Array(new SharedArrayBuffer(4 * room));
    }
    this.#ptr.set(ptr.subarray(0, rows + 1));
    this.#idx.set(idx.subarray(0, entries));
    this.#val.set(val.subarray(0, entries));
    return { rows, ptr: this.#ptr, idx: this.#idx, val: this.#val };
  }

  masks(masks: readonly Float32Array[]): readonly Float32Array[] {
    return masks.map((mask, layer) => {
      const shared = this.#masks[layer]!.subarray(0, mask.length);
      shared.set(mask);
      return shared;
    });
  }
}

/** A thread and the answers that it still owes. */
class PartThread {
  readonly ready: Promise<unknown>;
  readonly #worker: Worker;
  readonly #owed: PromiseWithResolvers<unknown>[] = [];
  #lost: Error | undefined;

  constructor(entry: URL, data: PartData) {
    this.#worker = new Worker(entry, { workerData: data, execArgv: [] });
    this.ready = this.#answer();
    this.#worker.on('message', (answer: PartAnswer) => {
      const owed = this.#owed.shift();
      if ('error' in answer) owed?.reject(fromWire(answer.error));
      else owed?.resolve(answer.value);
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', code =>
      this.#fail(
        new AppError('INTERNAL', `A thread that trains the network ended (code ${code}).`, {
          name: 'WorkerExit',
        }),
      ),
    );
  }

  ask<T>(command: PartCommand): Promise<T> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    this.#worker.postMessage(command);
    return this.#answer() as Promise<T>;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(): Promise<unknown> {
    const owed = Promise.withResolvers<unknown>();
    this.#owed.push(owed);
    return owed.promise;
  }

  #fail(error: Error): void {
    this.#lost ??= error;
    for (const owed of this.#owed.splice(0)) owed.reject(error);
  }
}
