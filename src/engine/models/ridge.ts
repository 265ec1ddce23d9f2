/**
 * Linear prediction by ridge regression in closed form: minimises sum (y - intercept - x B)^2 + ridge * sum B^2 over the
 * training cells; the strength is the one with the smallest mean squared error on the stop cells.
 */
import { solveShifted, tridiagonalise, type Tridiagonal } from '../../core/linear-algebra.ts';
import { AppError } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import type { Predictor } from '../steps/predictor.ts';
import { sumOfProducts, type Tensor, type TensorEngine } from '../tensor/engine.ts';
import { BLOCK_CELLS, CentredReader, columnMeans } from './centred.ts';
import { inBlocks } from './network-predictor.ts';
import { pause } from './pause.ts';
import { searchStrength, type StrengthError } from './ridge-search.ts';
import { ridgeSystem, type RidgeData, type RidgeSystem } from './ridge-system.ts';

export interface RidgeModel extends Predictor {
  /** The strength chosen, in the units of the formula above. */
  readonly ridge: number;
  /** inputs x targets, row-major */
  readonly coefficients: Float32Array;
  readonly intercept: Float32Array;
  /** All strengths tried, ascending, with their error on the stop cells. */
  readonly path: readonly StrengthError[];
  /** The best strength is the smallest or largest that can be tried: the error would still fall beyond it. */
  readonly atEdge: boolean;
  readonly seconds: number;
}

export interface RidgeContext {
  readonly signal: AbortSignal;
  /** Share of the work done, 0 to 1. */
  onShare?(share: number): void;
}

/**
 * @param spec.inputs, spec.targets columns of the preprocessed matrix, ascending
 * @throws AppError CANCELLED; NOT_POSSIBLE without training cells, stop cells or genes.
 */
