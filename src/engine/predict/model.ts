/**
 * The linear model from some measured genes, scaled by their own total, to all genes of a run; fitted on the training cells,
 * its strength chosen on the stop cells, scored on the test cells in the form in which it is used. Kept with the run.
 */
import { createHash } from 'node:crypto';
import { badFile } from '../../shared/errors.ts';
import { trustOf, type GeneTrust } from '../../shared/predict.ts';
import { decodeTensors, encodeTensors } from '../models/tensors-file.ts';
import { fitRidge } from '../models/ridge.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { range } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { geneInterval } from '../steps/gene-interval.ts';
import { scoreModel } from '../steps/metrics.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { RunFolder } from '../workspace/run-folder.ts';
import { denseTable } from '../scoreboard/dense.ts';
import { meanTotal, PanelScaledRows, type PanelScale } from './panel-scale.ts';

export interface PredictionModel {
  readonly scale: PanelScale;
  readonly ridge: number;
  /** Measured genes x genes, row-major, of values scaled by their own total. */
  readonly coefficients: Float32Array;
  readonly intercept: Float32Array;
  /** Of the measured genes over the training cells, in this form. */
  readonly means: Float32Array;
  readonly deviations: Float32Array;
  /** Mean square of the standardised measured genes that 99 of 100 test cells stay below. */
  readonly farthest: number;
  /** Explained variance of the genes that are not measured, in test cells. */
  readonly promised: number | null;
  readonly testCells: number;
  /** Held-out R2 of every gene (NaN: constant), and the lower end of its 95 % interval. */
  readonly r2: Float32Array;
  readonly lower: Float32Array;
}

const VERSION = '1';

/** @param panel measured genes, ascending columns. @throws AppError CANCELLED, NOT_POSSIBLE */
export async function predictionModel(
  folder: RunFolder,
  engine: TensorEngine,
  prepared: Prepared,
  panel: Int32Array,
  base: number,
  context: StepContext,
): Promise<PredictionModel> {
  const name = `predictor-${createHash('sha256').update(panel).digest('hex').slice(0, 16)}.safetensors`;
  const stored = folder.readBytes(name);
  if (stored !== null) {
    const { tensors, meta } = decodeTensors(stored, name);
    if (meta['version'] === VERSION) return decode(tensors, meta, name);
  }
  const model = await fit(engine, prepared, panel, base, context);
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  folder.writeBytes(
    name,
    encodeTensors(
      new Map([
        ['coefficients', { shape: [panel.length, prepared.rows.genes], data: model.coefficients }],
        ...VECTORS.map(key => [key, vector(model[key])] as const),
      ]),
      {
        version: VERSION,
        ...Object.fromEntries(
          Object.entries({
            base: model.scale.base,
            target: model.scale.target,
            ridge: model.ridge,
            farthest: model.farthest,
            promised: model.promised ?? NaN,
            testCells: model.testCells,
          }).map(([key, value]) => [key, String(value)]),
        ),
      },
    ),
  );
  return model;
}

const VECTORS = ['intercept', 'means', 'deviations', 'r2', 'lower'] as const;

function decode(
  tensors: ReturnType<typeof decodeTensors>['tensors'],
  meta: Readonly<Record<string, string>>,
  name: string,
): PredictionModel {
  const data = (key: string): Float32Array => {
    const tensor = tensors.get(key);
    if (!tensor) throw badFile(name, `is damaged: ${key} is missing`);
    return tensor.data;
  };
  const number = (key: string): number => Number(meta[key]);
  const promised = number('promised');
  return {
    scale: { base: number('base'), target: number('target') },
    ridge: number('ridge'),
    coefficients: data('coefficients'),
    ...(Object.fromEntries(VECTORS.map(key => [key, data(key)])) as Pick<
      PredictionModel,
      (typeof VECTORS)[number]
    >),
    farthest: number('farthest'),
    promised: Number.isNaN(promised) ? null : promised,
    testCells: number('testCells'),
  };
}

async function fit(
  engine: TensorEngine,
  { rows, split, test }: Prepared,
  panel: Int32Array,
  base: number,
  context: StepContext,
): Promise<PredictionModel> {
  const genes = rows.genes;
  const scale = { base, target: meanTotal(rows, split.train, panel, base) };
  const extended = new PanelScaledRows(rows, panel, scale);
  const inputs = range(panel.length).map(k => genes + k);
  const ridge = await fitRidge(
    engine,
    extended,
    split,
    { inputs, targets: range(genes) },
    {
      signal: context.signal,
      onShare: share =>
        context.progress({
          phase: 'predict',
          label: 'Fitting the model',
          done: Math.round(100 * share),
          of: 100,
        }),
    },
  );
  try {
    const score = await scoreModel(ridge, extended, test, context);
    const measured = new Set(panel);
    let [error, variance] = [0, 0];
    score.mse.forEach((mse, gene) => {
      if (measured.has(gene)) return;
      error += mse;
      variance += score.variance[gene]!;
    });
    const n = test.cells.length;
    const { means, deviations } = spreadOf(denseTable(extended, split.train, inputs), panel.length);
    const distances = distancesOf(denseTable(extended, test.cells, inputs), means, deviations).sort();
    return {
      scale,
      ridge: ridge.ridge,
      coefficients: ridge.coefficients,
      intercept: ridge.intercept,
      means,
      deviations,
      farthest: distances[Math.min(n - 1, Math.floor(0.99 * n))]!,
      promised: variance > 0 ? 1 - error / variance : null,
      testCells: n,
      r2: Float32Array.from(score.r2),
      lower: Float32Array.from(
        score.r2,
        (r2, gene) => geneInterval(r2, { errors: score.groupError, width: genes, at: gene }, test, gene).low,
      ),
    };
  } finally {
    ridge.dispose();
  }
}

function spreadOf(table: Float32Array, width: number): { means: Float32Array; deviations: Float32Array } {
  const n = table.length / width;
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let at = 0; at < table.length; at++) {
    sums[at % width]! += table[at]!;
    squares[at % width]! += table[at]! ** 2;
  }
  const means = Float32Array.from(sums, sum => sum / n);
  const deviations = Float32Array.from(
    squares,
    (square, k) => Math.sqrt(Math.max(0, square / n - means[k]! ** 2)) || 1,
  );
  return { means, deviations };
}

/** Mean square of the standardised values of each cell. */
export function distancesOf(
  table: Float32Array,
  means: Float32Array,
  deviations: Float32Array,
): Float64Array {
  const width = means.length;
  return Float64Array.from({ length: table.length / width }, (_, cell) => {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      sum += ((table[cell * width + k]! - means[k]!) / deviations[k]!) ** 2;
    }
    return sum / width;
  });
}

/** What can be relied on, gene by gene. */
export function trustOfGenes(
  model: PredictionModel,
  panel: Int32Array,
  genes: Prepared['genes'],
): GeneTrust[] {
  const measured = new Set(panel);
  return genes.name.map((name, gene) => {
    const r2 = model.r2[gene]!;
    const known = Number.isNaN(r2) ? null : r2;
    return {
      name,
      symbol: genes.symbol[gene]!,
      ensembl: genes.ensembl[gene]!,
      trust: trustOf(measured.has(gene), known, model.lower[gene]!),
      r2: known,
    };
  });
}
