/** Enrichment of gene lists in gene sets: what is asked for and what comes back. */

import { z } from 'zod';

const path = z.string().min(1).max(4096);
const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
/** A list of genes: as it was pasted, or in a file. */
export const listSource = z.union([
  z.strictObject({ text: z.string().max(4_000_000) }),
  z.strictObject({ path }),
]);
export type ListSource = z.output<typeof listSource>;

/** The Gene Ontology that comes with the app, or files of the user's own. */
export const setsChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('go') }),
  z.strictObject({ kind: z.literal('gmt'), path }),
  z.strictObject({ kind: z.literal('annotation'), gaf: path, obo: path, genes: path.nullable() }),
]);
export type SetsChoice = z.output<typeof setsChoice>;

/** The genes that a list was chosen from: those of a run, all of a data set, or a list. */
export const backgroundChoice = z.union([
  z.strictObject({ run: id }),
  z.strictObject({ dataset: id }),
  listSource,
]);
export type BackgroundChoice = z.output<typeof backgroundChoice>;

const limits = {
  smallest: z.number().int().min(1).max(1e6).default(10),
  largest: z.number().int().min(1).max(1e6).default(500),
};
export const listRequest = z.strictObject({
  list: listSource,
  /** Tells which entries these genes hold. */
  within: backgroundChoice.optional(),
  sameLetters: z.boolean().default(false),
});
export const scoreRequest = z.strictObject({
  run: id,
  list: listSource,
  sameLetters: z.boolean().default(false),
});
export type ListRequest = z.output<typeof listRequest>;
export const enrichmentRequest = z.strictObject({
  background: backgroundChoice,
  /** Tested beside the panel and the landmarks of a run. */
  lists: z.array(z.strictObject({ name: z.string().min(1).max(200), list: listSource })).max(20),
  sets: setsChoice.default({ kind: 'go' }),
  sameLetters: z.boolean().default(false),
  ...limits,
});
export type EnrichmentRequest = z.output<typeof enrichmentRequest>;
export const rankedRequest = z.strictObject({
  run: id,
  sets: setsChoice.default({ kind: 'go' }),
  permutations: z.number().int().min(100).max(100_000).default(1000),
  seed: z.number().int().min(0).default(1),
  ...limits,
});
export type RankedRequest = z.output<typeof rankedRequest>;

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

/** A gene of the list in the set, and an adjusted p value that is small enough. */
export function isEnriched({ adjusted, overlap }: Pick<EnrichedSet, 'adjusted' | 'overlap'>): boolean {
  return adjusted <= SIGNIFICANT && overlap > 0;
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
  /** Genes that it shares with each other list. */
  readonly shared?: Readonly<Record<string, number>>;
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

/** The whole table of several lists: column names, and rows. */
export function enrichmentTable(lists: readonly EnrichedList[]): {
  header: readonly string[];
  rows: (string | number | null)[][];
} {
  return {
    header: [
      ...['list', 'id', 'name', 'namespace', 'overlap', 'set_size', 'list_size', 'background_size'],
      ...['fold', 'p', 'adjusted_p', 'most_specific', 'group', 'genes'],
    ],
    rows: lists.flatMap(({ name, rows }) =>
      rows.map(row => [
        ...[
          name,
          row.id,
          row.name,
          row.namespace,
          row.overlap,
          row.setSize,
          row.listSize,
          row.backgroundSize,
        ],
        ...[row.fold, row.p, row.adjusted, row.specific ? 'yes' : 'no', row.group, row.genes.join(' ')],
      ]),
    ),
  };
}
