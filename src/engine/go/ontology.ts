/** Terms with their parents, and annotations carried up to every ancestor (GO's true path rule). */
import type { GeneSet, GeneSetCollection } from './collection.ts';

export interface OntologyTerm extends GeneSet {
  /** Ids of the terms right above it; ids that are not among the terms are passed over. */
  readonly parents: readonly string[];
}

/**
 * @param annotations sets of each gene as they were made, by key (collection.ts); ids that are not among the terms are
 *   passed over
 * @throws Error where the terms go round in a circle
 */
export function propagated(
  about: Pick<GeneSetCollection, 'title' | 'release' | 'licence'>,
  terms: readonly OntologyTerm[],
  annotations: Iterable<readonly [key: string, ids: readonly string[]]>,
): GeneSetCollection {
  const position = new Map(terms.map(({ id }, k) => [id, k]));
  const parents = terms.map(term =>
    term.parents.map(id => position.get(id)).filter(parent => parent !== undefined),
  );
  const ancestors = ancestorFinder(parents);
  const ofGene = new Map<string, Uint32Array>();
  for (const [key, ids] of annotations) {
    const found = new Set<number>();
    for (const id of ids) {
      const term = position.get(id);
      if (term === undefined || found.has(term)) continue;
      found.add(term);
      for (const above of ancestors(term)) found.add(above);
    }
    if (found.size > 0) ofGene.set(key, Uint32Array.from(found).sort());
  }
  const namespaces = [...new Set(terms.map(({ namespace }) => namespace))].sort();
  return { ...about, namespaces, sets: terms, ofGene, ancestors };
}

/** Ancestors of a term, worked out when they are asked for first. */
function ancestorFinder(parents: readonly (readonly number[])[]): (term: number) => Uint32Array {
  const known = new Array<Uint32Array | undefined>(parents.length);
  const open = new Set<number>();
  const find = (term: number): Uint32Array => {
    const held = known[term];
    if (held !== undefined) return held;
    if (open.has(term)) throw new Error('the terms go round in a circle');
    open.add(term);
    const found = new Set<number>();
    for (const parent of parents[term]!) {
      found.add(parent);
      for (const above of find(parent)) found.add(above);
    }
    open.delete(term);
    return (known[term] = Uint32Array.from(found));
  };
  return find;
}
