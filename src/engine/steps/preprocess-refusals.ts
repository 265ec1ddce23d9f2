/** What preprocessing says when too little is left, with a setting taken from the data that would leave enough. */
import { AppError } from '../../shared/errors.ts';
import { quantile } from '../../core/quantiles.ts';
import type { Params } from '../../shared/params.ts';
import { counted, grouped } from './words.ts';

/** Fewer cells cannot be split into train, stop and test cells; fewer genes leave nothing to choose from. */
export const FEWEST_CELLS = 20;
export const FEWEST_GENES = 20;

/** @param librarySize of every cell that was asked */
export function tooFewCells(librarySize: Float64Array, left: number, minLibrarySize: number): AppError {
  const cells = librarySize.length;
  if (cells < FEWEST_CELLS) {
    return refusal(
      `The data have ${counted(cells, 'cell')}; at least ${FEWEST_CELLS} are needed. Add more cells, or pool several files.`,
    );
  }
  const have = `Only ${grouped(left)} of ${counted(cells, 'cell')} have at least ${counted(minLibrarySize, 'count')}; at least ${FEWEST_CELLS} are needed.`;
  const value = lowerLibrarySize(librarySize);
  const stay = librarySize.reduce((n, size) => n + (size >= value ? 1 : 0), 0);
  return refusal(
    `${have} Lower \`minLibrarySize\`, for example to ${value} (${counted(stay, 'cell')} would stay).`,
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

/** The largest of 1, 2, 5, 10, 20, ... that keeps nine cells in ten, or 0. */
function lowerLibrarySize(librarySize: Float64Array): number {
  const reach = quantile(librarySize.slice().sort(), 0.1);
  if (reach < 1) return 0;
  const power = 10 ** Math.floor(Math.log10(reach));
  return power * [5, 2, 1].find(step => step * power <= reach)!;
}

function refusal(why: string): AppError {
  return new AppError('NOT_POSSIBLE', why, { what: 'preprocessing', why });
}
