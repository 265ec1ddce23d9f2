/**
 * Linear - Dropout - ReLU - ... - Linear with its gradients written out, on any engine.
 *
 * Loss of a batch: mean over cells and target genes of w * (p - y)^2, where w is 1, or y plus a number per gene. Genes are rows of
 * the first and the last matrix, so that the gradient of both is a plain product and a range of genes is one block. One
 * object may hold some of the genes only: then the two sums over genes in a step are made with others (exchange.ts).
 * Biases are the weights of a unit that is always 1: in a matrix of its own for the first layer, whose rows belong to
 * genes, as the last row or column of the others.
 */
import type { Parameter, ParameterState, Tensor, TensorEngine } from '../tensor/engine.ts';
import { adamStep, sumOfProducts } from '../tensor/engine.ts';
import type { Batch } from './batches.ts';
import { BlockedMatrix, type RowRange } from './blocked-matrix.ts';
import { alone, type Exchange, type PendingSum } from './exchange.ts';
import { shrinkRows } from './group-lasso.ts';

export interface NetworkLayout {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly targets: number;
}

/** Every trainable matrix by name: first, bias, hidden.1, ..., last. */
export function matrixShapes({ inputs, hidden, targets }: NetworkLayout): Map<string, [number, number]> {
  const shapes = new Map<string, [number, number]>([
    ['first', [inputs, hidden[0]!]],
    ['bias', [1, hidden[0]!]],
  ]);
  for (let k = 1; k < hidden.length; k++) shapes.set(`hidden.${k}`, [hidden[k - 1]! + 1, hidden[k]!]);
  return shapes.set('last', [targets, hidden.at(-1)! + 1]);
}

export interface StepOptions {
  /** Number of this update over the whole training, from 1. */
  readonly update: number;
  readonly learningRate: number;
  /** For a weighted loss: what to add to each target gene's values to get their weights; null for weights of 1. */
  readonly emphasis: Float32Array | null;
  /** Strength of the group lasso on the first layer's rows; 0 for none. */
  readonly lambda: number;
  /** One cells x width dropout mask per hidden layer, entries 0 or 1 / (1 - rate); empty without dropout. */
  readonly masks: readonly Float32Array[];
}

interface Forward {
  /** Output of every hidden layer, cells x width. */
  readonly hidden: readonly Tensor[];
  /** The same with the constant unit as last column. */
  readonly joined: readonly Tensor[];
  readonly masks: readonly Tensor[];
}

export class TrainableNetwork {
  readonly #engine: TensorEngine;
  readonly #exchange: Exchange;
  readonly #allTargets: number;
  readonly #matrices: ReadonlyMap<string, BlockedMatrix>;
  readonly #first: BlockedMatrix;
  readonly #bias: Parameter;
  readonly #between: readonly Parameter[];
  readonly #last: BlockedMatrix;

  /**
   * @param layout of the genes held here
   * @param part where these are not all: how to sum over all genes, and how many targets there are in all
   */
  constructor(
    engine: TensorEngine,
    layout: NetworkLayout,
    states: ReadonlyMap<string, ParameterState>,
    part: { readonly exchange: Exchange; readonly allTargets: number } = {
      exchange: alone,
      allTargets: layout.targets,
    },
  ) {
    this.#engine = engine;
    this.#exchange = part.exchange;
    this.#allTargets = part.allTargets;
    const matrices = new Map<string, BlockedMatrix>();
    for (const [name, [rows, columns]] of matrixShapes(layout)) {
      const inBlocks = name === 'first' || name === 'last';
      matrices.set(name, new BlockedMatrix(engine, rows, columns, states.get(name)!, inBlocks));
    }
    this.#matrices = matrices;
    this.#first = matrices.get('first')!;
    this.#last = matrices.get('last')!;
    this.#bias = matrices.get('bias')!.blocks[0]!.parameter;
    this.#between = layout.hidden
      .slice(1)
      .map((_, k) => matrices.get(`hidden.${k + 1}`)!.blocks[0]!.parameter);
  }

