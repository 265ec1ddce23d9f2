/** Enrichment of gene lists in gene sets: what is asked for and what comes back. */

/** Adjusted p value up to which a set counts as enriched. */
export const SIGNIFICANT = 0.05;

export interface EnrichmentSettings {
  /** Sets with fewer or more genes of the background are not tested. Default 10 and 500. */
  readonly smallest?: number | undefined;
  readonly largest?: number | undefined;
}

/** One tested set. */
export interface EnrichedSet {
  /** GO:0006915. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** Genes of the list in the set. */
  readonly overlap: number;
  /** Genes of the background in the set. */
  readonly setSize: number;
  /** Genes of the list, and of the background, that have a set in this namespace. */
  readonly listSize: number;
  readonly backgroundSize: number;
  /** Overlap over the overlap expected by chance. */
  readonly fold: number;
  /** Hypergeometric upper tail. */
  readonly p: number;
  /** By Benjamini and Hochberg over the tested sets of the namespace. */
  readonly adjusted: number;
  /** Symbols of the shared genes. */
  readonly genes: readonly string[];
  /** Enriched, and no enriched set lies below it. */
  readonly specific: boolean;
  /** For enriched sets: id of the best one with at least half of the same genes, itself perhaps. */
  readonly group: string | null;
}
