/** Memory and disk that a run needs, and the refusal where the computer has less. */
import { AppError } from '../../shared/errors.ts';
import type { Params } from '../../shared/params.ts';
import { estimateNetworkMemory } from '../models/network-memory.ts';
import { range } from '../steps/cells.ts';
import { networkWeights, type Sizes } from './plan.ts';

/** Share of the available memory that the modelled matrix, or the products of its genes, may take, and their limit. */
const MATRIX_SHARE = 0.4;
const MATRIX_MOST = 1.2e9;

/** Bytes that the modelled matrix may take in the memory of one process; beyond, it is computed while it is read. */
export function matrixLimit(available: number): number {
  return Math.min(MATRIX_MOST, available * MATRIX_SHARE);
}

/** Bytes that the largest training needs beyond the counts: that of the network that selects. */
export function trainingMemory(genes: number, params: Pick<Params, 'hidden' | 'batch'>): number {
  const all = range(genes);
  return estimateNetworkMemory({ inputs: all, targets: all, hidden: params.hidden, batch: params.batch });
}

/**
 * Bytes that a run writes at the peak: 4 per weight of the finished networks; 16 per weight of the largest checkpoint
 * (weight, two moments, best), twice while the new one is written beside the old one; maps and the table of genes.
 */
export function runDisk({ cells, genes, landmarks, panel }: Sizes, params: Params): number {
  const weights = (inputs: number): number => networkWeights(inputs, params.hidden, genes - inputs);
  const select = networkWeights(genes, params.hidden, genes);
  const finished = select + weights(panel) + (landmarks > 0 ? weights(landmarks) : 0);
  const maps = params.embeddings ? cells * 80 : 0;
  return 4 * finished + 32 * select + maps + genes * 400 + 1e6;
}

/** The refusal of a run that needs more memory than there is, or null. */
export function memoryRefusal(needed: number, available: number): AppError | null {
  if (needed <= available) return null;
  return new AppError(
    'NO_ROOM',
    `This run needs about ${gigabytes(needed)} GB of memory and ${gigabytes(available)} GB are free. Close other programs, or lower \`hidden\`, or raise \`minCells\` so that fewer genes are kept.`,
    { needed, available, of: 'memory' },
  );
}

/** The same for the disk of the workspace. @param available null where the system does not tell */
export function diskRefusal(needed: number, available: number | null): AppError | null {
  if (available === null || needed <= available) return null;
  return new AppError(
    'NO_ROOM',
    `This run needs about ${gigabytes(needed)} GB on the disk of the workspace and ${gigabytes(available)} GB are free. Empty the bin, free some space on that disk, or lower \`hidden\`.`,
    { needed, available, of: 'disk' },
  );
}

function gigabytes(bytes: number): string {
  const size = bytes / 2 ** 30;
  return size < 0.1 ? size.toPrecision(1) : size.toFixed(1);
}
