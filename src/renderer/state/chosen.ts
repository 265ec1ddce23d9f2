/** Counts on their way into the workspace, from what the user chose to what was found in it. */
import type { InspectReport, ReadOptions } from '../../shared/model.ts';

/** A file or folder as the user chose it. */
export interface Chosen {
  readonly name: string;
  readonly files: readonly File[];
}

/** What the engine was given, and how it shall be read. */
export interface Given {
  readonly name: string;
  /** Path, or upload, as the engine takes it. */
  readonly path: string;
  readonly options: ReadOptions;
  /** What its cells are called among those of several files, where the user has said it. */
  readonly experiment?: string | undefined;
}

export interface Candidate extends Given {
  readonly report: InspectReport;
}

/** Counts that could not be read, and why; may be read another way. */
export interface Refused {
  readonly name: string;
  readonly why: string;
  /** Null where not even the handing over went well. */
  readonly given: Given | null;
  /** The reader asks for a choice that only the user can make. */
  readonly asks: boolean;
}
