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

/** A set tested on a ranking of all genes. */
export interface RankedSet {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** Ranked genes in the set. */
  readonly setSize: number;
  /** Largest deviation of the running sum, -1 to 1. */
  readonly score: number;
  /** Score over the mean of random sets of the same size and sign. */
  readonly normalised: number;
  /** Share of random sets of the same sign with a score as large; not below 1 / (their number + 1). */
  readonly p: number;
  /** By Benjamini and Hochberg within the namespace. */
  readonly adjusted: number;
  /** Symbols of the genes up to the largest deviation. */
  readonly leading: readonly string[];
}

/** Which sets a test used, wherever its result goes. */
export interface SetsInfo {
  readonly title: string;
  readonly release: string;
  readonly licence: string;
}

/** One of several lists tested side by side. */
export interface EnrichedList {
  readonly name: string;
  /** Genes asked about, and those of them in the background. */
  readonly asked: number;
  readonly inBackground: number;
  readonly rows: readonly EnrichedSet[];
}

export interface EnrichmentReport {
  readonly sets: SetsInfo;
  /** Genes of the background, and those with a set, by namespace. */
  readonly background: {
    readonly what: string;
    readonly genes: number;
    readonly annotated: Readonly<Record<string, number>>;
  };
  readonly smallest: number;
  readonly largest: number;
  readonly lists: readonly EnrichedList[];
  readonly notes: readonly string[];
}

export interface RankedReport {
  readonly sets: SetsInfo;
  readonly genes: number;
  readonly permutations: number;
  readonly seed: number;
  readonly rows: readonly RankedSet[];
}
