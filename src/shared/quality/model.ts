/** What the Quality place is told: every cell's metrics once, and what the gene filter would do. */
import type { LabelColumn } from '../model.ts';

/** One entry a cell of the data set in every array. */
export interface CellQuality {
  readonly datasetId: string;
  readonly librarySize: Float64Array;
  readonly detected: Int32Array;
  /** Null where the data name no mitochondrial gene. */
  readonly mitochondrialShare: Float64Array | null;
  readonly mitochondrialGenes: number;
  /** The columns that play these parts, or null. */
  readonly type: LabelColumn | null;
  readonly experiment: LabelColumn | null;
}

/** A landmark that is in the data and that the gene filter removes. */
export interface LostLandmark {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  /** Kept cells with at least `minReads` reads of it. */
  readonly seenIn: number;
  /** Kept cells with any read of it. */
  readonly anyIn: number;
}

/** What another setting of the gene filter would keep. */
export interface GeneFilterOption {
  readonly minReads: number;
  readonly minCells: number;
  readonly genes: number;
  readonly landmarks: number;
}

export interface GeneFilterPreview {
  /** Cells after balancing, after the filters of cells, and with any count in a kept gene. */
  readonly cellsBalanced: number;
  readonly cellsFiltered: number;
  readonly cellsKept: number;
  readonly genesIn: number;
  readonly genesKept: number;
  readonly landmarksIn: number;
  readonly landmarksKept: number;
  readonly lostLandmarks: readonly LostLandmark[];
  /** The present setting and gentler ones, fewest genes first; none keeps fewer landmarks than the one before it. */
  readonly options: readonly GeneFilterOption[];
}
