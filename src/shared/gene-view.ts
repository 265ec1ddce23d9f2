/** What the Genes place shows of one gene of a run. Plain data only. */

/**
 * measured: in the panel; predicted: from the panel, better than its mean; blind: from the panel, no better than its mean;
 * constant: one value in all held-out cells, so that nothing can be said; lost: removed by the gene filter.
 */
export type GeneStanding = 'measured' | 'predicted' | 'blind' | 'constant' | 'lost';

/** Below this R2 on held-out cells a gene counts as blind: its mean would do as well. */
export const BLIND_BELOW = 0.02;

/** R2: null where the gene is constant in the held-out cells. */
export function standingOf(gene: { readonly inPanel: boolean; readonly r2: number | null }): GeneStanding {
  if (gene.inPanel) return 'measured';
  if (gene.r2 === null) return 'constant';
  return gene.r2 < BLIND_BELOW ? 'blind' : 'predicted';
}

export interface GeneMatch {
  /** As the data give it; unique in the data set. */
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly entrez: number;
  readonly landmark: boolean;
  readonly standing: GeneStanding;
  /** The other name under which it was found, or ''. */
  readonly alias: string;
}

export interface GeneMatches {
  /** Best first. */
  readonly matches: readonly GeneMatch[];
  /** A human gene of exactly this name that the data do not have; null where there is none. */
  readonly absent: { readonly symbol: string; readonly description: string; readonly alias: string } | null;
  /** False where the data set was deleted: then only the run's own genes can be found. */
  readonly complete: boolean;
}

/** Another gene that this one is predicted from, or helps to predict, in the panel's linear model. */
export interface GeneLink {
  readonly name: string;
  readonly symbol: string;
  readonly landmark: boolean;
  /** Change of the predicted gene for a change of 1 of the panel gene, on the log scale of the run. */
  readonly coefficient: number;
  /** The same in standard deviations of both genes, over training cells. */
  readonly weight: number;
  /** Pearson correlation of the two over training cells; null where one is constant. */
  readonly correlation: number | null;
}

/** All of held-out cells, on the log scale of the run. */
export interface GeneErrorView {
  /** Ends of the 95 % interval of R2; null where it cannot be given. */
  readonly low: number | null;
  readonly high: number | null;
  /** By how high the gene stands in the cell; root of the mean squared error. */
  readonly levels: readonly {
    readonly level: string;
    readonly cells: number;
    readonly error: number | null;
  }[];
  /** R2 within each cell type, against the mean of all training cells; null where the gene does not vary. */
  readonly types: readonly { readonly type: string; readonly r2: number | null }[];
}

export interface GeneView {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly entrez: number;
  readonly landmark: boolean;
  /** Full name from the gene reference, or ''. */
  readonly description: string;
  readonly standing: GeneStanding;
  /** The gene filter: seen in `cells` of `of` cells with at least `minReads` reads, and `minCells` are needed. */
  readonly filter: {
    readonly cells: number;
    readonly of: number;
    readonly minReads: number;
    readonly minCells: number;
  };
  /** R2 on the held-out cells by the panel's linear model; null for panel genes, constant and lost genes. */
  readonly r2: number | null;
  /** How wrong the prediction is in held-out cells; null for genes that are not predicted, and in runs of earlier versions. */
  readonly errors: GeneErrorView | null;
  /** Panel genes with the largest weights in the prediction of this gene; for genes outside the panel. */
  readonly predictors: readonly GeneLink[];
  /** Genes in whose prediction this gene has the largest weights; for panel genes. */
  readonly helps: readonly GeneLink[];
  /** Measured and predicted values of the same held-out cells, a sample where there are more; for genes outside the panel. */
  readonly scatter: {
    readonly measured: Float32Array;
    readonly predicted: Float32Array;
    readonly cells: number;
  } | null;
  /** Over the kept cells; empty without cell types. */
  readonly types: readonly {
    readonly type: string;
    readonly cells: number;
    readonly mean: number;
    readonly detected: number;
  }[];
}

/** A gene of the panel dropped: shares of the variance of all genes over the training cells. */
export interface GeneSwap {
  /** What the panel explains less without it. */
  readonly cost: number;
  /** The genes that bring most in its place, best first, with what each brings. */
  readonly substitutes: readonly {
    readonly name: string;
    readonly symbol: string;
    readonly landmark: boolean;
    readonly gain: number;
  }[];
}
