/** What preprocessing says when too little is left, with a setting taken from the data that would leave enough. */
import { AppError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import {
  FEWEST_CELLS,
  FEWEST_GENES,
  type CellMetrics,
  type CellThresholds,
} from '../../shared/quality/filters.ts';
import { tooFewCells } from '../../shared/quality/refusal.ts';
import { counted, grouped } from './words.ts';

/** @param metrics of every cell that was asked; the thresholds leave too few of them */
export function refuseTooFewCells(metrics: CellMetrics, thresholds: CellThresholds): AppError {
  return refusal(tooFewCells(metrics, thresholds, null, filter => `\`${filter}\``)!);
}

export function noMitochondrialGenes(): AppError {
  return refusal(
    'The data name no mitochondrial genes (symbols that begin with MT-), so no cell can be judged by its mitochondrial share. Set `maxMitochondrialShare` to 1, which means no limit.',
  );
}

/** @param seenIn per gene the cells with at least `minReads` reads; @param seenAtAll the cells with any */
export function tooFewGenes(
  seenIn: Uint32Array,
  seenAtAll: Uint32Array,
  cells: number,
  params: Pick<Params, 'minReads' | 'minCells'>,
): AppError {
  const left = (seen: Uint32Array, minCells: number): number =>
    seen.reduce((n, inCells) => n + (inCells >= minCells ? 1 : 0), 0);
  const have = `Only ${grouped(left(seenIn, params.minCells))} of ${counted(seenIn.length, 'gene')} have at least ${counted(params.minReads, 'read')} in at least ${params.minCells} of the ${counted(cells, 'cell')}; at least ${FEWEST_GENES} are needed.`;
  const withOneRead = left(seenAtAll, params.minCells);
  if (params.minReads > 1 && withOneRead >= FEWEST_GENES) {
    return refusal(
      `${have} Lower \`minReads\`, for example to 1 (${counted(withOneRead, 'gene')} would stay).`,
    );
  }
  const minCells = Math.max(1, Math.min(params.minCells - 1, Math.floor(cells / 100)));
  const withFewerCells = left(seenAtAll, minCells);
  if (params.minCells > 1 && withFewerCells >= FEWEST_GENES) {
    const reads = params.minReads > 1 ? '`minReads` to 1 and ' : '';
    return refusal(
      `${have} Lower ${reads}\`minCells\`, for example to ${minCells} (${counted(withFewerCells, 'gene')} would stay).`,
    );
  }
  return refusal(`${have} These data hold too few genes; use a table with all genes.`);
}

export function noCountsInKeptGenes(left: number, cells: number, genes: number): AppError {
  return refusal(
    `Only ${grouped(left)} of ${counted(cells, 'cell')} have any count in the ${counted(genes, 'kept gene')}; at least ${FEWEST_CELLS} are needed. Lower \`minReads\` or \`minCells\`, so that more genes are kept.`,
  );
}

function refusal(why: string): AppError {
  return new AppError('NOT_POSSIBLE', why, { what: 'preprocessing', why });
}
