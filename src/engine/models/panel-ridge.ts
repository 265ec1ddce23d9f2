/**
 * Ridge regression from one of many panels, out of products that all of them share. The same model as ridge.ts (centred,
 * the intercept not shrunk, the strength chosen on the stop cells); here the strength is looked for around one that is known
 * to suit such data, downhill on a grid, instead of over the whole range, and on some of the targets, which agree with all
 * of them on it.
 */
import type { Predictor } from '../steps/predictor.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { CrossProducts } from './cross-products.ts';
import { panelEquations, type PanelEquations, type Solution } from './panel-equations.ts';
import { ridgePredictor } from './ridge.ts';

/** Steps of the grid, in exponents of 10, and how far from the start it goes. */
const STEP = 0.5;
const FARTHEST = 3;
/** Most targets that the strength is chosen on, evenly among all. */
const SEARCH_TARGETS = 2000;

/** Products of the cells of each part, around the means of the training cells. */
export interface PartProducts {
  readonly train: CrossProducts;
  readonly stop: CrossProducts;
  readonly test: CrossProducts;
}

export interface PanelRidgeScore {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  /** Per target: sum over the test cells of the squared error. */
  readonly error: Float64Array;
  /** The strength chosen, relative to the mean of the diagonal of X'X. */
  readonly strength: number;
}

/**
 * @param inputs the panel, ascending, among the chosen genes of all three products
 * @param start a strength relative to the mean of the diagonal of X'X
 * @returns null where no strength gives equations that can be solved in single precision
 * @throws AppError CANCELLED
 */
export async function scorePanelRidge(
  engine: TensorEngine,
  products: PartProducts,
  inputs: Int32Array,
  start: number,
  signal: AbortSignal,
): Promise<PanelRidgeScore | null> {
  const model = await fitPanelRidge(engine, products, inputs, start, signal);
  if (model === null) return null;
  const error = model.errors(products.test);
  model.dispose();
  return { targets: model.targets, error, strength: model.strength };
}

/** A fitted model: it can be asked for its errors on any cells whose products there are, and be used to predict. */
export interface PanelRidgeModel {
  /** Genes outside the panel, ascending. */
  readonly targets: Int32Array;
  /** Relative to the mean of the diagonal of X'X, and in the units of ridge.ts. */
  readonly strength: number;
  readonly ridge: number;
  /** Per target: sum over the cells of the squared error. */
  errors(cells: CrossProducts): Float64Array;
  /**
   * To be made before the model is disposed of.
   * @param means of all genes over the training cells; the predictor is the caller's to dispose of
   */
  predictor(means: Float64Array): Predictor;
  dispose(): void;
}

/** The same before it is scored; null and errors as in `scorePanelRidge`. */
export async function fitPanelRidge(
  engine: TensorEngine,
  { train, stop }: Pick<PartProducts, 'train' | 'stop'>,
  inputs: Int32Array,
  start: number,
  signal: AbortSignal,
): Promise<PanelRidgeModel | null> {
  const measured = new Set(inputs);
  const targets = Int32Array.from(train.squares.keys()).filter(gene => !measured.has(gene));
  const equations = panelEquations(engine, train, inputs);
  let best: Candidate | null = null;
  try {
    best = await search(engine, equations, Math.log10(start), evenly(targets), stop, signal);
    if (best === null) return null;
    const { solution, exponent } = best;
    return {
      targets,
      strength: 10 ** exponent,
      ridge: solution.ridge,
      errors: cells => equations.errors(solution, targets, cells),
      predictor: means => {
        const coefficients = equations.coefficients(solution, targets);
        const intercept = Float32Array.from(targets, (gene, t) => {
          let value = means[gene]!;
          for (let k = 0; k < inputs.length; k++) {
            value -= means[inputs[k]!]! * coefficients[k * targets.length + t]!;
          }
          return value;
        });
        return ridgePredictor(engine, coefficients, intercept, inputs, targets);
      },
      dispose: () => {
        free(engine, solution);
        equations.dispose();
      },
    };
  } finally {
    if (best === null) equations.dispose();
  }
}

interface Candidate {
  readonly exponent: number;
  readonly solution: Solution;
  /** On the stop cells, over the targets of the search. */
  readonly stopError: number;
}

/** Downhill from the start; the solution of the best is the caller's. */
async function search(
  engine: TensorEngine,
  equations: PanelEquations,
  start: number,
  targets: Int32Array,
  stop: CrossProducts,
  signal: AbortSignal,
): Promise<Candidate | null> {
  const at = async (exponent: number): Promise<Candidate | null> => {
    const solution = await equations.solve(10 ** exponent * equations.scale, signal);
    if (solution === null) return null;
    const errors = equations.errors(solution, targets, stop);
    return { exponent, solution, stopError: errors.reduce((sum, error) => sum + error, 0) };
  };
  let best = await at(start);
  try {
    for (const direction of [STEP, -STEP]) {
      let moved = false;
      for (let next = start + direction; Math.abs(next - start) <= FARTHEST + 1e-9; next += direction) {
        const found = await at(next);
        if (found === null) break;
        const better = best === null || found.stopError < best.stopError;
        const worse = better ? best : found;
        if (worse !== null) free(engine, worse.solution);
        if (!better) break;
        best = found;
        moved = true;
      }
      // The error has one lowest point: what falls on one side rises on the other.
      if (moved) break;
    }
    return best;
  } catch (error) {
    if (best !== null) free(engine, best.solution);
    throw error;
  }
}

function free(engine: TensorEngine, { matrix, inverse }: Solution): void {
  engine.free(matrix, inverse);
}

/** At most so many targets as the strength is chosen on. */
function evenly(targets: Int32Array): Int32Array {
  const every = Math.ceil(targets.length / SEARCH_TARGETS);
  return targets.filter((_, k) => k % every === 0);
}
