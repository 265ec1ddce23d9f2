/** What is said of runs beside their results: estimates before the start, the bin, the reference. Plain data only. */

/** A number that is said beforehand, and what it rests on. */
export interface Estimated {
  /** One sentence: from what the number was made. */
  readonly basis: string;
  /** Not measured on this computer, or of counts that were not looked at yet. */
  readonly rough: boolean;
}

/** What a run would need, from its data set and parameters. */
export interface RunEstimate {
  /** Cells and genes that would be kept; null where too few are left. */
  readonly kept: {
    readonly cells: number;
    readonly genes: number;
    readonly landmarks: number;
    readonly train: number;
    readonly stop: number;
    readonly test: number;
  } | null;
  /** Bytes at the peak, and bytes that the computer can give now. */
  readonly memory: (Estimated & { readonly bytes: number; readonly available: number }) | null;
  /** Bytes that the run will write, and bytes free on the disk of the workspace; null where the system does not tell. */
  readonly disk: (Estimated & { readonly bytes: number; readonly available: number | null }) | null;
  /** Seconds, and seconds at most: with every network trained to its last epoch. */
  readonly time: (Estimated & { readonly seconds: number; readonly atMost: number }) | null;
  /** What will be done, in order. */
  readonly steps: readonly (RunStep & { readonly seconds: number })[];
  /** Why the run would refuse, in the sentences that it would give; empty when nothing stands in its way. */
  readonly refusals: readonly string[];
}

/** One part of a run, in plain words. */
export interface RunStep {
  readonly phase: string;
  readonly label: string;
}

/** Something that happened in a run. */
export interface RunEvent {
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
}

/** A run that was started to do another one again, and what came of it. */
export interface Repetition {
  /** The run that was repeated. */
  readonly id: string;
  readonly name: string;
  /** Whether the panels have the same genes; null until both are finished, or where the other one is gone. */
  readonly samePanel: boolean | null;
  /** Whether every score and weight is the same number. */
  readonly sameNumbers: boolean | null;
}

/** A data set or run in the bin. */
export interface BinItem {
  /** Name of the entry, for `bin.restore`. */
  readonly entry: string;
  readonly kind: 'dataset' | 'run';
  readonly id: string;
  readonly name: string;
  /** When it was deleted, ISO 8601. */
  readonly deleted: string;
  readonly bytes: number;
}

/** Bytes that data sets, runs and the bin take on the disk, and bytes that are free. */
export interface DiskUse {
  readonly datasets: number;
  readonly runs: number;
  readonly bin: number;
  readonly free: number | null;
}

/** The gene reference that comes with the app, and the landmark list. */
export interface ReferenceInfo {
  readonly source: string;
  readonly package: string;
  readonly licence: string;
  /** Dates of the releases, YYYY-MM-DD. */
  readonly entrezGene: string;
  readonly ensembl: string;
  readonly genes: number;
  readonly landmarks: number;
}
