/**
 * Over-representation of a list of genes in gene sets (docs/gene-identity.md): hypergeometric upper tail, adjusted by
 * Benjamini and Hochberg within each namespace. The background are the genes from which the list was chosen; of these only
 * genes with a set in the namespace count, in the list as well.
 */
import { benjaminiHochberg } from '../../core/false-discovery.ts';
import { atLeast } from '../../core/hypergeometric.ts';
import type { EnrichedSet, EnrichmentSettings } from '../../shared/enrichment.ts';
import { lookUp, type GeneSetCollection, type NamedGene } from './collection.ts';
import { describeRedundancy } from './redundancy.ts';

/** A background sorted by gene sets: worked out once, for any number of lists. */
export class Background {
  readonly collection: GeneSetCollection;
  /** Genes that count once, though several rows may name them. */
  readonly size: number;
  /** Position of each background gene among those that count; -1 for one without any set. */
  readonly position: Int32Array;
  /** Of each gene that counts: one row that names it, and its sets. */
  readonly rows: Int32Array;
  readonly sets: readonly Uint32Array[];
  /** By namespace: how many genes have a set in it, and which. */
  readonly annotated: ReadonlyMap<string, { readonly genes: Uint8Array; readonly size: number }>;
  /** Background genes of each set. */
  readonly setSize: Uint32Array;

  constructor(collection: GeneSetCollection, genes: readonly NamedGene[]) {
    this.collection = collection;
    this.position = new Int32Array(genes.length).fill(-1);
    const byKey = new Map<string, number>();
    const rows: number[] = [];
    const sets: Uint32Array[] = [];
    for (const [row, gene] of genes.entries()) {
      const found = lookUp(collection, gene);
      if (found === null) continue;
      const held = byKey.get(found.key);
      this.position[row] = held ?? rows.length;
      if (held !== undefined) continue;
      byKey.set(found.key, rows.length);
      rows.push(row);
      sets.push(found.sets);
    }
    this.rows = Int32Array.from(rows);
    this.sets = sets;
    this.size = rows.length;
    this.setSize = new Uint32Array(collection.sets.length);
    const annotated = new Map(
      collection.namespaces.map(namespace => [namespace, new Uint8Array(rows.length)]),
    );
    for (const [gene, of] of sets.entries()) {
      for (const set of of) {
        this.setSize[set]!++;
        annotated.get(collection.sets[set]!.namespace)![gene] = 1;
      }
    }
    this.annotated = new Map(
      [...annotated].map(([namespace, flags]) => [
        namespace,
        { genes: flags, size: flags.reduce((sum, flag) => sum + flag, 0) },
      ]),
    );
  }
}

/**
 * Every tested set, smallest p first within its namespace.
 * @param list rows of the background, in any order; repeated genes count once
 * @param symbols of the background's rows, for the genes of a result
 */
export function overRepresentation(
  background: Background,
  list: Iterable<number>,
  symbols: readonly string[],
  { smallest = 10, largest = 500 }: EnrichmentSettings = {},
): EnrichedSet[] {
  const { collection, setSize } = background;
  const chosen = new Set<number>();
  for (const row of list) if (background.position[row]! >= 0) chosen.add(background.position[row]!);
  const genesOf = new Map<number, number[]>();
  for (const gene of [...chosen].sort((a, b) => a - b)) {
    for (const set of background.sets[gene]!) {
      const held = genesOf.get(set);
      if (held) held.push(gene);
      else genesOf.set(set, [gene]);
    }
  }
  return collection.namespaces.flatMap(namespace => {
    const { genes: annotated, size } = background.annotated.get(namespace)!;
    let listSize = 0;
    for (const gene of chosen) listSize += annotated[gene]!;
    const tested: number[] = [];
    for (const [set, of] of setSize.entries()) {
      if (of >= smallest && of <= largest && collection.sets[set]!.namespace === namespace) tested.push(set);
    }
    const p = Float64Array.from(tested, set =>
      atLeast({
        shared: genesOf.get(set)?.length ?? 0,
        sizeA: listSize,
        sizeB: setSize[set]!,
        background: size,
      }),
    );
    const adjusted = benjaminiHochberg(p);
    const rows = tested.map((set, k): EnrichedSet & { readonly set: number } => {
      const shared = genesOf.get(set) ?? [];
      const { id, name } = collection.sets[set]!;
      const expected = (listSize * setSize[set]!) / size;
      return {
        set,
        id,
        name,
        namespace,
        overlap: shared.length,
        setSize: setSize[set]!,
        listSize,
        backgroundSize: size,
        fold: expected > 0 ? shared.length / expected : 0,
        p: p[k]!,
        adjusted: adjusted[k]!,
        genes: shared.map(gene => symbols[background.rows[gene]!]!),
        specific: false,
        group: null,
      };
    });
    rows.sort((a, b) => a.p - b.p || b.fold - a.fold || (a.id < b.id ? -1 : 1));
    return describeRedundancy(rows, collection);
  });
}
