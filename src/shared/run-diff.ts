/** What differs between two runs, and which of their figures may be compared at all. Plain data only. */
import type { RandomPanels, RunSummary } from './model.ts';

/** Figures of one model in one run. */
export interface DiffFigures {
  readonly ev: number | null;
  readonly evAllGenes: number | null;
  readonly medianGeneR2: number | null;
  readonly mse: number;
  readonly targets: number;
}

export interface DiffModel {
  /** Models by what they are, so that two rules' panels stand beside each other: `linear-panel` for `linear-f910` too. */
  readonly id: string;
  readonly evA: number | null;
  readonly evB: number | null;
  readonly a: DiffFigures | null;
  readonly b: DiffFigures | null;
  /** Both predict the same genes, so that figures over their own targets can be compared. */
  readonly sameTargets: boolean;
}

/** A gene of either panel. */
export interface DiffGene {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly entrez: number;
  readonly landmark: boolean;
  readonly inA: boolean;
  readonly inB: boolean;
  /** Place among all genes of the run by the norm of the weights, 1 for the largest; null where the run lost the gene. */
  readonly rankA: number | null;
  readonly rankB: number | null;
  readonly normA: number | null;
  readonly normB: number | null;
}

export interface RunDiff {
  readonly a: RunSummary;
  readonly b: RunSummary;
  readonly sameData: boolean;
  /** The same held-out cells; null where a run has not come so far. */
  readonly sameSplit: boolean | null;
  /** The same genes kept. */
  readonly sameGenes: boolean | null;
  readonly sameLogBase: boolean;
  readonly testCells: readonly [number | null, number | null];
  readonly keptGenes: readonly [number | null, number | null];
  readonly params: readonly { readonly key: string; readonly a: unknown; readonly b: unknown }[];
  readonly models: readonly DiffModel[];
  readonly randomPanels: readonly [RandomPanels | null, RandomPanels | null];
  readonly panel: {
    readonly sizeA: number;
    readonly sizeB: number;
    readonly shared: number;
    /** Ensembl ids, or names where there is none. */
    readonly onlyA: readonly string[];
    readonly onlyB: readonly string[];
    readonly jaccard: number;
    /** Genes that both runs kept; from these both panels could have been chosen. */
    readonly background: number;
    /** Shared genes that chance would give, and the two-sided p of what is shared, within the background. */
    readonly expected: number | null;
    readonly p: number | null;
    readonly genes: readonly DiffGene[];
  };
}
