/**
 * Gene sets to test lists against, whatever they came from: the Gene Ontology that comes with the app, an annotation of
 * another organism, or a user's own sets.
 */

export interface GeneSet {
  /** GO:0006915, or the name where there is no id. */
  readonly id: string;
  readonly name: string;
  /** Tests are adjusted within a namespace: BP, MF, CC; one for all sets of a GMT file. */
  readonly namespace: string;
}

export interface GeneSetCollection {
  /** "Gene Ontology, human". */
  readonly title: string;
  /** Dates and versions, shown wherever a result rests on these sets. */
  readonly release: string;
  readonly licence: string;
  readonly namespaces: readonly string[];
  readonly sets: readonly GeneSet[];
  /** Sets of each gene, ascending, its sets' ancestors included; by the keys of `geneKeys`. */
  readonly ofGene: ReadonlyMap<string, Uint32Array>;
  /** Of each set, the sets that contain it by definition (not by chance), itself left out; empty for flat collections. */
  readonly ancestors: (set: number) => Uint32Array;
}

/** What identifies a gene in any table of this app. */
export interface NamedGene {
  readonly name: string;
  readonly symbol: string;
  /** Without version, or ''. */
  readonly ensembl: string;
  /** 0 where it is not known. */
  readonly entrez: number;
}

/** Key of a human gene that is known. */
export function entrezKey(entrez: number): string {
  return `entrez:${entrez}`;
}

/** Key of a gene by the text that names it, for genes that are not known as human ones. */
export function textKey(text: string): string {
  return `text:${text}`;
}

/** Under which a gene may stand in a collection, best first. */
function keysOf({ entrez, ensembl, symbol, name }: NamedGene): string[] {
  const texts = [ensembl, symbol, name].filter(text => text !== '').map(textKey);
  return entrez > 0 ? [entrezKey(entrez), ...texts] : texts;
}

/** The sets of a gene, or null where it is in none; `key` is one for all rows of the same gene. */
export function lookUp(
  { ofGene }: GeneSetCollection,
  gene: NamedGene,
): { readonly key: string; readonly sets: Uint32Array } | null {
  for (const key of keysOf(gene)) {
    const sets = ofGene.get(key);
    if (sets !== undefined) return { key, sets };
  }
  return null;
}
