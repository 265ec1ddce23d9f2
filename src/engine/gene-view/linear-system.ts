/**
 * The panel's linear model of a finished run, ready to be asked for single genes. Its coefficients are not stored: they
 * follow from the training cells and the ridge strength that the run chose, by the formula of models/ridge.ts.
 */
import { factorise, solve, type Cholesky } from '../../core/cholesky.ts';
import { cancelled } from '../../shared/errors.ts';
import type { CellRows } from '../counts/rows.ts';
import { sparseBlock, readCells } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import { columnMap } from '../steps/predictor.ts';
import { setImmediate } from 'node:timers/promises';

const PHASE = 'gene';

/** Mean and standard deviation of every gene over the training cells. */
export interface GeneSpread {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

export async function geneSpread(
  rows: CellRows,
  train: Int32Array,
  context: StepContext,
): Promise<GeneSpread> {
  const sums = new Float64Array(rows.genes);
  const squares = new Float64Array(rows.genes);
  const task = {
    phase: PHASE,
    label: 'Averaging training cells',
    of: train.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val, rows: count } = readCells(rows, train, from, to);
    for (let e = ptr[0]!; e < ptr[count]!; e++) {
      sums[idx[e]!]! += val[e]!;
      squares[idx[e]!]! += val[e]! ** 2;
    }
  });
  const n = train.length;
  const means = sums.map(sum => sum / n);
  return { means, deviations: squares.map((s, gene) => Math.sqrt(Math.max(0, s / n - means[gene]! ** 2))) };
}

export class LinearSystem {
  readonly #rows: CellRows;
  readonly #train: Int32Array;
  readonly #panel: Int32Array;
  readonly #position: Int32Array;
  readonly #spread: GeneSpread;
  readonly #system: Cholesky;

  private constructor(
    rows: CellRows,
    train: Int32Array,
    panel: Int32Array,
    spread: GeneSpread,
    system: Cholesky,
  ) {
    this.#rows = rows;
    this.#train = train;
    this.#panel = panel;
    this.#position = columnMap(panel, rows.genes);
    this.#spread = spread;
    this.#system = system;
  }

  /** @param ridge strength in the units of models/ridge.ts */
  static async create(
    rows: CellRows,
    train: Int32Array,
    panel: Int32Array,
    spread: GeneSpread,
    ridge: number,
    context: StepContext,
  ): Promise<LinearSystem> {
    const matrix = await panelProducts(rows, train, panel, spread.means, context);
    for (let k = 0; k < panel.length; k++) matrix[k * panel.length + k]! += ridge;
    const work = factorise(matrix, panel.length);
    let last = performance.now();
    for (;;) {
      const step = work.next();
      if (step.done === true) return new LinearSystem(rows, train, panel, spread, step.value);
      if (performance.now() - last < 50) continue;
      if (context.signal.aborted) throw cancelled('Looking at the gene');
      context.progress({ phase: PHASE, label: 'Solving the linear model', done: step.value, of: 1 });
      await setImmediate();
      last = performance.now();
    }
  }

  /** Coefficients of the panel genes in the prediction of a gene, and the products with it over training cells. */
  async coefficientsOf(
    gene: number,
    context: StepContext,
  ): Promise<{ coefficients: Float64Array; products: Float64Array }> {
    const products = new Float64Array(this.#panel.length);
    const mean = this.#spread.means[gene]!;
    await this.#overTraining('Reading the training cells', context, ({ ptr, idx, val }, r) => {
      let value = -mean;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) if (idx[e] === gene) value = val[e]! - mean;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) {
        const k = this.#position[idx[e]!]!;
        if (k >= 0) products[k]! += value * val[e]!;
      }
    });
    return { coefficients: solve(this.#system, products), products };
  }

  /**
   * Coefficients of one panel gene in the prediction of every gene, and its products with every gene: the row of
   * (X'X + r I)^-1 X'Y, made of one weight for each training cell.
   */
  async coefficientsFrom(
    gene: number,
    context: StepContext,
  ): Promise<{ coefficients: Float64Array; products: Float64Array }> {
    const unit = new Float64Array(this.#panel.length);
    unit[this.#position[gene]!] = 1;
    const weights = solve(this.#system, unit);
    const { means } = this.#spread;
    const offset = this.#panel.reduce((sum, column, k) => sum + weights[k]! * means[column]!, 0);
    const coefficients = new Float64Array(this.#rows.genes);
    const products = new Float64Array(this.#rows.genes);
    let total = 0;
    await this.#overTraining('Reading the training cells', context, ({ ptr, idx, val }, r) => {
      let [weight, value] = [-offset, -means[gene]!];
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) {
        const k = this.#position[idx[e]!]!;
        if (k >= 0) weight += weights[k]! * val[e]!;
        if (idx[e] === gene) value += val[e]!;
      }
      total += weight;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) {
        coefficients[idx[e]!]! += weight * val[e]!;
        products[idx[e]!]! += value * val[e]!;
      }
    });
    // The weights of all cells add up to nothing but rounding.
    coefficients.forEach((_, column) => (coefficients[column]! -= total * means[column]!));
    return { coefficients, products };
  }

  async #overTraining(
    label: string,
    context: StepContext,
    body: (block: ReturnType<CellRows['read']>, row: number) => void,
  ): Promise<void> {
    const task = { phase: PHASE, label, of: this.#train.length, block: sparseBlock(this.#rows) };
    await inBlocks(context, task, (from, to) => {
      const block = readCells(this.#rows, this.#train, from, to);
      for (let r = 0; r < block.rows; r++) body(block, r);
    });
  }
}

/** X'X of the panel genes around their means; the lower triangle. */
async function panelProducts(
  rows: CellRows,
  train: Int32Array,
  panel: Int32Array,
  means: Float64Array,
  context: StepContext,
): Promise<Float64Array> {
  const size = panel.length;
  const position = columnMap(panel, rows.genes);
  const matrix = new Float64Array(size * size);
  const at = new Int32Array(size);
  const values = new Float64Array(size);
  const block = Math.min(512, sparseBlock(rows));
  const task = { phase: PHASE, label: 'Relating the panel genes', of: train.length, block };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val, rows: count } = readCells(rows, train, from, to);
    for (let r = 0; r < count; r++) {
      let found = 0;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) {
        const k = position[idx[e]!]!;
        if (k < 0) continue;
        at[found] = k;
        values[found] = val[e]!;
        // Columns are ascending, so what was found before stands to the left.
        for (let other = 0; other <= found; other++) {
          matrix[k * size + at[other]!]! += val[e]! * values[other]!;
        }
        found++;
      }
    }
  });
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j]! -= train.length * means[panel[i]!]! * means[panel[j]!]!;
    }
  }
  return matrix;
}
