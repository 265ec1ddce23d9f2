/**
 * Panels that take no search: what everybody picks genes by. They stand beside every selector, because simple controls
 * nearly tie the best ones (docs/metrics.md).
 */
import type { OtherTargets } from './aim.ts';

/** Genes by value, largest first; equal ones in gene order; banned ones left out. */
export function ranked(values: ArrayLike<number>, banned: Uint8Array): Int32Array {
  return Int32Array.from(values, (_, gene) => gene)
    .filter(gene => banned[gene] === 0)
    .sort((a, b) => values[b]! - values[a]!);
}

/**
 * Variance over what genes of the same mean have, as in variance-stabilising selection of variable genes (Stuart et al. 2019),
 * here on the log scale of the run: the trend is a parabola of log variance on log mean by least squares.
 */
export function excessVariance(means: Float64Array, squares: Float64Array, cells: number): Float64Array {
  const used = [...means.keys()].filter(gene => means[gene]! > 0 && squares[gene]! > 0);
  const x = used.map(gene => Math.log10(means[gene]!));
  const y = used.map(gene => Math.log10(squares[gene]! / (cells - 1)));
  const centre = x.reduce((sum, value) => sum + value, 0) / Math.max(1, x.length);
  const terms = x.map(value => [1, value - centre, (value - centre) ** 2]);
  const trend = leastSquares(terms, y);
  const excess = new Float64Array(means.length).fill(-Infinity);
  used.forEach((gene, k) => {
    excess[gene] = y[k]! - terms[k]!.reduce((sum, term, i) => sum + term * trend[i]!, 0);
  });
  return excess;
}

/** Variance of each gene that the principal components hold. */
export function loadings({ products, weights }: OtherTargets): Float64Array {
  const width = weights.length;
  return Float64Array.from({ length: products.length / width }, (_, gene) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += products[gene * width + k]! ** 2;
    return sum;
  });
}

/**
 * Genes that tell each cell type from the others best, types taking turns: by the correlation of the gene with the type, which
 * orders genes as the two-sample t statistic does.
 * @param squares sum of squares of each gene around its mean
 */
export function differential(types: OtherTargets, squares: Float64Array, banned: Uint8Array): Int32Array {
  const width = types.weights.length;
  const byType = types.names.map((_, t) =>
    ranked(
      Float64Array.from(squares, (square, gene) =>
        square > 0 ? Math.abs(types.products[gene * width + t]!) / Math.sqrt(square) : 0,
      ),
      banned,
    ),
  );
  const order = new Set<number>();
  for (let place = 0; place < squares.length; place++) {
    for (const genes of byType) if (place < genes.length) order.add(genes[place]!);
  }
  return Int32Array.from(order);
}

/** Three coefficients by the normal equations. */
function leastSquares(terms: readonly (readonly number[])[], y: readonly number[]): number[] {
  const size = 3;
  const a = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (_, j) =>
      terms.reduce((sum, row, k) => sum + row[i]! * (j < size ? row[j]! : y[k]!), 0),
    ),
  );
  for (let i = 0; i < size; i++) {
    const pivot = a[i]![i]! || 1;
    for (let r = 0; r < size; r++) {
      if (r === i) continue;
      const factor = a[r]![i]! / pivot;
      for (let j = i; j <= size; j++) a[r]![j]! -= factor * a[i]![j]!;
    }
  }
  return a.map((row, i) => (row[i] ? row[size]! / row[i] : 0));
}
