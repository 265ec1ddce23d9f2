/** What a network is trained for and from, and what comes of it. */
import type { NetworkId, TrainingCurve } from '../../shared/model.ts';
import type { Predictor } from '../steps/predictor.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { NetworkWeights } from './weights.ts';

/** Rows of the matrix. */
export interface NetworkCells {
  readonly train: Int32Array;
  /** Decide when training stops and which epoch is kept. */
  readonly stop: Int32Array;
  /** Of every gene over the training cells, where they are known; computed otherwise. */
  readonly means?: Float32Array;
}

/** Mean of every input and target gene over the training cells: a network works around them. */
export interface NetworkMeans {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

export interface NetworkSpec {
  readonly id: NetworkId;
  /** Columns of the preprocessed matrix, ascending. */
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  /** Widths of the hidden layers, at least one. */
  readonly hidden: readonly number[];
  /** Share of hidden units dropped in a step, 0 to below 1. */
  readonly dropout: number;
  /** Cells per step. */
  readonly batch: number;
  /** Of the first step; it falls linearly to zero over the epochs. */
  readonly learningRate: number;
  /** Most epochs. */
  readonly epochs: number;
  /** Stop after this many epochs without a lower loss on the stop cells. */
  readonly patience: number;
  /** Loss mean((y + 1) * (p - y)^2) instead of mean((p - y)^2). */
  readonly weighted: boolean;
  /** Strength of the group lasso on the first layer's rows, in units of the loss; 0 for none. */
  readonly lambda: number;
  readonly seed: number;
  /** Rows to train on in place of all training cells. */
  readonly train?: Int32Array;
}

export interface TrainingContext {
  readonly signal: AbortSignal;
  onEpoch(report: { epoch: number; train: number; stop: number; secondsPerEpoch: number }): void;
  /** Steps done, of those that all epochs would take. */
  onStep?(done: number, of: number): void;
  /** Something was done that is no step. */
  onBusy?(): void;
  /** Steps that an earlier part of the training has done, before the first of this one. */
  onBegun?(done: number, of: number): void;
  readonly checkpoint?: CheckpointStore;
}

export interface TrainedWeights {
  readonly weights: NetworkWeights;
  /** Losses without the penalty; the training loss is that of the steps themselves, with dropout. */
  readonly curve: Omit<TrainingCurve, 'model'>;
  /** From 1; its weights are the ones kept. */
  readonly bestEpoch: number;
  /** Epochs done. */
  readonly epochs: number;
  /** The patience ran out before the epochs did. */
  readonly stoppedEarly: boolean;
  /**
   * Stopped early, and with a group lasso also settled: in the best epoch the number of genes switched off changed by
   * less than 1 % of the genes (never in the first epoch).
   */
  readonly converged: boolean;
  /** Input genes that the group lasso has switched off. */
  readonly switchedOff: number;
  readonly seconds: number;
}

export type TrainedNetwork = TrainedWeights & Predictor;