export async function fitRidge(
  engine: TensorEngine,
  rows: CellRows,
  cells: { readonly train: Int32Array; readonly stop: Int32Array },
  spec: { readonly inputs: Int32Array; readonly targets: Int32Array },
  context: RidgeContext,
): Promise<RidgeModel> {
  const started = performance.now();
  const { inputs, targets } = spec;
  const { signal } = context;
  const share = context.onShare?.bind(context) ?? (() => undefined);
  refuseEmpty([cells.train, cells.stop, inputs, targets]);
  const inputMeans = await columnMeans(rows, cells.train, inputs, signal);
  const targetMeans = await columnMeans(rows, cells.train, targets, signal);
  const data: RidgeData = {
    engine,
    train: cells.train,
    inputs: new CentredReader(rows, inputs, inputMeans),
    targets: new CentredReader(rows, targets, targetMeans),
    inputCount: inputs.length,
    targetCount: targets.length,
    signal,
  };
  const system = await ridgeSystem(data, part => share(0.4 * part));
  let solver: Solver | null = null;
  try {
    const scale = meanDiagonal(system) || 1;
    const reduced = await reduce(system, signal, part => share(0.4 + 0.2 * part));
    solver = new Solver(engine, system, reduced);
    const usable = solver;
    let tried = 0;
    const search = await searchStrength(async strengths => {
      const errors = await stopErrors(
        data,
        usable,
        cells.stop,
        strengths.map(strength => strength * scale),
      );
      tried += strengths.length;
      share(Math.min(0.95, 0.6 + 0.02 * tried));
      return errors;
    });
    const ridge = search.best * scale;
    const coefficients = solver.coefficients(ridge, inputs.length, targets.length);
    const intercept = interceptOf(coefficients, inputMeans, targetMeans);
    share(1);
    return {
      ...ridgePredictor(engine, coefficients, intercept, inputs, targets),
      ridge,
      coefficients,
      intercept,
      path: search.path.map(({ ridge: strength, stopMse }) => ({ ridge: strength * scale, stopMse })),
      atEdge: search.atEdge,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    solver?.dispose();
    system.dispose();
  }
}

/** The model rebuilt from its coefficients. */
export function ridgePredictor(
  engine: TensorEngine,
  coefficients: Float32Array,
  intercept: Float32Array,
  inputs: Int32Array,
  targets: Int32Array,
): Predictor {
  const kernel = engine.tensor(coefficients, [inputs.length, targets.length]);
  const constant = engine.tensor(intercept, [targets.length]);
  return {
    inputs,
    targets,
    predict: (x, cells) =>
      inBlocks(engine, x, cells, inputs.length, targets.length, block =>
        engine.addToRows(engine.matMul(block, kernel), constant),
      ),
    dispose: () => engine.free(kernel, constant),
  };
}

/** Predictions of the solved system for any strength: x Q (T + r I)^-1 Q' right, all around the means. */
class Solver {
  readonly #engine: TensorEngine;
  readonly #system: RidgeSystem;
  readonly #reduced: Tridiagonal;
  readonly #basis: Tensor;
  /** Q' right */
  readonly #rotated: Tensor;

  constructor(engine: TensorEngine, system: RidgeSystem, reduced: Tridiagonal) {
    this.#engine = engine;
    this.#system = system;
    this.#reduced = reduced;
    this.#basis = engine.tensor(Float32Array.from(reduced.basis), [system.size, system.size]);
    this.#rotated = engine.matMul(this.#basis, system.right, 'a');
  }

  /** x Q, cells x size: the part that all strengths share. */
  rotate(x: Tensor): Float32Array {
    const engine = this.#engine;
    return engine.scope(() => engine.read(engine.matMul(this.#system.project(x), this.#basis)));
  }

  /** cells x targets, or null where rounding leaves no solution at so small a strength */
  predict(rotated: Float32Array, cells: number, ridge: number): Tensor | null {
    const solved = solveShifted(this.#reduced, ridge, rotated, cells);
    if (solved === null) return null;
    const left = this.#engine.tensor(Float32Array.from(solved), [cells, this.#system.size]);
    return this.#engine.matMul(left, this.#rotated);
  }

  /** The predictions for the unit vectors: inputs x targets. */
  coefficients(ridge: number, inputs: number, targets: number): Float32Array {
    const engine = this.#engine;
    const all = new Float32Array(inputs * targets);
    for (let from = 0; from < inputs; from += BLOCK_CELLS) {
      const count = Math.min(BLOCK_CELLS, inputs - from);
      const units = new Float32Array(count * inputs);
      for (let i = 0; i < count; i++) units[i * inputs + from + i] = 1;
      engine.scope(() => {
        const rotated = this.rotate(engine.tensor(units, [count, inputs]));
        all.set(engine.read(this.predict(rotated, count, ridge)!), from * targets);
      });
    }
    return all;
  }

  dispose(): void {
    this.#engine.free(this.#basis, this.#rotated);
  }
}

/** Mean squared error on the stop cells for each strength; infinite where there is no solution. */
async function stopErrors(
  data: RidgeData,
  solver: Solver,
  stop: Int32Array,
  strengths: readonly number[],
): Promise<number[]> {
  const { engine, inputCount, targetCount } = data;
  const errors = strengths.map(() => 0);
  for (let from = 0; from < stop.length; from += BLOCK_CELLS) {
    const cells = stop.subarray(from, from + BLOCK_CELLS);
    const rotated = engine.scope(() =>
      solver.rotate(engine.tensor(data.inputs.read(cells), [cells.length, inputCount])),
    );
    const truth = data.targets.read(cells);
    for (const [k, ridge] of strengths.entries()) {
      await pause(data.signal, 'The linear model');
      errors[k]! += engine.scope(() => {
        const predicted = solver.predict(rotated, cells.length, ridge);
        if (predicted === null) return Infinity;
        const error = engine.subtract(predicted, engine.tensor(truth, [cells.length, targetCount]));
        return sumOfProducts(engine, error, error);
      });
    }
  }
  return errors.map(sum => sum / (stop.length * targetCount));
}

async function reduce(
  { matrix, size }: RidgeSystem,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<Tridiagonal> {
  const work = tridiagonalise(matrix, size);
  let last = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    // Columns take a millisecond or less; a pause for each would cost more than they do.
    if (performance.now() - last < 50) continue;
    await pause(signal, 'The linear model');
    onShare(step.value);
    last = performance.now();
  }
}

function meanDiagonal({ matrix, size }: RidgeSystem): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[i * size + i]!;
  return sum / size;
}

/** target mean - input means * coefficients */
function interceptOf(coefficients: Float32Array, inputs: Float64Array, targets: Float64Array): Float32Array {
  const intercept = targets.slice();
  for (let i = 0; i < inputs.length; i++) {
    for (let t = 0; t < targets.length; t++) {
      intercept[t]! -= inputs[i]! * coefficients[i * targets.length + t]!;
    }
  }
  return Float32Array.from(intercept);
}

function refuseEmpty(lists: readonly Int32Array[]): void {
  const names = ['training cells', 'stop cells', 'input genes', 'target genes'];
  const missing = names.find((_, k) => lists[k]!.length === 0);
  if (missing === undefined) return;
  throw new AppError(
    'NOT_POSSIBLE',
    `A linear model cannot be fitted: there are no ${missing}. Use more cells or milder filters.`,
    { what: 'a linear model', why: `there are no ${missing}` },
  );
}