  /**
   * One update of all weights held here.
   * @returns the batch's loss before it, without the penalty, as a sum over the targets held here and not yet a mean
   */
  step(batch: Batch, options: StepOptions): number {
    const engine = this.#engine;
    const adam = adamStep(options.learningRate, options.update);
    const update = (parameter: Parameter, gradient: Tensor) => {
      engine.adam(parameter, gradient, adam);
      engine.free(gradient);
    };
    return engine.scope(() => {
      const inputs = this.#cut(batch.inputs, this.#first, batch.cells);
      const sum = this.#sumOfInputs(inputs);
      // Others may still be at their share of the sum.
      const targets = this.#targets(batch, inputs);
      const forward = this.#forward(sum.whole(), batch.cells, options.masks);
      const joined = forward.joined.at(-1)!;

      let loss = 0;
      // 2 / (cells * targets) is the derivative of the mean square; it is applied to the small arrays.
      const slope = 2 / (batch.cells * this.#allTargets);
      const scaled = engine.scale(joined, slope);
      const errors: Tensor[] = [];
      const towardsHidden = this.#last.blocks.map((block, k) => {
        const { error, sum } = this.#error(block, joined, targets[k]!, options.emphasis);
        loss += sum;
        errors.push(error);
        return this.#with(block.parameter, weights => engine.matMul(error, weights, 'a'));
      });
      const down = this.#exchange.begin(engine, engine.addAll(towardsHidden));
      this.#last.blocks.forEach(({ parameter }, k) => {
        const gradient = engine.matMul(errors[k]!, scaled);
        engine.free(errors[k]!);
        update(parameter, gradient);
      });
      let gradient = engine.scale(down.whole(), slope);

      for (let k = this.#between.length - 1; k >= 0; k--) {
        const parameter = this.#between[k]!;
        const inner = this.#throughUnit(gradient, forward, k + 1);
        gradient = this.#with(parameter, weights => engine.matMul(inner, weights, 'b'));
        update(parameter, engine.matMul(forward.joined[k]!, inner, 'a'));
      }

