/**
 * A large trainable matrix, kept in blocks of rows: gradient, update and shrinking of a block follow each other while
 * it is in the processor's cache, and no temporary array is larger than a block.
 */
import type { Parameter, ParameterState, TensorEngine } from '../tensor/engine.ts';

/** Rows per block: few enough for the cache, enough for a fast product. */
const ROWS = 1120;

export interface RowRange {
  readonly from: number;
  readonly to: number;
  readonly parameter: Parameter;
}

export class BlockedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly blocks: readonly RowRange[];
  readonly #engine: TensorEngine;

  /** @param state rows x columns, row-major; @param inBlocks false for a matrix that is wanted in one piece */
  constructor(engine: TensorEngine, rows: number, columns: number, state: ParameterState, inBlocks: boolean) {
    this.#engine = engine;
    this.rows = rows;
    this.columns = columns;
    const count = inBlocks ? Math.ceil(rows / ROWS) : 1;
    this.blocks = Array.from({ length: count }, (_, k) => {
      const from = Math.round((rows * k) / count);
      const to = Math.round((rows * (k + 1)) / count);
      const part = (values: Float32Array) => values.subarray(from * columns, to * columns);
      const parameter = engine.parameter(
        { weights: part(state.weights), first: part(state.first), second: part(state.second) },
        [to - from, columns],
      );
      return { from, to, parameter };
    });
  }

  state(): ParameterState {
    const size = this.rows * this.columns;
    const whole = {
      weights: new Float32Array(size),
      first: new Float32Array(size),
      second: new Float32Array(size),
    };
    for (const { from, parameter } of this.blocks) {
      const part = this.#engine.state(parameter);
      whole.weights.set(part.weights, from * this.columns);
      whole.first.set(part.first, from * this.columns);
      whole.second.set(part.second, from * this.columns);
    }
    return whole;
  }

  weights(): Float32Array {
    const whole = new Float32Array(this.rows * this.columns);
    for (const { from, parameter } of this.blocks) {
      const part = this.#engine.scope(() => this.#engine.read(this.#engine.weights(parameter)));
      whole.set(part, from * this.columns);
    }
    return whole;
  }

  release(): void {
    this.#engine.release(...this.blocks.map(block => block.parameter));
  }
}
