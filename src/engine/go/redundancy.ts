/** Which of many enriched sets to read: the most specific ones, and one of each group that rests on the same genes. */
import { isEnriched, type EnrichedSet } from '../../shared/enrichment.ts';
import type { GeneSetCollection } from './collection.ts';

/** Share of common genes (Jaccard) from which two sets say the same. */
const SAME = 0.5;

/**
 * Marks the enriched sets (adjusted p up to 5 %). `specific`: no enriched set is below it in the ontology. `group`: id of the
 * enriched set of smallest p with at least half of the same list genes.
 * @param rows of one namespace, smallest p first
 */
export function describeRedundancy(
  rows: readonly (EnrichedSet & { readonly set: number })[],
  collection: GeneSetCollection,
): EnrichedSet[] {
  const enriched = rows.filter(isEnriched);
  const above = new Set<number>();
  for (const { set } of enriched) for (const ancestor of collection.ancestors(set)) above.add(ancestor);
  const heads: { readonly id: string; readonly genes: ReadonlySet<string> }[] = [];
  const groupOf = new Map<number, string>();
  for (const { set, id, genes } of enriched) {
    const head = heads.find(other => jaccard(genes, other.genes) >= SAME);
    if (head === undefined) heads.push({ id, genes: new Set(genes) });
    groupOf.set(set, head?.id ?? id);
  }
  return rows.map(({ set, ...row }) => ({
    ...row,
    specific: groupOf.has(set) && !above.has(set),
    group: groupOf.get(set) ?? null,
  }));
}

function jaccard(genes: readonly string[], other: ReadonlySet<string>): number {
  const shared = genes.filter(gene => other.has(gene)).length;
  return shared / (genes.length + other.size - shared);
}
