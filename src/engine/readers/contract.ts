/**
 * The contract of every reader. One conformance suite (test/engine/readers/conformance.ts) holds all of them to it.
 *
 * A reader
 *  - recognises a path by its content, never by its name alone, and without reading all of it;
 *  - loads everything or throws one AppError BAD_FILE that names the file (base name) and the cause;
 *  - hands cells to the sink in the file's order, genes ascending within a cell, zeros left out, in bounded blocks;
 *  - refuses what is not a count (negative, not finite, fraction, missing) unless the user said `alreadyLog`;
 *    never reads a missing value as 0;
 *  - checks every length, pointer and index against the file before using it (input is hostile until parsed);
 *  - stops within a second of an abort, and holds at most a bounded part of a large text file as strings;
 *  - keeps the file's own names: identity, spike-ins, pooling and label roles belong to import.
 */
import type { LabelColumn, Progress, ReadOptions } from '../../shared/model.ts';
import type { RowSink } from '../counts/rows.ts';

/** A path that a user gave: a file, a folder, or a member unpacked from an archive. */
export interface Source {
  /** Where the bytes are. */
  readonly path: string;
  /** Name for messages: the base name the user knows. */
  readonly name: string;
  readonly isFolder: boolean;
}

export interface ReadContext {
  readonly signal: AbortSignal;
  progress(value: Progress): void;
  /** Entry file of a worker thread, as in EngineEnvironment: binary formats are parsed in "reader-worker". */
  readonly worker: (name: string) => URL;
}

/** What stands beside the counts. */
export interface ReadResult {
  readonly format: string;
  /** Which matrix was taken where the file has several ("layers/counts", "raw/X", genome), else null. */
  readonly layer: string | null;
  /** For tables: what the rows were read as; null where the format says it. */
  readonly rows: 'genes' | 'cells' | null;
  /** Gene ids as the file gives them (the identifier column); same length as `symbols`. */
  readonly geneIds: readonly string[];
  /** Gene names beside the ids, or the ids again where there is one column. */
  readonly geneSymbols: readonly string[];
  readonly cellNames: readonly string[];
  /** Categorical columns over cells that came inside the file. */
  readonly labels: readonly LabelColumn[];
  /** Values are logarithms (the user said so), of this base. */
  readonly alreadyLog: number | null;
  /** Sentences for the user: what was left out, renamed or guessed. */
  readonly warnings: readonly string[];
}

export interface Reader {
  /** Name in reports: "10x MTX v3", "h5ad" and so on; a reader of several versions refines it in its result. */
  readonly format: string;
  /** Cheap look at the first bytes or the folder's names. */
  recognises(source: Source): Promise<boolean>;
  read(source: Source, options: ReadOptions, sink: RowSink, context: ReadContext): Promise<ReadResult>;
}
