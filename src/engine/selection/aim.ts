/**
 * What a panel shall explain: genes, each with a weight, and other targets over the same cells (cell types, principal
 * components). Every selector of this folder chooses columns for some aim, so that they differ in their aim alone.
 */
import type { Tensor, TensorEngine } from '../tensor/engine.ts';
import type { CrossProducts } from '../models/cross-products.ts';
import type { CellRows } from '../counts/rows.ts';
import type { LabelColumn } from '../../shared/model.ts';
import { range, sparseBlock, readCells } from '../steps/cells.ts';
import { isType } from '../steps/labels.ts';
import { largestEigenvectors } from '../models/eigen.ts';

/** Targets that are no genes. */
export interface OtherTargets {
  readonly names: readonly string[];
  /** genes x targets: products X'T with every gene over the training cells, both around their means. */
  readonly products: Float64Array;
  /** Sum of squares of each target times its weight adds up to `share` of the aim. */
  readonly weights: Float64Array;
}

export interface Aim {
  /** Weight of each gene's squared error; null where no gene is a target. */
  readonly geneWeights: Float32Array | null;
  readonly others: OtherTargets | null;
}

/** Every gene alike: the explained variance of the whole expression. */
export function geneAim(genes: number, weights: Float32Array | null = null): Aim {
  return { geneWeights: weights ?? new Float32Array(genes).fill(1), others: null };
}

/** Fewest training cells of a type that counts. */
export const FEWEST_TYPE_CELLS = 10;

/**
 * The cell types as targets: one indicator for each, of equal weight however many cells it has (as in a balanced accuracy).
 * @param types of the training cells, in their order
 * @returns null with fewer than two types
 */
export function typeTargets(
  rows: CellRows,
  train: Int32Array,
  means: Float64Array,
  types: LabelColumn,
): OtherTargets | null {
  const { genes } = rows;
  const cells = new Float64Array(types.levels.length);
  for (const code of types.codes) if (code >= 0) cells[code]!++;
  const used = types.levels.flatMap((level, code) =>
    isType(level) && cells[code]! >= FEWEST_TYPE_CELLS ? [code] : [],
  );
  if (used.length < 2) return null;
  const width = used.length;
  const at = new Int32Array(types.levels.length).fill(-1);
  used.forEach((code, k) => (at[code] = k));
  const products = new Float64Array(genes * width);
  const block = sparseBlock(rows);
  for (let from = 0; from < train.length; from += block) {
    const to = Math.min(train.length, from + block);
    const { ptr, idx, val, rows: count } = readCells(rows, train, from, to);
    for (let r = 0; r < count; r++) {
      const code = types.codes[from + r]!;
      const k = code < 0 ? -1 : at[code]!;
      if (k < 0) continue;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) products[idx[e]! * width + k]! += val[e]!;
    }
  }
  for (let gene = 0; gene < genes; gene++) {
    used.forEach((code, k) => (products[gene * width + k]! -= cells[code]! * means[gene]!));
  }
  // An indicator of n of N cells varies by n (1 - n / N).
  const n = train.length;
  const weights = Float64Array.from(used, code => 1 / (width * cells[code]! * (1 - cells[code]! / n)));
  return { names: used.map(code => types.levels[code]!), products, weights };
}

/**
 * The first principal components of the training cells as targets, weighted by their variance: what neighbours are found by.
 * @param products X'X of all genes
 */
export async function componentTargets(
  engine: TensorEngine,
  products: CrossProducts,
  count: number,
  signal: AbortSignal,
): Promise<OtherTargets> {
  const genes = products.squares.length;
  if (products.cells !== null && products.cells < genes)
    return componentsOfCells(engine, products, products.cells, count, signal);
  const matrices: Tensor[] = products.tensors(engine);
  try {
    const { vectors, values } = await largestEigenvectors(
      engine,
      matrices,
      genes,
      Math.min(count, genes),
      signal,
    );
    const width = values.length;
    // The scores T = X v have X'T = X'X v = value v and the sum of squares `value`.
    const out = new Float64Array(genes * width);
    for (let gene = 0; gene < genes; gene++) {
      for (let k = 0; k < width; k++) out[gene * width + k] = vectors[gene * width + k]! * values[k]!;
    }
    return componentsAsTargets(out, values);
  } finally {
    engine.free(...matrices);
  }
}

/** The same from fewer cells than genes: the scores are eigenvectors of XX' times the root of their value. */
async function componentsOfCells(
  engine: TensorEngine,
  products: CrossProducts,
  cells: number,
  count: number,
  signal: AbortSignal,
): Promise<OtherTargets> {
  const genes = products.squares.length;
  const x = engine.tensor(products.valuesOf(range(genes)), [genes, cells]);
  const matrix = engine.matMul(x, x, 'a');
  try {
    const { vectors, values } = await largestEigenvectors(
      engine,
      [matrix],
      cells,
      Math.min(count, cells),
      signal,
    );
    const width = values.length;
    const roots = values.map(value => Math.sqrt(Math.max(0, value)));
    const scores = vectors.map((value, at) => value * roots[at % width]!);
    const out = engine.scope(() => engine.read(engine.matMul(x, engine.tensor(scores, [cells, width]))));
    return componentsAsTargets(Float64Array.from(out), values);
  } finally {
    engine.free(x, matrix);
  }
}

/** @param products of every gene with the scores, genes x components; @param values sums of squares of the scores */
function componentsAsTargets(products: Float64Array, values: Float64Array): OtherTargets {
  const total = values.reduce((sum, value) => sum + value, 0);
  return {
    names: Array.from(values, (_, k) => `PC ${k + 1}`),
    products,
    weights: new Float64Array(values.length).fill(1 / total),
  };
}

/** Two kinds of targets, the second with a share of the aim; each kind's weights count as they are. */
export function mixedTargets(one: OtherTargets, two: OtherTargets, share: number): OtherTargets {
  const [a, b] = [one.weights.length, two.weights.length];
  const genes = one.products.length / a;
  const products = new Float64Array(genes * (a + b));
  for (let gene = 0; gene < genes; gene++) {
    products.set(one.products.subarray(gene * a, (gene + 1) * a), gene * (a + b));
    products.set(two.products.subarray(gene * b, (gene + 1) * b), gene * (a + b) + a);
  }
  return {
    names: [...one.names, ...two.names],
    products,
    weights: Float64Array.from([
      ...one.weights.map(weight => weight * (1 - share)),
      ...two.weights.map(weight => weight * share),
    ]),
  };
}
