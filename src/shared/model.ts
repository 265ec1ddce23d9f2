/** The nouns of the app as they cross processes and stand in files: data sets, runs, metrics. Plain data only. */
import type { Repetition, RunStep } from './runs.ts';

export type GeneIdKind = 'ensembl' | 'symbol' | 'entrez' | 'panglaodb' | 'unknown';

/** Genes of a data set, one entry per gene in every array. */
export interface GeneTable {
  /** Name as the file gives it; unique in the data set. */
  readonly name: readonly string[];
  readonly symbol: readonly string[];
  /** Ensembl gene id without version, or ''. */
  readonly ensembl: readonly string[];
  /** NCBI Entrez id, or 0. */
  readonly entrez: readonly number[];
  /** Row of the 978 landmarks (by Entrez order), or -1. */
  readonly landmark: readonly number[];
}

/** One categorical column over cells: `codes[c]` indexes `levels`, -1 where a cell has no value. */
export interface LabelColumn {
  readonly name: string;
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

/** What a user says about how to read a path; an option that a reader does not know is refused. */
export interface ReadOptions {
  /** Which of several matrices: genome, group, layer or object name. */
  readonly layer?: string | undefined;
  /** For tables whose orientation cannot be told: what the rows are. */
  readonly rows?: 'genes' | 'cells' | undefined;
  /** The values are already logarithms of this base (of normalised counts + 1). */
  readonly alreadyLog?: number | undefined;
  /** How to treat a cell name that occurs several times. */
  readonly duplicateCells?: 'refuse' | 'rename' | undefined;
  /** Take genes that are not known otherwise for the human ones of the same letters (Actb for ACTB). */
  readonly sameLetters?: boolean | undefined;
}

/** A labels file beside a count file, and which of its columns to use; an empty name says that there is no such column. */
export interface LabelOptions {
  readonly idColumn?: string | undefined;
  readonly typeColumn?: string | undefined;
  readonly experimentColumn?: string | undefined;
  readonly donorColumn?: string | undefined;
  /** Cells to leave out: column and value, e.g. demuxlet_cls = DBL. */
  readonly drop?: readonly { readonly column: string; readonly value: string }[] | undefined;
  /** Leave out cells that the labels file does not name. Without it they stay, unlabelled. */
  readonly dropUnlabelled?: boolean | undefined;
}

/** Which files, read and labelled how: all that an import needs to be repeated. */
export interface ImportRequest {
  readonly files: readonly {
    readonly path: string;
    readonly options: ReadOptions;
    readonly labels?: string | undefined;
    readonly labelOptions?: LabelOptions | undefined;
    /** What the cells of this file are called among those of several files. */
    readonly experiment?: string | undefined;
  }[];
  readonly name?: string | undefined;
}

/** What a reader reports of a path without storing it (terminal: `inspect`). */
export interface InspectReport {
  readonly path: string;
  readonly format: string;
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  readonly totalCounts: number;
  readonly geneIds: GeneIdKind;
  /** How many of the 978 landmarks are present. */
  readonly landmarks: number;
  /** Which matrix of the file was taken, or null where it has one only. */
  readonly layer: string | null;
  readonly rows: 'genes' | 'cells' | null;
  readonly firstGenes: readonly string[];
  readonly firstCells: readonly string[];
  readonly lastGene: string;
  readonly lastCell: string;
  /** Label columns that came inside the file (h5ad obs, loom column attributes, Seurat meta.data). */
  readonly labelColumns: readonly {
    readonly name: string;
    readonly levels: number;
    readonly examples: readonly string[];
  }[];
  readonly warnings: readonly string[];
}

/** Where a data set came from; enough to import it again. */
export interface DatasetSource {
  readonly path: string;
  readonly format: string;
  readonly sha256: string;
  readonly cells: number;
  readonly genes: number;
}

export interface DatasetSummary {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly cells: number;
  readonly genes: number;
  readonly nonzeros: number;
  readonly totalCounts: number;
  readonly landmarks: number;
  readonly geneIds: GeneIdKind;
  /** Base of logarithmic values, or null for counts. */
  readonly alreadyLog: number | null;
  readonly sources: readonly DatasetSource[];
  /** Names of all label columns kept, and which of them play a part. */
  readonly columns: readonly string[];
  readonly roles: {
    readonly type: string | null;
    readonly experiment: string | null;
    readonly donor: string | null;
  };
  readonly types: readonly { readonly type: string; readonly cells: number }[];
  readonly experiments: readonly { readonly experiment: string; readonly cells: number }[];
  /** Simulated data say so wherever they are shown. */
  readonly simulated: boolean;
  readonly warnings: readonly string[];
  /** The request that made it; null for the example, which is simulated anew, and for what was made from another. */
  readonly imported: ImportRequest | null;
  /** The data set that its cells were taken from, where they were; `cells` of that one, `how` in words. */
  readonly madeFrom?:
    | {
        readonly id: string;
        readonly name: string;
        readonly checksum: string;
        readonly cells: number;
        readonly how: string;
      }
    | undefined;
  /** SHA-256 over the stored counts, genes, cells and labels: the identity of the data. */
  readonly checksum: string;
}

/**
 * `running`: at work or waiting for its turn. `paused` and `cancelled`: the user asked for it (Pause and Stop).
 * `interrupted`: the app ended while the run was at work. All three can be resumed, and so can a failed run.
 */
export type RunStatus = 'running' | 'paused' | 'interrupted' | 'cancelled' | 'failed' | 'done';

export interface RunSummary {
  readonly id: string;
  readonly name: string;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly datasetChecksum: string;
  readonly preset: string;
  readonly seed: number;
  readonly status: RunStatus;
  readonly created: string;
  readonly finished: string | null;
  readonly seconds: number | null;
  readonly error: string | null;
  /** One sentence: what the run found. */
  readonly verdict: string | null;
  readonly panelName: string | null;
  readonly panelSize: number | null;
  /** Explained variance of the panel's better model on its own targets, of the test cells. */
  readonly explainedVariance: number | null;
  /** What the user wrote down about the run. */
  readonly note: string;
  /** Set for a run that does another one again. */
  readonly repeats: Repetition | null;
}

export type ModelId =
  | 'mean'
  | 'linear-l1000'
  | 'dnn-l1000'
  | 'select'
  | 'linear-panel'
  | 'dnn-panel'
  | 'linear-f910'
  | 'dnn-f910';

/** Networks of a run: its models, further draws of the one that selects, one on a panel of a scoreboard. */
export type NetworkId = ModelId | `select-${number}` | `board-${string}`;

/** Quartiles of a figure over genes or cells, with how many were left out as undefined. */
export interface Spread {
  readonly median: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly counted: number;
  readonly leftOut: number;
}

/** Scores of one model on the test cells, definitions in docs/metrics (facts of the field). Null: undefined here. */
export interface ModelMetrics {
  readonly id: ModelId;
  readonly inputs: number;
  readonly targets: number;
  readonly mse: number;
  readonly wmse: number;
  /** Explained variance on the model's own targets. */
  readonly ev: number | null;
  /** Explained variance over all genes, measured genes counted as known. */
  readonly evAllGenes: number | null;
  readonly medianGeneR2: number | null;
  readonly geneR2: Spread;
  readonly medianGenePearson: number | null;
  readonly genePearson: Spread;
  /** Correlation over genes of (p - training mean) and (y - training mean), per cell. */
  readonly cellDelta: Spread;
  readonly zeros: {
    readonly mseZero: number | null;
    readonly mseNonzero: number | null;
    readonly shareOfErrorInZeros: number | null;
  };
  readonly perType: readonly {
    readonly type: string;
    readonly cells: number;
    readonly mse: number;
    readonly ev: number | null;
  }[];
  readonly worstType: string | null;
  readonly epochs: number;
  readonly seconds: number;
  /** Ridge strength for linear models. */
  readonly ridge?: number;
  /** Set for `select`: how its group lasso ended. */
  readonly lasso?: {
    readonly lambda: number;
    readonly converged: boolean;
    readonly switchedOff: number;
    readonly genes: number;
  };
  readonly stoppedEarly?: boolean;
}

/** Two models compared on the genes that are targets of both; bootstrap over genes and experiments or cells. */
export interface PairMetrics {
  readonly a: ModelId;
  readonly b: ModelId;
  readonly targets: number;
  readonly evA: number;
  readonly evB: number;
  /** evB - evA with its 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly resampled: string;
}

/** A random panel of the panel's size with the panel's kind of linear model; what is paired is on the genes in neither. */
export interface RandomPanel {
  /** Genes in neither panel. */
  readonly targets: number;
  readonly ev: number;
  /** Explained variance of the run's panel on the same genes. */
  readonly evPanel: number;
  /** Over all genes, measured genes counted as known. */
  readonly evAllGenes: number;
  readonly medianGeneR2: number | null;
  readonly medianGeneR2Panel: number | null;
  /** Ridge strength relative to the mean of the diagonal of X'X. */
  readonly strength: number;
}

/** What chance gives: panels drawn at random from the run's genes. */
export interface RandomPanels {
  /** The panel's model that they are compared with. */
  readonly model: ModelId;
  readonly size: number;
  readonly asked: number;
  /** Those that could be scored. */
  readonly panels: readonly RandomPanel[];
  /** How many explain as much as the run's panel or more, on the genes in neither. */
  readonly asGood: number;
  /** (asGood + 1) / (panels + 1). */
  readonly p: number;
}

/** Which of the parameters' rules chose a panel. */
export type PanelRule =
  'paper' | 'norm' | 'neighbours' | 'distances' | 'mixed' | 'greedy' | 'types' | 'guided';

export interface PanelSummary {
  readonly rule: PanelRule;
  readonly name: string;
  readonly size: number;
  readonly l1000Overlap: number;
  readonly l1000Present: number;
  readonly expectedOverlap: number;
  /** Two-sided hypergeometric p of the overlap with the run's background. */
  readonly p: number | null;
  /** Genes at a cut that tie with one left out. */
  readonly ties: number;
  /** Of further networks on random halves of the training cells, where the run trained them. */
  readonly stability?: PanelStability;
}

/** How alike the panels of several networks are. */
export interface PanelStability {
  readonly draws: number;
  /** Mean over pairs of networks of shared genes over all genes of both panels. */
  readonly jaccard: number;
  /** Panel genes that at least 8 of 10 networks choose, and those that fewer than half do. */
  readonly core: number;
  readonly interchangeable: number;
}

/** What one filter of cells did; a cell that fails several filters is counted at the first. */
export interface CellsLost {
  readonly filter: 'minLibrarySize' | 'maxLibrarySize' | 'minGenesPerCell' | 'maxMitochondrialShare';
  readonly threshold: number;
  readonly lost: number;
}

/** One way in which held-out figures can be too good, and what was found. */
export interface LeakCheck {
  readonly id: 'targets' | 'cells' | 'genes' | 'experiments';
  readonly ok: boolean;
  readonly text: string;
}

export interface RunMetrics {
  readonly schema: 1;
  readonly dataset: {
    readonly id: string;
    readonly name: string;
    readonly cells: number;
    readonly genes: number;
    readonly checksum: string;
    readonly simulated: boolean;
    readonly sources: readonly DatasetSource[];
  };
  readonly preprocess: {
    readonly cellsIn: number;
    readonly cellsBalanced: number;
    readonly cellsKept: number;
    readonly genesIn: number;
    readonly genesKept: number;
    readonly landmarksIn: number;
    readonly landmarksKept: number;
    readonly minLibrarySize: number;
    /** The filters of cells that were on, in their order, with the cells that each removed. Runs of older apps have none. */
    readonly cellFilters?: readonly CellsLost[];
    readonly minReads: number;
    readonly minCells: number;
    readonly targetSum: number;
    readonly alreadyLog: number | null;
    readonly perType: readonly { readonly type: string; readonly before: number; readonly after: number }[];
    readonly perExperiment: readonly {
      readonly experiment: string;
      readonly before: number;
      readonly after: number;
    }[];
    readonly notes: readonly string[];
  };
  readonly split: {
    readonly train: number;
    readonly stop: number;
    readonly test: number;
    readonly seed: number;
    readonly strata: number;
    readonly duplicatedCells: number;
  };
  readonly logBase: number;
  readonly models: readonly ModelMetrics[];
  readonly pairs: readonly PairMetrics[];
  readonly panel: PanelSummary;
  /** Missing in runs that were made without random panels. */
  readonly randomPanels?: RandomPanels;
  /** Ways in which the figures could be too good. Missing in runs of older apps. */
  readonly leaks?: readonly LeakCheck[];
  /** What was left out, each with its reason. */
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
  /** What else a reader should know: a smaller panel than asked for, a sample on the maps, a ridge at its edge. */
  readonly notes: readonly string[];
  readonly verdict: string;
  readonly engine: { readonly name: string; readonly version: string };
  readonly app: { readonly version: string };
  readonly params: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/** One gene of a run's background, as exported and shown. */
export interface PanelGene {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly entrez: number;
  /** 'maximum', 'minimum', 'both' (paper), 'norm', 'stable' or the selector; '' for a gene outside the panel. */
  readonly list: string;
  readonly rankMaximum: number;
  readonly rankMinimum: number;
  readonly maximum: number;
  readonly minimum: number;
  readonly norm: number;
  readonly inPanel: boolean;
  /** Why a selector chose it. */
  readonly reason?: string;
  /** Share of further networks that choose it, where the run trained them. */
  readonly share?: number;
  readonly switchedOff: boolean;
  readonly landmark: boolean;
  /** Mean on the log scale over training cells. */
  readonly mean: number;
  /** Share of training cells with a count above zero. */
  readonly detected: number;
  /** Held-out R2 of the panel's linear model, null for panel genes and constant genes. */
  readonly r2: number | null;
}

/** Loss curves of one network; one entry per epoch. */
export interface TrainingCurve {
  readonly model: ModelId;
  readonly train: readonly number[];
  readonly stop: readonly number[];
  readonly bestEpoch: number;
}

/** Progress of a run, for bars and live curves. `done` and `of` count the phase's own units. */
export interface RunProgress {
  readonly runId: string;
  /** 'waiting' while other runs are before it; then `done` is how many. */
  readonly phase: string;
  /** Plain words for the phase. */
  readonly label: string;
  readonly done: number;
  readonly of: number;
  /** All phases of the run in order; empty while it waits. */
  readonly steps: readonly RunStep[];
  /** Share of the whole run, 0 to 1, by estimated cost. */
  readonly share: number;
  readonly secondsLeft: number | null;
  readonly curve?: {
    readonly model: ModelId;
    readonly epoch: number;
    /** Most epochs of this network. */
    readonly of: number;
    readonly train: number;
    readonly stop: number;
  };
}

/** Progress of work with one phase after another. */
export interface Progress {
  readonly phase: string;
  readonly label: string;
  readonly done: number;
  /** 0 where the end is not known. */
  readonly of: number;
}

export interface EngineInfo {
  /** 'tensorflow' (native) or 'wasm'. */
  readonly name: 'tensorflow' | 'wasm';
  readonly version: string;
  readonly native: boolean;
  /** Why the native engine is not used; empty when it is. */
  readonly why: string;
}
