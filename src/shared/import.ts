/** What is shown of files before they are stored: labels against the cells, genes that several files share. */
import type { LabelOptions, ReadOptions } from './model.ts';

/** Counts as they were looked at. */
export interface CountsChoice {
  readonly path: string;
  readonly options: ReadOptions;
}

/** A look at labels: those of a labels file against one file of counts, or those that came inside it. */
export interface LabelsRequest {
  readonly counts: CountsChoice;
  /** The labels file; without it the columns inside the counts are looked at. */
  readonly labels?: string | undefined;
  readonly options: LabelOptions;
}

export interface LabelValue {
  readonly value: string;
  readonly cells: number;
}

export interface LabelColumnReport {
  readonly name: string;
  readonly from: 'labels' | 'counts';
  /** Number of different values. */
  readonly levels: number;
  /** The most frequent values, most frequent first. */
  readonly values: readonly LabelValue[];
  /** Why it cannot be used as a label, continuing "it"; null where it can. */
  readonly unfit: string | null;
}

export interface LabelsReport {
  /** Cells of the counts. */
  readonly cells: number;
  /** Cells that have a row in the labels file; all of them for labels inside the counts. */
  readonly matched: number;
  /** Rows of the labels file that name no cell of the counts. */
  readonly rowsWithoutCell: number;
  /** A few cells without a row, and a few names of rows without a cell. */
  readonly cellsWithoutRow: readonly string[];
  readonly namesWithoutCell: readonly string[];
  /** Column with the cell names; null for labels inside the counts. */
  readonly idColumn: string | null;
  /** Every column of the labels file, for choosing the one with the cell names. */
  readonly header: readonly string[];
  readonly columns: readonly LabelColumnReport[];
  /** Columns that are used, and in a few words why; null where none is. */
  readonly roles: {
    readonly type: LabelRole | null;
    readonly experiment: LabelRole | null;
    readonly donor: LabelRole | null;
  };
  /** Cells that stay after those to leave out. */
  readonly kept: number;
  readonly warnings: readonly string[];
  /** Why these labels cannot be used as they are; null where they can. */
  readonly problem: string | null;
}

export interface LabelRole {
  readonly column: string;
  /** "chosen by you", "by its name", "the only column of labels". */
  readonly why: string;
}

/** What several files have in common. */
export interface PoolReport {
  readonly cells: number;
  /** Genes that all files have; 0 where they cannot be pooled. */
  readonly genes: number;
  readonly landmarks: number;
  readonly files: readonly { readonly name: string; readonly genes: number; readonly landmarks: number }[];
  readonly warnings: readonly string[];
}

/** Which of the 978 landmarks a data set measures. */
export interface LandmarkReport {
  readonly present: readonly string[];
  readonly missing: readonly string[];
  /** How each landmark that is present was found, in the order of the list. */
  readonly found: readonly FoundLandmark[];
}

export interface FoundLandmark {
  readonly symbol: string;
  /** As the file names it. */
  readonly name: string;
  readonly by: 'ensembl' | 'entrez' | 'symbol' | 'other name';
}
