/** What Explore asks of the engine and gets: maps of the cells that the filters keep, values of a gene, own labels. */
import { z } from 'zod';
import type { GeneIdKind, LabelColumn, Progress } from './model.ts';

/** How the maps are made. */
export interface MapSettings {
  /** About how many neighbours t-SNE keeps together. */
  readonly perplexity: number;
  /** Neighbours that UMAP keeps together. */
  readonly neighbours: number;
  /** Principal components that neighbours are sought in. */
  readonly components: number;
  /** Genes that vary most, from which the components are made. */
  readonly variableGenes: number;
  /** Fixes which cells are drawn where not all are shown. */
  readonly seed: number;
  /** Most cells shown; of more, a sample is drawn. */
  readonly cells: number;
}

export const MAP_DEFAULTS: MapSettings = {
  perplexity: 30,
  neighbours: 15,
  components: 25,
  variableGenes: 2000,
  seed: 1,
  cells: 50_000,
};

export interface MapSettingHelp {
  readonly label: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
}

/** Labels, bounds and plain words for each setting, in the order of the form. */
export const MAP_HELP: Readonly<Record<keyof MapSettings, MapSettingHelp>> = {
  perplexity: {
    label: 't-SNE perplexity',
    help: 'About how many neighbours of a cell t-SNE keeps near it. Larger values show coarser groups; 30 suits most data.',
    min: 2,
    max: 200,
  },
  neighbours: {
    label: 'UMAP neighbours',
    help: 'Neighbours of a cell that UMAP keeps near it. Small values show fine detail, large values the overall arrangement.',
    min: 2,
    max: 200,
  },
  components: {
    label: 'Principal components',
    help: 'The maps and clusters look at the cells in this many main directions of variation. The scree plot shows how much each holds.',
    min: 2,
    max: 100,
  },
  variableGenes: {
    label: 'Variable genes',
    help: 'Only this many genes, those that vary most between cells for their mean, make the principal components.',
    min: 50,
    max: 20_000,
  },
  cells: {
    label: 'Most cells shown',
    help: 'Of more cells a random sample is drawn. Up to 200,000 can be shown; the time grows with the number.',
    min: 1000,
    max: 200_000,
  },
  seed: {
    label: 'Seed of the sample',
    help: 'Fixes which cells are drawn into a sample. Where all cells are shown it changes nothing.',
    min: 0,
    max: 2 ** 31 - 1,
  },
};
export const MAP_KEYS = Object.keys(MAP_HELP) as (keyof MapSettings)[];

/** One map that settles step by step. */
export interface SettlingMap {
  /** Two coordinates a cell, in turn; empty where there is none. */
  readonly points: Float32Array;
  /** Iterations done, and of how many; fewer where it was stopped. */
  readonly done: number;
  readonly of: number;
}

/** The cells shown and what is known of each; one entry a cell in every array. */
export interface ShownCells {
  /** Positions in the data set, ascending. */
  readonly cells: Int32Array;
  /** Cells that the filters keep, and all cells of the data set. */
  readonly kept: number;
  readonly total: number;
  /** Counts over all genes. */
  readonly librarySize: Float32Array;
  /** Genes with a count above zero. */
  readonly detected: Float32Array;
  /** Share of the counts in mitochondrial genes; empty where the data name none. */
  readonly mitochondrial: Float32Array;
  readonly mitochondrialGenes: number;
}

export interface Components {
  /** First two principal components, in turn. */
  readonly points: Float32Array;
  /** Share of variance of each component. */
  readonly varianceExplained: Float32Array;
}

export interface ExploreMaps {
  readonly shown: ShownCells;
  readonly pca: Components;
  /** Cluster of each cell; empty where the work was stopped before. */
  readonly clusters: Int32Array;
  readonly tsne: SettlingMap;
  readonly umap: SettlingMap;
  /** Sample, lowered settings, parts left out and why. */
  readonly notes: readonly string[];
  /** The run whose maps these are; null where they were made here. */
  readonly run: { readonly id: string; readonly name: string } | null;
}

/** Parts of the maps as they come; what is missing has not changed since. */
export interface MapsProgress extends Progress {
  readonly shown?: ShownCells;
  readonly pca?: Components;
  readonly clusters?: Int32Array;
  readonly tsne?: SettlingMap;
  readonly umap?: SettlingMap;
}

/** What is there before anything is computed. */
export interface MapsLook {
  /** Kept from an earlier time with the same cells and settings. */
  readonly maps: ExploreMaps | null;
  /** A finished run whose maps can be taken: then it takes a moment only. */
  readonly run: { readonly id: string; readonly name: string } | null;
  /** Most cells that would be shown, and about how long it would take. */
  readonly cells: number;
  readonly seconds: number;
}

/** A data set as Explore needs it once. */
export interface ExploreDataset {
  /** Names of all cells: JSON of an array of texts, as UTF-8. */
  readonly cellNames: Uint8Array;
  /** Label columns of the data set, then the user's own; codes of all cells. */
  readonly columns: readonly LabelColumn[];
  readonly own: readonly LabelColumn[];
  readonly genes: { readonly name: readonly string[]; readonly symbol: readonly string[] };
  readonly geneIds: GeneIdKind;
}

export interface GeneValues {
  readonly name: string;
  readonly symbol: string;
  /** One value for each cell asked for. */
  readonly values: Float32Array;
  /** The scale in words: "log10 of counts per 10,000 + 1". */
  readonly scale: string;
  /** Cells with a count of this gene. */
  readonly detected: number;
}

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const bounded = (key: keyof MapSettings) => z.number().int().min(MAP_HELP[key].min).max(MAP_HELP[key].max);
const positions = z.custom<Int32Array>(
  value => value instanceof Int32Array,
  'it is no list of whole numbers',
);
const label = z
  .string()
  .max(100)
  .refine(text => text.trim() !== '', 'it is empty');

/** Which cells and how: a data set with the filters of a recipe, and the settings of the maps. */
const about = {
  datasetId: id,
  preset: z.string(),
  params: z.record(z.string(), z.unknown()),
  settings: z.strictObject({
    perplexity: bounded('perplexity'),
    neighbours: bounded('neighbours'),
    components: bounded('components'),
    variableGenes: bounded('variableGenes'),
    seed: bounded('seed'),
    cells: bounded('cells'),
  }),
};
export const exploreInputs = {
  dataset: z.strictObject({ datasetId: id }),
  maps: z.strictObject(about),
  stop: z.strictObject({ datasetId: id, which: z.enum(['tsne', 'umap', 'all']) }),
  gene: z.strictObject({ ...about, cells: positions, gene: z.string().min(1).max(200) }),
  /** A whole column of the user's own labels over all cells; null removes it. */
  labels: z.strictObject({
    datasetId: id,
    name: label,
    column: z.strictObject({ levels: z.array(label).max(10_000), codes: positions }).nullable(),
  }),
  subset: z.strictObject({ datasetId: id, name: z.string().trim().min(1).max(200), cells: positions }),
} as const;
export type MapsRequest = z.output<typeof exploreInputs.maps>;
export type GeneRequest = z.output<typeof exploreInputs.gene>;
export type OwnLabelsRequest = z.output<typeof exploreInputs.labels>;
export type SubsetRequest = z.output<typeof exploreInputs.subset>;