      const inner = this.#throughUnit(gradient, forward, 0);
      this.#first.blocks.forEach((block, k) => {
        update(block.parameter, engine.matMul(inputs[k]!, inner));
        if (options.lambda > 0) shrinkRows(engine, block.parameter, options.lambda, adam);
      });
      update(this.#bias, engine.matMul(this.#ones(1, batch.cells), inner));
      return loss;
    });
  }

  /** Loss over the cells of a batch, without dropout and penalty, as a sum and not yet a mean. */
  lossSum(batch: Batch, emphasis: Float32Array | null): number {
    return this.#engine.scope(() => {
      const inputs = this.#cut(batch.inputs, this.#first, batch.cells);
      const sum = this.#sumOfInputs(inputs);
      const targets = this.#targets(batch, inputs);
      const joined = this.#forward(sum.whole(), batch.cells, []).joined.at(-1)!;
      let loss = 0;
      this.#last.blocks.forEach((block, k) => {
        const { error, sum } = this.#error(block, joined, targets[k]!, emphasis);
        this.#engine.free(error);
        loss += sum;
      });
      return loss;
    });
  }

  /** Weights and moments of every matrix. */
  states(): Map<string, ParameterState> {
    return new Map([...this.#matrices].map(([name, matrix]) => [name, matrix.state()]));
  }

  weights(): Map<string, Float32Array> {
    return new Map([...this.#matrices].map(([name, matrix]) => [name, matrix.weights()]));
  }

  /** Norm of every input gene's weights. */
  rowNorms(): Float32Array {
    const norms = new Float32Array(this.#first.rows);
    for (const { from, parameter } of this.#first.blocks) {
      norms.set(
        this.#engine.scope(() => this.#engine.rowNorms(this.#engine.weights(parameter))),
        from,
      );
    }
    return norms;
  }

  release(): void {
    for (const matrix of this.#matrices.values()) matrix.release();
  }

  /** Rows of genes in the engine, in the blocks of a matrix; the batch is not changed before the end of the step. */
  #cut(genes: Float32Array, matrix: BlockedMatrix, cells: number): Tensor[] {
    return matrix.blocks.map(({ from, to }) =>
      this.#engine.lent(genes.subarray(from * cells, to * cells), [to - from, cells]),
    );
  }

  /** Shared with the inputs where both are the same genes. */
  #targets(batch: Batch, inputs: Tensor[]): Tensor[] {
    return batch.targets === batch.inputs ? inputs : this.#cut(batch.targets, this.#last, batch.cells);
  }

  /** Begins the sum over all input genes that the first hidden layer rests on, cells x width. */
  #sumOfInputs(inputs: readonly Tensor[]): PendingSum {
    const engine = this.#engine;
    const terms = this.#first.blocks.map((block, k) =>
      this.#with(block.parameter, weights => engine.matMul(inputs[k]!, weights, 'a')),
    );
    return this.#exchange.begin(engine, engine.addAll(terms));
  }

  #forward(sumOfInputs: Tensor, cells: number, maskValues: readonly Float32Array[]): Forward {
    const engine = this.#engine;
    const masks = maskValues.map(mask => engine.tensor(mask, [cells, mask.length / cells]));
    const ones = this.#ones(cells, 1);
    const hidden: Tensor[] = [];
    const joined: Tensor[] = [];
    const activate = (sum: Tensor) => {
      const positive = engine.relu(sum);
      // ReLU and a mask without negative entries can be swapped: this is dropout before ReLU.
      const mask = masks[hidden.length];
      hidden.push(mask === undefined ? positive : engine.multiply(positive, mask));
      joined.push(engine.joinColumns(hidden.at(-1)!, ones));
    };
    const bias = this.#with(this.#bias, row => engine.matMul(ones, row));
    activate(engine.addAll([sumOfInputs, bias]));
    for (const parameter of this.#between) {
      activate(this.#with(parameter, weights => engine.matMul(joined.at(-1)!, weights)));
    }
    return { hidden, joined, masks };
  }

  /** From the gradient of a hidden layer's joined output to that of its sum, through dropout and ReLU. */
  #throughUnit(gradient: Tensor, forward: Forward, layer: number): Tensor {
    const engine = this.#engine;
    const output = forward.hidden[layer]!;
    const mask = forward.masks[layer];
    const passed = engine.reluGradient(engine.firstColumns(gradient, output.shape[1]!), output);
    return mask === undefined ? passed : engine.multiply(passed, mask);
  }

  /** w * (p - y) of a block of target genes, genes x cells, and the sum of w * (p - y)^2. */
  #error(
    block: RowRange,
    joined: Tensor,
    targets: Tensor,
    emphasis: Float32Array | null,
  ): { error: Tensor; sum: number } {
    const engine = this.#engine;
    const predicted = this.#with(block.parameter, weights => engine.matMul(weights, joined, 'b'));
    const difference = engine.subtract(predicted, targets);
    engine.free(predicted);
    if (emphasis === null) return { error: difference, sum: sumOfProducts(engine, difference, difference) };
    const column = engine.tensor(emphasis.subarray(block.from, block.to), [block.to - block.from, 1]);
    const weights = engine.addToColumns(targets, column);
    const error = engine.multiply(difference, weights);
    const sum = sumOfProducts(engine, error, difference);
    engine.free(difference, column, weights);
    return { error, sum };
  }

  /** Weights must not be held while they are updated, so they are read for one operation at a time. */
  #with(parameter: Parameter, operation: (weights: Tensor) => Tensor): Tensor {
    const weights = this.#engine.weights(parameter);
    const result = operation(weights);
    this.#engine.free(weights);
    return result;
  }

  #ones(rows: number, columns: number): Tensor {
    return this.#engine.tensor(new Float32Array(rows * columns).fill(1), [rows, columns]);
  }
}
