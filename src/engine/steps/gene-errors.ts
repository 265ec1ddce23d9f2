/**
 * How wrong the panel's linear model is about every gene that is not measured, in the test cells: with an interval, by how
 * high the gene stands in the cell, and by cell type. Kept with the run, for the card of a gene and for the export.
 */
import type { CellRows } from '../counts/rows.ts';
import type { RidgeModel } from '../models/ridge.ts';
import { decodeTensors, encodeTensors, type NamedTensor } from '../models/tensors-file.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import { denseBlock, readCells } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import { geneInterval } from './gene-interval.ts';
import { isType } from './labels.ts';
import type { ModelScore } from './metrics.ts';
import { columnMap, fillDense } from './predictor.ts';
import type { TestSet, TrainingMeans } from './test-set.ts';

/** In cells: not seen; seen, up to its mean over the training cells that show it; above. */
export const LEVELS = ['not detected', 'low', 'high'] as const;
/** Panel genes named for each gene. */
const CARRIERS = 3;

/** Genes are those of the run; NaN and -1 where nothing can be said, as for panel genes. */
export interface GeneErrors {
  readonly genes: number;
  /** Ends of the 95 % interval of the held-out R2. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** levels x genes: test cells, and the root of their mean squared error on the log scale. */
  readonly levelCells: Float32Array;
  readonly levelError: Float32Array;
  readonly types: readonly string[];
  /** types x genes: 1 - squared error / that of the training mean, in the test cells of the type. */
  readonly typeR2: Float32Array;
  /** places x genes: the panel genes with the largest standardised coefficients, as columns of the run. */
  readonly carriers: Float32Array;
}

const FILE = 'gene-errors.safetensors';
const KEYS = ['low', 'high', 'levelCells', 'levelError', 'typeR2', 'carriers'] as const;

/** One figure of a gene; null where nothing can be said. @param row level, type or 0 */
export function errorOf(
  errors: GeneErrors,
  figure: Exclude<(typeof KEYS)[number], 'carriers'>,
  gene: number,
  row = 0,
): number | null {
  const value = errors[figure][row * errors.genes + gene]!;
  return Number.isNaN(value) ? null : value;
}

/** The panel genes that carry a gene, as columns of the run, the most important first. */
export function carriersOf({ carriers, genes }: GeneErrors, gene: number): number[] {
  const places = Array.from(
    { length: carriers.length / genes },
    (_, place) => carriers[place * genes + gene]!,
  );
  return places.filter(column => column >= 0);
}

