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
  return leadWithError(own, other, variance).lead;
}

/** The same with its standard error over the genes, as of a ratio of sums. */
export function leadWithError(
  own: Float64Array,
  other: Float64Array,
  variance: Float64Array,
): { readonly lead: number; readonly error: number } {
  let [gain, total] = [0, 0];
  const each = (visit: (gain: number, variance: number) => void): void => {
    for (let gene = 0; gene < variance.length; gene++) {
      const difference = other[gene]! - own[gene]!;
      if (!Number.isNaN(difference)) visit(difference, variance[gene]!);
    }
  };
  each((difference, own) => {
    gain += difference;
    total += own;
  });
  if (!(total > 0)) return { lead: 0, error: 0 };
  let squares = 0;
  each((difference, own) => (squares += (difference - (gain / total) * own) ** 2));
  return { lead: gain / total, error: Math.sqrt(squares) / total };
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
