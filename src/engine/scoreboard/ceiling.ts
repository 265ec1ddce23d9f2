/**
 * How well any panel could do with a linear model: every gene predicted from all others. With K = (X'X + r I)^-1 the
 * prediction of gene j leaves the error K_j x / K_jj in a cell x, so one inverse serves all genes; the strength r is chosen
 * on the stop cells. It is only given where there are more training cells than genes: with fewer, the equations say
 * nothing about new cells.
 */
import type { Scoreboard } from '../../shared/scoreboard.ts';
import { invert } from '../models/inverse.ts';
import type { CrossProducts } from '../models/cross-products.ts';
import type { PartProducts } from '../models/panel-ridge.ts';
import { range } from '../steps/cells.ts';
import { explained } from '../steps/metrics.ts';
import { grouped } from '../steps/words.ts';
import type { Tensor, TensorEngine } from '../tensor/engine.ts';

/** Beyond, the inverse takes minutes. */
const MOST_GENES = 6000;
const STRENGTHS = [0.03, 0.1, 0.3, 1, 3];

/** @throws AppError CANCELLED */
export async function ceilingOf(
  engine: TensorEngine,
  { train, stop, test }: PartProducts,
  cells: { readonly train: Int32Array },
  signal: AbortSignal,
): Promise<Scoreboard['ceiling']> {
  const genes = train.squares.length;
  if (cells.train.length <= genes) {
    const why = `No ceiling can be given: there are ${grouped(cells.train.length)} training cells and ${grouped(genes)} genes, and predicting a gene from all others needs more cells than genes.`;
    return { ev: null, why };
  }
  if (genes > MOST_GENES) {
    return { ev: null, why: `No ceiling was computed: with ${grouped(genes)} genes it takes too long.` };
  }
  const all = range(genes);
  const gram = train.block(all, all);
  const scale = train.squares.reduce((sum, square) => sum + square, 0) / genes || 1;
  let best: { ev: number; test: number } | null = null;
  for (const strength of STRENGTHS) {
    const shifted = gram.slice();
    for (let k = 0; k < genes; k++) shifted[k * genes + k]! += strength * scale;
    const matrix = engine.tensor(shifted, [genes, genes]);
    const inverse = await invert(engine, matrix, shifted, signal, 'Looking for the ceiling');
    engine.free(matrix);
    if (inverse === null) continue;
    const onStop = leftOver(engine, inverse, stop, all);
    if (onStop !== null && (best === null || onStop > best.ev)) {
      best = { ev: onStop, test: leftOver(engine, inverse, test, all)! };
    }
    engine.free(inverse);
  }
  return best === null
    ? { ev: null, why: 'No ceiling can be given: the equations of all genes have no stable solution.' }
    : { ev: best.test, why: 'Every gene predicted from all others by a linear model.' };
}

/** Explained variance over all genes, each from all others. */
function leftOver(
  engine: TensorEngine,
  inverse: Tensor,
  cells: CrossProducts,
  all: Int32Array,
): number | null {
  const genes = all.length;
  return engine.scope(() => {
    const products = engine.tensor(cells.block(all, all), [genes, genes]);
    // Row j of K P K' on the diagonal: the sum over cells of (K_j x)^2.
    const errors = engine.rowSums(engine.multiply(engine.matMul(inverse, products), inverse));
    const k = engine.read(inverse);
    let sum = 0;
    for (let gene = 0; gene < genes; gene++) sum += errors[gene]! / k[gene * genes + gene]! ** 2;
    return explained(
      sum,
      cells.squares.reduce((total, square) => total + square, 0),
    );
  });
}
