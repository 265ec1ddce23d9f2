/** The thread that holds one part of a network and does its share of every step. */
import type { MessagePort } from 'node:worker_threads';
import { toWire, type WireError } from '../../shared/errors.ts';
import type { RowBlock } from '../counts/rows.ts';
import { DenseBatches } from '../models/batches.ts';
import type { BatchOptions, NetworkSource } from '../models/step-network.ts';
import { TrainableNetwork } from '../models/trainable-network.ts';
import type { ParameterState } from '../tensor/engine.ts';
import { loadEngineCopy } from '../tensor/native.ts';
import { sharedExchange, type ExchangeMemory } from './shared-exchange.ts';

export interface PartData {
  readonly part: number;
  readonly parts: number;
  /** From `loadLibrary`. */
  readonly addon: string;
  readonly source: NetworkSource;
  /** Targets of the whole network. */
  readonly allTargets: number;
  readonly states: Map<string, ParameterState>;
  readonly memory: ExchangeMemory;
}

/** Commands are done, and answered, in their order. */
export type PartCommand =
  | { readonly t: 'step'; readonly block: RowBlock; readonly options: BatchOptions }
  | { readonly t: 'loss'; readonly block: RowBlock }
  | { readonly t: 'states' }
  | { readonly t: 'weights' }
  | { readonly t: 'norms' };

/** The answer to the setting up (null) and to each command. */
export type PartAnswer = { readonly value: unknown } | { readonly error: WireError };

export function servePart(port: MessagePort, data: PartData): void {
  const { part, parts, source, allTargets, states, memory } = data;
  const answer = (value: unknown, transfer: ArrayBuffer[] = []): void =>
    port.postMessage({ value } satisfies PartAnswer, transfer);
  const failed = (error: unknown): void => port.postMessage({ error: toWire(error) } satisfies PartAnswer);
  try {
    const engine = loadEngineCopy(data.addon);
    const exchange = sharedExchange(memory, part, parts);
    const network = new TrainableNetwork(engine, source.layout, states, { exchange, allTargets });
    const batches = new DenseBatches(source.inputs, source.targets, source.genes, source.batch);
    const { emphasis } = source;
    port.on('message', (command: PartCommand) => {
      try {
        switch (command.t) {
          case 'step':
            return answer(network.step(batches.fill(command.block), { ...command.options, emphasis }));
          case 'loss':
            return answer(network.lossSum(batches.fill(command.block), emphasis));
          case 'states': {
            const all = network.states();
            const arrays = [...all.values()].flatMap(({ weights, first, second }) => [
              weights,
              first,
              second,
            ]);
            return answer(all, arrays.map(buffer));
          }
          case 'weights': {
            const all = network.weights();
            return answer(all, [...all.values()].map(buffer));
          }
          case 'norms':
            return answer(network.rowNorms());
        }
      } catch (error) {
        failed(error);
      }
    });
    answer(null);
  } catch (error) {
    failed(error);
  }
}

function buffer(array: Float32Array): ArrayBuffer {
  return array.buffer as ArrayBuffer;
}
