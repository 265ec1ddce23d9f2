/** The scoreboard of a run: panels of several sizes by several selectors and controls, all scored the same way. */
import { z } from 'zod';
import { listSource } from './enrichment.ts';

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** What chooses a panel, with words for it. */
export const SELECTORS = {
  greedy: 'Greedy: each gene explains most of what the ones before leave',
  neighbours: 'Greedy for the principal components, by which neighbours are found',
  distances: 'Some genes as Neighbours, the rest so that distances between cells are kept',
  mixed: 'Greedy for genes and cell types together',
  types: 'Greedy for cell types',
  guided: 'From L1000 or a list of yours, dropping, adding and swapping genes',
  gates: 'Gates that learn with a decoder',
  norm: 'Largest weights of the group-lasso network',
} as const;
/** What everybody could pick genes by. */
export const CONTROLS = {
  l1000: 'L1000 landmarks in the data',
  variance: 'Highest variance',
  hvg: 'Highest variance for the mean',
  loadings: 'Largest PCA loadings',
  differential: 'Differential between cell types',
  worst: 'Smallest weights of the network',
} as const;
export type SelectorId = keyof typeof SELECTORS;
export type ControlId = keyof typeof CONTROLS;
/** `run`: the panel of the run itself. */
export type PanelId = SelectorId | ControlId | 'run';

export const PANEL_NAMES: Readonly<Record<PanelId, string>> = {
  greedy: 'Greedy',
  neighbours: 'Neighbours',
  distances: 'Distances',
  mixed: 'Mixed',
  types: 'Types',
  guided: 'Guided',
  gates: 'Gates',
  norm: 'Norm',
  run: 'Panel of the run',
  l1000: 'L1000',
  variance: 'Variance',
  hvg: 'Variable',
  loadings: 'Loadings',
  differential: 'Differential',
  worst: 'Worst weights',
};

export const SELECTOR_IDS = Object.keys(SELECTORS) as [SelectorId, ...SelectorId[]];
export const CONTROL_IDS = Object.keys(CONTROLS) as ControlId[];
/** All but the one that takes minutes for each size. */
export const DEFAULT_SELECTORS: SelectorId[] = SELECTOR_IDS.filter(selector => selector !== 'gates');
export const DEFAULT_SIZES = [32, 100, 300, 900];

export const scoreboardRequest = z.strictObject({
  run: id,
  /** Genes of the panels; those beyond half of the genes of the run are left out. */
  sizes: z.array(z.number().int().min(2).max(5000)).min(1).max(12).default(DEFAULT_SIZES),
  selectors: z.array(z.enum(SELECTOR_IDS)).default(DEFAULT_SELECTORS),
  /** Random panels of each size; 99 give p values of .01. */
  random: z.number().int().min(1).max(99).default(99),
  /** For `mixed`: share of the aim that cell types have. */
  typeShare: z.number().min(0).max(1).default(0.2),
  /** After forward selection, swap genes until so many in a row brought nothing; 0 swaps none. */
  swaps: z.number().int().min(0).max(1000).default(0),
  /** Random four fifths of the training cells that the named selector chooses anew on; 0 for none. */
  draws: z.number().int().min(0).max(20).default(3),
  /** Train a network on the named panel, on L1000 and on the panel of the run, besides the linear models. */
  networks: z.boolean().default(false),
  /** Where `guided` starts from; L1000 without it. */
  start: listSource.optional(),
  mustHave: listSource.optional(),
  banned: listSource.optional(),
  /** Weight of genes as targets, by name; 1 for all others. */
  weights: z.record(z.string(), z.number().min(0).max(1e6)).optional(),
});
export type ScoreboardRequest = z.output<typeof scoreboardRequest>;

