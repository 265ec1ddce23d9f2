/** The cells that the filters of a recipe keep, of which some or all are shown, with what is known of each. */
import type { MapSettings, ShownCells } from '../../shared/explore.ts';
import type { Params } from '../../shared/params.ts';
import type { CellRows } from '../counts/rows.ts';
import { shownCells } from '../embed/embed.ts';
import { labelsOf } from '../recipe/prepare.ts';
import { readCells, sparseBlock } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import { LogRows } from '../steps/log-rows.ts';
import { preprocess, type Preprocessed } from '../steps/preprocess.ts';
import type { Dataset } from '../workspace/dataset.ts';

export interface PreparedCells {
  readonly preprocessed: Preprocessed;
  /** Kept cells x kept genes on the log scale of the recipe. */
  readonly rows: CellRows;
  readonly shown: ShownCells;
  /** Factor that normalises each shown cell. */
  readonly scale: Float32Array;
}

/** @throws AppError NOT_POSSIBLE where the filters leave too little, CANCELLED */
export async function prepareCells(
  dataset: Dataset,
  params: Params,
  settings: MapSettings,
  context: StepContext,
): Promise<PreparedCells> {
  const { alreadyLog } = dataset.summary;
  const labels = labelsOf(dataset);
  const preprocessed = await preprocess(dataset.rows, dataset.genes, labels, params, alreadyLog, context);
  const kept = preprocessed.cells;
  const rows = shownCells(kept.length, settings.cells, settings.seed);
  const pick = <T>(all: ArrayLike<T>): ArrayLike<T> =>
    rows === null ? all : Array.from(rows, row => all[row]!);
  const cells = Int32Array.from(pick(kept));
  const librarySize = Float32Array.from(pick(preprocessed.librarySize));
  return {
    preprocessed,
    rows: new LogRows(dataset.rows, preprocessed),
    scale: Float32Array.from(pick(preprocessed.scale)),
    shown: {
      cells,
      kept: kept.length,
      total: dataset.summary.cells,
      librarySize,
      detected: Float32Array.from(pick(preprocessed.detected)),
      ...(await mitochondrialShare(dataset, cells, librarySize, context)),
    },
  };
}

/** Share of each cell's counts in genes of the mitochondrial genome, whose symbols begin with MT-. */
async function mitochondrialShare(
  dataset: Dataset,
  cells: Int32Array,
  librarySize: Float32Array,
  context: StepContext,
): Promise<Pick<ShownCells, 'mitochondrial' | 'mitochondrialGenes'>> {
  const flags = Uint8Array.from(dataset.genes.symbol, symbol => (/^mt-/i.test(symbol) ? 1 : 0));
  const mitochondrialGenes = flags.reduce((sum, flag) => sum + flag, 0);
  if (mitochondrialGenes === 0) return { mitochondrial: new Float32Array(0), mitochondrialGenes };
  const { alreadyLog } = dataset.summary;
  const countOf = (value: number): number =>
    alreadyLog === null ? value : Math.expm1(value * Math.log(alreadyLog));
  const shares = new Float32Array(cells.length);
  const task = {
    phase: 'mitochondrial',
    label: 'Counting mitochondrial genes',
    of: cells.length,
    block: sparseBlock(dataset.rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = readCells(dataset.rows, cells, from, to);
    for (let r = 0; r < to - from; r++) {
      let sum = 0;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) if (flags[idx[e]!] === 1) sum += countOf(val[e]!);
      shares[from + r] = sum / (librarySize[from + r] || 1);
    }
  });
  return { mitochondrial: shares, mitochondrialGenes };
}