/** @param score of the same model on the same cells. @throws AppError CANCELLED */
export async function geneErrors(
  model: RidgeModel,
  score: ModelScore,
  rows: CellRows,
  test: TestSet,
  training: TrainingMeans,
  context: StepContext,
): Promise<GeneErrors> {
  const { inputs, targets } = model;
  const width = targets.length;
  const { genes } = test;
  const typical = Float32Array.from(targets, gene => training.means[gene]! / (training.detected[gene]! || 1));
  const types = (test.types?.levels ?? []).flatMap((level, code) => (isType(level) ? [{ level, code }] : []));
  const rowOfCode = new Map(types.map(({ code }, row) => [code, row]));
  const cells = new Float64Array(LEVELS.length * width);
  const error = new Float64Array(LEVELS.length * width);
  const typeError = new Float64Array(types.length * width);
  const typeVariance = new Float64Array(types.length * width);
  const inputMap = columnMap(inputs, rows.genes);
  const targetMap = columnMap(targets, rows.genes);
  const block = denseBlock(Math.max(inputs.length, width));
  const [x, truth] = [new Float32Array(block * inputs.length), new Float32Array(block * width)];
  const task = { phase: 'score', label: 'Looking at every gene', of: test.cells.length, block };
  await inBlocks(context, task, (from, to) => {
    const some = readCells(rows, test.cells, from, to);
    fillDense(some, inputMap, inputs.length, x);
    fillDense(some, targetMap, width, truth);
    const prediction = model.predict(x.subarray(0, (to - from) * inputs.length), to - from);
    for (let k = from; k < to; k++) {
      const row = (k - from) * width;
      const type = rowOfCode.get(test.types?.codes[k] ?? -1);
      for (let t = 0; t < width; t++) {
        const y = truth[row + t]!;
        const squared = (y - prediction[row + t]!) ** 2;
        const level = (y === 0 ? 0 : y <= typical[t]! ? 1 : 2) * width + t;
        cells[level]!++;
        error[level]! += squared;
        if (type === undefined) continue;
        typeError[type * width + t]! += squared;
        typeVariance[type * width + t]! += (y - test.means[targets[t]!]!) ** 2;
      }
    }
  });
  const intervals = Array.from(targets, (gene, at) =>
    geneInterval(score.r2[at]!, { errors: score.groupError, width, at }, test, gene),
  );
  /** Rows over the targets, as rows over all genes. */
  const spread = (rowCount: number, value: (row: number, t: number) => number, none = NaN): Float32Array => {
    const out = new Float32Array(rowCount * genes).fill(none);
    for (let row = 0; row < rowCount; row++)
      targets.forEach((gene, t) => (out[row * genes + gene] = value(row, t)));
    return out;
  };
  const carriers = largestInputs(model, test);
  return {
    genes,
    low: spread(1, (_, t) => intervals[t]!.low),
    high: spread(1, (_, t) => intervals[t]!.high),
    levelCells: spread(LEVELS.length, (level, t) => cells[level * width + t]!),
    levelError: spread(LEVELS.length, (level, t) =>
      Math.sqrt(error[level * width + t]! / cells[level * width + t]!),
    ),
    types: types.map(({ level }) => level),
    typeR2: spread(types.length, (type, t) => {
      const variance = typeVariance[type * width + t]!;
      return variance > 0 ? 1 - typeError[type * width + t]! / variance : NaN;
    }),
    carriers: spread(CARRIERS, (place, t) => carriers[t]![place] ?? -1, -1),
  };
}

/** For each target, the inputs whose values move it most. */
function largestInputs({ inputs, targets, coefficients }: RidgeModel, { variance }: TestSet): number[][] {
  const width = targets.length;
  const spreads = Float64Array.from(inputs, gene => Math.sqrt(variance[gene]!));
  return Array.from(targets, (_, t) => {
    const weight = (k: number): number => Math.abs(coefficients[k * width + t]!) * spreads[k]!;
    const best: number[] = [];
    for (let k = 0; k < inputs.length; k++) {
      if (best.length === CARRIERS && !(weight(k) > weight(best.at(-1)!))) continue;
      const at = best.findIndex(other => weight(k) > weight(other));
      best.splice(at < 0 ? best.length : at, 0, k);
      if (best.length > CARRIERS) best.pop();
    }
    return best.filter(k => weight(k) > 0).map(k => inputs[k]!);
  });
}

export function storeGeneErrors(folder: RunFolder, errors: GeneErrors): void {
  const { genes, types } = errors;
  const tensors = KEYS.map((key): [string, NamedTensor] => [
    key,
    { shape: [errors[key].length / genes, genes], data: errors[key] },
  ]);
  folder.writeBytes(FILE, encodeTensors(new Map(tensors), { types: JSON.stringify(types) }));
}

/** Null for a run of an earlier version, which did not keep them. */
export function loadGeneErrors(folder: RunFolder): GeneErrors | null {
  const bytes = folder.readBytes(FILE);
  if (bytes === null) return null;
  const { tensors, meta } = decodeTensors(bytes, FILE);
  const of = Object.fromEntries(
    KEYS.map(key => [key, tensors.get(key)?.data ?? new Float32Array()]),
  ) as Record<(typeof KEYS)[number], Float32Array>;
  return { ...of, genes: of.low.length, types: JSON.parse(meta['types'] ?? '[]') as string[] };
}
