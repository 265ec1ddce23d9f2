/**
 * What the engine and the trainer say to each other. The trainer is a process of its own, because TensorFlow reads its
 * number of threads, and the system's allocator its thresholds, when a process starts.
 */
import type { WireError } from '../../shared/errors.ts';
import type { MatrixShape } from '../counts/file-rows.ts';
import type { NetworkCells, NetworkSpec } from '../models/network-spec.ts';
import type { ModelledView } from '../steps/log-rows.ts';

/** All that the networks of one run have in common. */
export interface TrainerSetup {
  /** Folder of the data set, whose counts the trainer reads itself. */
  readonly dataset: { readonly folder: string; readonly shape: MatrixShape };
  readonly view: ModelledView;
  /** Bytes that the modelled matrix may take in memory; beyond, it is read from the disk. */
  readonly memoryLimit: number;
  readonly cells: NetworkCells;
  /** Folder of the run, where checkpoints and finished networks are kept. */
  readonly run: { readonly id: string; readonly path: string; readonly staging: string };
}

export type ToTrainer =
  /** First of all, once. */
  | { readonly t: 'open'; readonly setup: TrainerSetup }
  /** One at a time. */
  | { readonly t: 'train'; readonly spec: NetworkSpec }
  | { readonly t: 'cancel' };

export type FromTrainer =
  | { readonly t: 'begun' | 'step'; readonly done: number; readonly of: number }
  /** Something was done that is no step. */
  | { readonly t: 'busy' }
  | { readonly t: 'epoch'; readonly report: EpochReport }
  /** The network is in the folder of the run. */
  | { readonly t: 'done' }
  | { readonly t: 'failed'; readonly error: WireError }
  /** Nothing can be trained here: the engine has to do it itself. */
  | { readonly t: 'unable'; readonly why: string };

export interface EpochReport {
  readonly epoch: number;
  readonly train: number;
  readonly stop: number;
  readonly secondsPerEpoch: number;
}

/** The engine's end of a trainer; the trainer ends with it. */
export interface TrainerChannel {
  post(message: ToTrainer): void;
  onMessage(listener: (message: FromTrainer) => void): void;
  /** @param listener is told why, in words that continue "The trainer stopped: " */
  onExit(listener: (reason: string) => void): void;
  end(): void;
}

/** The trainer's end of the same. */
export interface EngineChannel {
  post(message: FromTrainer): void;
  onMessage(listener: (message: ToTrainer) => void): void;
}
