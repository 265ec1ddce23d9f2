/**
 * The equations of a ridge regression, in the smaller of two forms with the same solution:
 * inputs x inputs, (X'X + r I) B = X'Y, or cells x cells, (XX' + r I) A = Y with B = X'A, where there are fewer training cells
 * than inputs (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 18.3.5). X and Y are centred
 * by the means of the training cells, so the intercept is not shrunk.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import { BLOCK_CELLS, type CentredReader } from './centred.ts';
import { pause } from './pause.ts';

export interface RidgeSystem {
  readonly size: number;
  /** size x size, symmetric, row-major: X'X or XX'. Sums in double precision. */
  readonly matrix: Float64Array;
  /** size x targets: X'Y or Y. */
  readonly right: Tensor;
  /** From cells x inputs to cells x size: the coordinates in which the solution of the system predicts. */
  project(x: Tensor): Tensor;
  dispose(): void;
}

export interface RidgeData {
  readonly engine: TensorEngine;
  readonly train: Int32Array;
  readonly inputs: CentredReader;
  readonly targets: CentredReader;
  readonly inputCount: number;
  readonly targetCount: number;
  readonly signal: AbortSignal;
}

/** @param onShare gets the share of the work done */
export async function ridgeSystem(data: RidgeData, onShare: (share: number) => void): Promise<RidgeSystem> {
  return data.train.length < data.inputCount ? cellSystem(data) : inputSystem(data, onShare);
}

async function inputSystem(data: RidgeData, onShare: (share: number) => void): Promise<RidgeSystem> {
  const { engine, train, inputCount, targetCount, signal } = data;
  const matrix = new Float64Array(inputCount * inputCount);
  let right = engine.tensor(new Float32Array(inputCount * targetCount), [inputCount, targetCount]);
  try {
    for (let from = 0; from < train.length; from += BLOCK_CELLS) {
      await pause(signal, 'The linear model');
      const cells = train.subarray(from, from + BLOCK_CELLS);
      const x = engine.tensor(data.inputs.read(cells), [cells.length, inputCount]);
      addGram(engine, x, matrix);
      const y = engine.tensor(data.targets.read(cells), [cells.length, targetCount]);
      right = engine.addAll([right, engine.matMul(x, y, 'a')]);
      engine.free(x, y);
      onShare(Math.min(1, (from + BLOCK_CELLS) / train.length));
    }
  } catch (error) {
    engine.free(right);
    throw error;
  }
  return { size: inputCount, matrix, right, project: x => x, dispose: () => engine.free(right) };
}

/** Adds x' x, in blocks of float32 products. */
function addGram(engine: TensorEngine, x: Tensor, matrix: Float64Array): void {
  const block = engine.scope(() => engine.read(engine.matMul(x, x, 'a')));
  for (let i = 0; i < matrix.length; i++) matrix[i]! += block[i]!;
}

/** There are fewer cells than inputs here, so all of them fit dense. */
async function cellSystem(data: RidgeData): Promise<RidgeSystem> {
  const { engine, train, inputCount, targetCount, signal } = data;
  const x = new Float32Array(train.length * inputCount);
  const y = new Float32Array(train.length * targetCount);
  for (let from = 0; from < train.length; from += BLOCK_CELLS) {
    await pause(signal, 'The linear model');
    const cells = train.subarray(from, from + BLOCK_CELLS);
    x.set(data.inputs.read(cells), from * inputCount);
    y.set(data.targets.read(cells), from * targetCount);
  }
  const cellsByInputs = engine.tensor(x, [train.length, inputCount]);
  const right = engine.tensor(y, [train.length, targetCount]);
  const matrix = engine.scope(() => engine.read(engine.matMul(cellsByInputs, cellsByInputs, 'b')));
  return {
    size: train.length,
    matrix: Float64Array.from(matrix),
    right,
    project: cells => engine.matMul(cells, cellsByInputs, 'b'),
    dispose: () => engine.free(cellsByInputs, right),
  };
}