/** Mean and the range that 95 % of random panels are in. */
export interface Band {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Figures of one panel on one set of cells; null where undefined. Definitions in docs/metrics.md. */
export interface PanelFigures {
  /** Mean paired difference of explained variance to the random panels, each on the genes in neither. */
  readonly lead: number;
  /** Over all genes, measured ones counted as known. */
  readonly evAllGenes: number | null;
  readonly knn: number | null;
  readonly accuracy: number | null;
}

/** How far the clusters of cells by the panel are those by all genes: mean mutual information, normalised. */
export interface ClusterSimilarity {
  /** Over 5 to 20 clusters; null where the cells cannot be cut so. */
  readonly coarse: number | null;
  /** Over 21 to 60 clusters, of more than 2,000 cells. */
  readonly fine: number | null;
}

/** A network on the genes of a panel, beside its linear model. */
export interface BoardNetwork {
  /** On the panel's own targets. */
  readonly ev: number | null;
  readonly medianGeneR2: number | null;
  readonly cellDelta: number | null;
  readonly worstType: { readonly type: string; readonly ev: number } | null;
  /** Explained variance above that of the linear model, with the 95 % interval over cells. */
  readonly aboveLinear: { readonly difference: number; readonly low: number; readonly high: number } | null;
  readonly epochs: number;
}

/** The named selector, chosen anew on other cells. */
export interface BoardDraws {
  readonly count: number;
  /** Mean, least and largest lead over the random panels, on the same test cells. */
  readonly lead: { readonly mean: number; readonly low: number; readonly high: number };
  /** Mean share of genes that two draws have in common, over all genes of both. */
  readonly jaccard: number;
}

export interface BoardPanel {
  readonly id: PanelId;
  readonly kind: 'selector' | 'control' | 'run';
  readonly size: number;
  /** Names in the data set, in the order they were chosen where there is one. */
  readonly genes: readonly string[];
  readonly symbols: readonly string[];
  /** Why each gene is there, in the same order; missing where nothing more than a rank can be said. */
  readonly reasons?: readonly string[];
  /**
   * On the stop cells: what panels are named by. `below`: how far the panel explains less than the control that explains
   * most, on the genes in neither, beyond two standard errors over the genes, in units of these.
   */
  readonly stop: PanelFigures & { readonly below?: number };
  /** On the test cells. */
  readonly test: PanelFigures & {
    /** Of the differences to the random panels: the middle 95 %, and how many random panels are as good. */
    readonly leadLow: number;
    readonly leadHigh: number;
    readonly asGood: number;
    readonly p: number;
    /** On the panel's own targets. */
    readonly ev: number | null;
    readonly medianGeneR2: number | null;
    readonly cellDelta: number | null;
    readonly worstType: { readonly type: string; readonly ev: number } | null;
    readonly confusion: readonly (readonly number[])[] | null;
    readonly clusters: ClusterSimilarity | null;
  };
  /** Of panels that are shown, where networks were asked for. */
  readonly network?: BoardNetwork;
  /** 1 - mean absolute correlation among the panel genes, on training cells; and the share whose largest is below .8. */
  readonly diversity: number;
  readonly distinct: number;
  /** Strength of the linear model: added to the diagonal of X'X, and over the mean of that diagonal. */
  readonly ridge: number;
  readonly strength: number;
}

/** The named panel against another one on the genes in neither, with the 95 % interval of the difference. */
export interface BoardPair {
  readonly against: PanelId;
  readonly targets: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

export interface Board {
  readonly size: number;
  /** By the stop cells: over all three figures, and by each. */
  readonly best: {
    readonly overall: PanelId;
    readonly lead: PanelId;
    readonly knn: PanelId | null;
    readonly accuracy: PanelId | null;
  };
  readonly random: {
    readonly ev: Band;
    readonly evAllGenes: Band;
    readonly knn: Band | null;
    readonly accuracy: Band | null;
    readonly clusters: Band | null;
  };
  /** Of the selector that is best over all; null where none were asked for. */
  readonly draws: BoardDraws | null;
  readonly panels: readonly BoardPanel[];
  readonly pairs: readonly BoardPair[];
  readonly verdict: string;
}

/** What one half of the counts says of the other, over all genes. */
export interface HalvesScore {
  /** The most that any panel of this depth could explain; null with the reason where it cannot be told. */
  readonly ev: number | null;
  readonly why: string;
  /** Panels measured in the first half, `random` ones among them. */
  readonly panels: readonly { readonly id: string; readonly size: number; readonly ev: number }[];
}

/** Panels of a size on halves of the counts, random ones as their mean. */
export function halvesAt({ panels }: HalvesScore, size: number): { id: string; count: number; ev: number }[] {
  const own = panels.filter(panel => panel.size === size);
  return [...Map.groupBy(own, ({ id }) => id)].map(([id, some]) => ({
    ...{ id, count: some.length },
    ev: some.reduce((sum, { ev }) => sum + ev, 0) / some.length,
  }));
}

export interface Scoreboard {
  readonly schema: 2;
  readonly run: string;
  readonly seed: number;
  readonly genes: number;
  readonly cells: { readonly train: number; readonly stop: number; readonly test: number };
  /** Cells between which neighbours were looked for, and the overlap of random ones. */
  readonly neighbours: { readonly cells: number; readonly chance: number } | null;
  /** Types that the accuracy is about. */
  readonly types: readonly string[];
  /** Strength in the selection, relative to the mean of the diagonal of X'X, chosen on the stop cells. */
  readonly selectionRidge: number;
  readonly typeShare: number;
  readonly boards: readonly Board[];
  /** Explained variance of each gene from all other genes, over all genes; null with the reason where there is none. */
  readonly ceiling: { readonly ev: number | null; readonly why: string };
  readonly halves: HalvesScore;
  readonly notes: readonly string[];
  readonly seconds: number;
}

export const robustnessRequest = z.strictObject({
  run: id,
  selector: z.enum(SELECTOR_IDS).default('neighbours'),
  size: z.number().int().min(2).max(5000).default(100),
  /** Random halves of the training cells that the panel is selected on anew. */
  draws: z.number().int().min(2).max(100).default(10),
  /** Whose values are left out one by one, where the data have them. */
  leaveOut: z.array(z.enum(['experiment', 'donor', 'type'])).default(['experiment', 'donor', 'type']),
});
export type RobustnessRequest = z.output<typeof robustnessRequest>;

/** A panel selected without some cells and scored on them. */
export interface Transfer {
  readonly by: 'experiment' | 'donor' | 'type';
  readonly left: string;
  /** Test cells of it. */
  readonly cells: number;
  /** Over all genes, measured ones counted as known; above that of random panels on the genes in neither. */
  readonly evAllGenes: number | null;
  readonly lead: number;
  /** Random panels that do as well, of how many. */
  readonly asGood: number;
  readonly random: number;
  /** Shared genes over all genes of this panel and the one of all training cells. */
  readonly jaccard: number;
}

export interface Robustness {
  readonly selector: SelectorId;
  readonly size: number;
  readonly draws: number;
  /** Mean over pairs of draws of shared genes over all genes. */
  readonly jaccard: number;
  /** Genes of any draw: the share of the draws that chose them; the panel of all training cells first. */
  readonly genes: readonly {
    readonly name: string;
    readonly symbol: string;
    readonly inPanel: boolean;
    readonly share: number;
  }[];
  /** Panel genes that at least 8 of 10 draws chose, and those that fewer than half did. */
  readonly core: number;
  readonly interchangeable: number;
  readonly transfer: readonly Transfer[];
  readonly notes: readonly string[];
}
