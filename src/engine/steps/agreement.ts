/** How alike several panels for one purpose are. */

/** Panel genes that so many draws choose are its core; below, one gene may stand for another. */
const [CORE, INTERCHANGEABLE] = [0.8, 0.5];

/** Per gene: the share of the panels that it is in. @param genes of the run */
export function shareOfPanels(panels: readonly ArrayLike<number>[], genes: number): Float64Array {
  const times = new Float64Array(genes);
  for (const panel of panels) for (let k = 0; k < panel.length; k++) times[panel[k]!]!++;
  return times.map(count => count / panels.length);
}

/** Genes of a panel that draws agree on, and those that others could stand for. @param shares from `shareOfPanels` */
export function agreement(
  panel: Iterable<number>,
  shares: Float64Array,
): { readonly core: number; readonly interchangeable: number } {
  const own = Array.from(panel, gene => shares[gene]!);
  return {
    core: own.filter(share => share >= CORE).length,
    interchangeable: own.filter(share => share < INTERCHANGEABLE).length,
  };
}

/** Shared genes over all genes of two panels. */
export function jaccard(a: Iterable<number>, b: Iterable<number>): number {
  const [one, other] = [new Set(a), new Set(b)];
  let shared = 0;
  for (const gene of one) if (other.has(gene)) shared++;
  return shared / Math.max(1, one.size + other.size - shared);
}

/** Mean over all pairs; 0 where there is none. */
export function meanJaccard(panels: readonly Iterable<number>[]): number {
  const pairs = panels.flatMap((a, k) => panels.slice(k + 1).map(b => jaccard(a, b)));
  return pairs.reduce((sum, value) => sum + value, 0) / Math.max(1, pairs.length);
}
