/** Figures of a panel from its squared errors on some cells, per gene; NaN for genes of the panel. */
import type { CrossProducts } from '../models/cross-products.ts';
import type { PanelRidgeModel } from '../models/panel-ridge.ts';
import { explained } from '../steps/metrics.ts';

/** Squared errors of a model over the cells of the products, per gene. */
export function errorsOfGenes(model: PanelRidgeModel, cells: CrossProducts): Float64Array {
  const errors = new Float64Array(cells.squares.length).fill(NaN);
  const found = model.errors(cells);
  model.targets.forEach((gene, k) => (errors[gene] = found[k]!));
  return errors;
}

/** Explained variance of one panel minus that of another, on the genes in neither. */
export function lead(own: Float64Array, other: Float64Array, variance: Float64Array): number {
  let [gain, total] = [0, 0];
  for (let gene = 0; gene < variance.length; gene++) {
    const [a, b] = [own[gene]!, other[gene]!];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    gain += b - a;
    total += variance[gene]!;
  }
  return total > 0 ? gain / total : 0;
}

/** On the genes outside the panel. */
export function ownEv(errors: Float64Array, variance: Float64Array): number | null {
  let [error, total] = [0, 0];
  errors.forEach((value, gene) => {
    if (Number.isNaN(value)) return;
    error += value;
    total += variance[gene]!;
  });
  return explained(error, total);
}

/** Over all genes, measured ones counted as known. */
export function allEv(errors: Float64Array, variance: Float64Array): number | null {
  const error = errors.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
  return explained(
    error,
    variance.reduce((sum, value) => sum + value, 0),
  );
}
