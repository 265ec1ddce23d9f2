/**
 * From imported counts to what is modelled: which cells and genes stay, and the factor that normalises each cell.
 * Order and thresholds are the paper's: balance types, remove shallow cells (and by the other filters of cells, which
 * are off unless asked for), remove rare genes, normalise library sizes over the kept genes (scprep's formulas), take
 * logarithms. The values themselves are made by LogRows.
 */
import type { GeneTable, LabelColumn, RunMetrics } from '../../shared/model.ts';
import { logBaseOf, type Params } from '../../shared/params.ts';
import {
  activeFilters,
  FEWEST_CELLS,
  FEWEST_GENES,
  FILTER_OFF,
  firstFailures,
  lossesOf,
  type CellFilter,
} from '../../shared/quality/filters.ts';
import type { CellRows } from '../counts/rows.ts';
import { balance } from './balance.ts';
import { cellQuality, countsBehind } from './cell-quality.ts';
import { range } from './cells.ts';
import type { StepContext } from './context.ts';
import { countLabels, UNLABELLED } from './labels.ts';
import {
  noCountsInKeptGenes,
  noMitochondrialGenes,
  refuseTooFewCells,
  tooFewGenes,
} from './preprocess-refusals.ts';
import { cellsPerGene, cellTotals } from './tally.ts';
import { counted, grouped } from './words.ts';

export type PreprocessParams = Pick<
  Params,
  'seed' | 'maxCellsPerType' | CellFilter | 'minReads' | 'minCells' | 'targetSum' | 'logBase'
>;

/** How a stored value v of cell c becomes a value of the run: log(v * scale[c] + 1), or v * factor. */
export type Transform =
  { readonly from: 'counts'; readonly logBase: number } | { readonly from: 'logs'; readonly factor: number };

export interface Preprocessed {
  /** Kept cells, as ascending positions in the data set. */
  readonly cells: Int32Array;
  /** Kept genes, as ascending positions in the data set. */
  readonly genes: Int32Array;
  /** Entries of kept cells in kept genes. */
  readonly nonzeros: number;
  /** Per kept cell: targetSum / counts in kept genes; 1 where the values are logarithms already. */
  readonly scale: Float64Array;
  readonly transform: Transform;
  /** Per kept cell: counts over all imported genes (for logarithms, of the normalised counts behind them). */
  readonly librarySize: Float64Array;
  /** Per kept cell: imported genes with a count above zero. */
  readonly detected: Int32Array;
  /** Per gene of the data set: cells with at least `minReads` reads, of the `cellsLooked` that the filters of cells left. */
  readonly seenIn: Uint32Array;
  readonly cellsLooked: number;
  readonly report: RunMetrics['preprocess'];
}

interface Labels {
  readonly type: LabelColumn | null;
  readonly experiment: LabelColumn | null;
}

/** Lets every stored entry count as seen: entries are never zero. */
export const ANY = 0;

/**
 * @param alreadyLog base of the stored values where they are logarithms of normalised counts + 1: then the filters of
 *   cells do not apply, a gene counts as seen where its value is above zero, and nothing is normalised
 * @throws AppError NOT_POSSIBLE where too few cells or genes are left, with a setting that would leave enough
 */
