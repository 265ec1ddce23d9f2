/** Quality of cells from the stored counts: library size, detected genes and mitochondrial share, in one pass. */
import type { GeneTable } from '../../shared/model.ts';
import { isMitochondrial } from '../../shared/quality/filters.ts';
import type { CellRows } from '../counts/rows.ts';
import { readCells, sparseBlock } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';

/** One entry for each of the cells that were asked. */
export interface QualityOfCells {
  readonly librarySize: Float64Array;
  readonly detected: Int32Array;
  /** 0 for a cell without counts; null where no gene is mitochondrial. */
  readonly mitochondrialShare: Float64Array | null;
  readonly mitochondrialGenes: number;
}

/** @param countOf the count behind a stored value */
export async function cellQuality(
  rows: CellRows,
  genes: Pick<GeneTable, 'symbol'>,
  cells: Int32Array,
  countOf: (value: number) => number,
  context: StepContext,
): Promise<QualityOfCells> {
  const mitochondrial = Uint8Array.from(genes.symbol, symbol => (isMitochondrial(symbol) ? 1 : 0));
  const librarySize = new Float64Array(cells.length);
  const detected = new Int32Array(cells.length);
  const inMitochondria = new Float64Array(cells.length);
  const task = {
    phase: 'preprocess',
    label: 'Adding up counts per cell',
    of: cells.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = readCells(rows, cells, from, to);
    for (let k = from; k < to; k++) {
      const start = ptr[k - from]!;
      const end = ptr[k - from + 1]!;
      let sum = 0;
      let mitochondrialSum = 0;
      for (let e = start; e < end; e++) {
        const counts = countOf(val[e]!);
        sum += counts;
        if (mitochondrial[idx[e]!] === 1) mitochondrialSum += counts;
      }
      librarySize[k] = sum;
      detected[k] = end - start;
      inMitochondria[k] = mitochondrialSum;
    }
  });
  const mitochondrialGenes = mitochondrial.reduce((n, flag) => n + flag, 0);
  const mitochondrialShare =
    mitochondrialGenes === 0
      ? null
      : inMitochondria.map((sum, k) => (librarySize[k]! > 0 ? sum / librarySize[k]! : 0));
  return { librarySize, detected, mitochondrialShare, mitochondrialGenes };
}

/** What a stored value counts: itself, or what stands behind the logarithm of a count + 1. */
export function countsBehind(alreadyLog: number | null): (value: number) => number {
  if (alreadyLog === null) return value => value;
  const scale = Math.log(alreadyLog);
  return value => Math.expm1(value * scale);
}
