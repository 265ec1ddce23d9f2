/** Prediction of genes that were not measured in new cells: what is asked for and what is said about it. */
import { z } from 'zod';
import { listSource } from './enrichment.ts';

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);

export const PREDICTION_FORMATS = ['h5ad', 'mtx', 'csv'] as const;
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];

export const predictRequest = z.strictObject({
  run: id,
  /** The new cells, as a stored data set. */
  dataset: id,
  /** Genes that were measured; without it, the panel of the run. */
  panel: listSource.optional(),
});
export const predictWriteRequest = predictRequest.extend({
  format: z.enum(PREDICTION_FORMATS).default('h5ad'),
  out: z.string().min(1).max(4096),
});
/** `mtx` and `csv` come as a zip of their files. */
export const predictFileRequest = predictRequest.extend({
  format: z.enum(PREDICTION_FORMATS).default('h5ad'),
});

/**
 * `measured`: goes in. `predictable`: held-out R2 of at least .1, and above 0 in the lower end of its interval. `weak`: above 0.
 * `blind`: its mean would do as well.
 */
export type Trust = 'measured' | 'predictable' | 'weak' | 'blind';

/** Held-out R2 from which on a gene counts as predictable. */
export const PREDICTABLE = 0.1;

export interface GeneTrust {
  readonly name: string;
  readonly symbol: string;
  readonly ensembl: string;
  readonly trust: Trust;
  /** Held-out R2 of the model in the form it is used in; null where the gene is constant. */
  readonly r2: number | null;
}

export interface PredictionReport {
  readonly run: string;
  readonly dataset: string;
  readonly cells: number;
  readonly genes: number;
  /** Genes of the panel, those of them in the new data, and how they were found. */
  readonly panel: number;
  readonly found: number;
  readonly missing: readonly string[];
  readonly foundBy: Readonly<Record<string, number>>;
  /** Explained variance of the genes that were not measured, in the held-out cells of the run, in this very form. */
  readonly promised: number | null;
  /** The same with the whole panel scaled by the whole library, as the run scored it; null for a list of one's own. */
  readonly ofRun: number | null;
  readonly testCells: number;
  readonly ridge: number;
  readonly trust: Readonly<Record<Trust, number>>;
  /** New cells that are farther from the mean cell than 99 of 100 held-out cells are. */
  readonly unlike: number;
  /** New cells without any count in the panel, for which nothing can be predicted. */
  readonly empty: number;
  readonly notes: readonly string[];
}

export function trustOf(measured: boolean, r2: number | null, lower: number | null): Trust {
  if (measured) return 'measured';
  if (r2 === null || r2 <= 0) return 'blind';
  return r2 >= PREDICTABLE && (lower ?? 0) > 0 ? 'predictable' : 'weak';
}