export async function preprocess(
  rows: CellRows,
  genes: GeneTable,
  labels: Labels,
  params: PreprocessParams,
  alreadyLog: number | null,
  context: StepContext,
): Promise<Preprocessed> {
  const notes: string[] = [];
  const balanced = balance(rows.cells, labels.type, params, notes);

  const countOf = countsBehind(alreadyLog);
  const imported = await cellQuality(rows, genes, balanced, countOf, context);
  const thresholds = alreadyLog === null ? params : FILTER_OFF;
  if (imported.mitochondrialShare === null && thresholds.maxMitochondrialShare < 1)
    throw noMitochondrialGenes();
  const failures = firstFailures(imported, thresholds);
  const deep = balanced.filter((_, k) => failures[k]! < 0);
  if (deep.length < FEWEST_CELLS) throw refuseTooFewCells(imported, thresholds);

  const minReads = alreadyLog === null ? params.minReads : ANY;
  const seenIn = await cellsPerGene(rows, deep, minReads, context);
  const keptGenes = range(rows.genes).filter(gene => seenIn[gene]! >= params.minCells);
  if (keptGenes.length < FEWEST_GENES) {
    const seenAtAll = minReads === ANY ? seenIn : await cellsPerGene(rows, deep, ANY, context);
    throw tooFewGenes(seenIn, seenAtAll, deep.length, params);
  }

  const kept = await cellTotals(rows, deep, keptGenes, countOf, context);
  const cells = deep.filter((_, k) => kept.entries[k]! > 0);
  if (cells.length < FEWEST_CELLS) throw noCountsInKeptGenes(cells.length, deep.length, keptGenes.length);
  if (cells.length < deep.length) {
    const removed = counted(deep.length - cells.length, 'cell had', 'cells had');
    notes.push(`${removed} no counts in the kept genes and could not be normalised: removed.`);
  }

  const base = logBaseOf(params);
  let transform: Transform = { from: 'counts', logBase: base };
  if (alreadyLog !== null) {
    transform = { from: 'logs', factor: Math.log(alreadyLog) / Math.log(base) };
    notes.push(...logNotes(alreadyLog, base, params));
  }
  const position = positionsIn(balanced, cells);
  return {
    cells,
    genes: keptGenes,
    nonzeros: kept.entries.reduce((sum, entries) => sum + entries, 0),
    scale: kept.sum
      .filter((_, k) => kept.entries[k]! > 0)
      .map(sum => (alreadyLog === null ? params.targetSum / sum : 1)),
    transform,
    librarySize: Float64Array.from(position, k => imported.librarySize[k]!),
    detected: position.map(k => imported.detected[k]!),
    seenIn,
    cellsLooked: deep.length,
    report: {
      cellsIn: rows.cells,
      cellsBalanced: balanced.length,
      cellsKept: cells.length,
      ...geneReport(genes, keptGenes),
      minLibrarySize: params.minLibrarySize,
      cellFilters: lossesOf(failures, thresholds),
      minReads: params.minReads,
      minCells: params.minCells,
      targetSum: params.targetSum,
      alreadyLog,
      ...labelReport(labels, cells),
      notes,
    },
  };
}

function geneReport(genes: GeneTable, kept: Int32Array) {
  return {
    genesIn: genes.name.length,
    genesKept: kept.length,
    landmarksIn: genes.landmark.filter(row => row >= 0).length,
    landmarksKept: kept.filter(gene => genes.landmark[gene]! >= 0).length,
  };
}

function labelReport(labels: Labels, cells: Int32Array) {
  return {
    perType: beforeAndAfter(labels.type, cells).map(({ level, ...n }) => ({ type: level, ...n })),
    perExperiment: beforeAndAfter(labels.experiment, cells).map(({ level, ...n }) => ({
      experiment: level,
      ...n,
    })),
  };
}

/** Where the entries of an ascending list stand in another ascending list that holds them all. */
function positionsIn(all: Int32Array, some: Int32Array): Int32Array {
  let k = 0;
  return some.map(value => {
    while (all[k] !== value) k++;
    return k;
  });
}

/** Cells of each label before anything was removed and now; cells without a label last, where there are any. */
function beforeAndAfter(
  column: LabelColumn | null,
  cells: Int32Array,
): { level: string; before: number; after: number }[] {
  if (column === null) return [];
  const before = countLabels(column, range(column.codes.length));
  const after = countLabels(column, cells);
  return [...column.levels, UNLABELLED]
    .map((level, k) => ({ level, before: before[k]!, after: after[k]! }))
    .filter(({ before }) => before > 0);
}

function logNotes(alreadyLog: number, base: number, params: PreprocessParams): string[] {
  const name = (b: number): string => (b === Math.E ? 'e' : grouped(b));
  const notes = [
    'The values are logarithms already, so no cell was removed for its library size and nothing was normalised; a gene counts as seen in a cell where its value is above 0.',
  ];
  const ignored = activeFilters(params).filter(filter => filter !== 'minLibrarySize');
  if (ignored.length > 0) {
    notes.push(`Filters of cells need counts and were not applied: ${ignored.join(', ')}.`);
  }
  if (Math.abs(alreadyLog - base) > 1e-6) {
    notes.push(`The logarithms were converted from base ${name(alreadyLog)} to base ${name(base)}.`);
  }
  return notes;
}
