/** New cells in which only a panel, or part of it, was measured, through the linear model of a run to all its genes. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { AppError, cancelled } from '../../shared/errors.ts';
import { csvOf } from '../../shared/csv.ts';
import type { GeneTable } from '../../shared/model.ts';
import type { GeneTrust, PredictionFormat, PredictionReport, Trust } from '../../shared/predict.ts';
import { pause } from '../models/pause.ts';
import { examples } from '../genes/examples.ts';
import { ridgePredictor } from '../models/ridge.ts';
import type { StepContext } from '../steps/context.ts';
import { range } from '../steps/cells.ts';
import { counted, grouped, percent } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { Dataset } from '../workspace/dataset.ts';
import { columnMap, fillDense } from '../steps/predictor.ts';
import { matchGenes, type GeneMatch } from './match.ts';
import { distancesOf, trustOfGenes, type PredictionModel } from './model.ts';
import { scaleByPanel } from './panel-scale.ts';
import type { TableOf } from './write-h5ad.ts';

const WHAT = 'The prediction';
const BLOCK = 256;

/** Which genes of the panel the new data have. */
export interface Measured {
  /** Columns of the run, ascending, and the columns of the new data in the same order. */
  readonly panel: Int32Array;
  readonly columns: Int32Array;
  readonly missing: readonly string[];
  readonly foundBy: Readonly<Record<string, number>>;
}

/** @throws AppError NOT_POSSIBLE where fewer than two genes of the panel are there */
export function measuredGenes(
  runGenes: GeneTable,
  data: Dataset,
  panel: readonly number[],
  runName: string,
): Measured {
  const { column, by }: GeneMatch = matchGenes(runGenes, data.genes);
  const found = panel.filter(gene => column[gene]! >= 0).sort((a, b) => a - b);
  if (found.length < 2) {
    const why = `${found.length === 0 ? 'none' : 'one'} of the ${counted(panel.length, 'gene')} of the panel of ${runName} is in ${data.summary.name}`;
    throw new AppError(
      'NOT_POSSIBLE',
      `Nothing can be predicted: ${why}. Check that both name genes of the same organism; mouse symbols can be taken for human ones when the data are imported.`,
      { what: 'predict', why },
    );
  }
  const foundBy: Record<string, number> = {};
  for (const gene of found) foundBy[by[gene]!] = (foundBy[by[gene]!] ?? 0) + 1;
  return {
    panel: Int32Array.from(found),
    columns: Int32Array.from(found, gene => column[gene]!),
    missing: panel.filter(gene => column[gene]! < 0).map(gene => runGenes.symbol[gene]!),
    foundBy,
  };
}

export interface PredictionInput {
  readonly engine: TensorEngine;
  readonly run: string;
  /** Genes of the run. */
  readonly genes: GeneTable;
  readonly model: PredictionModel;
  readonly measured: Measured;
  readonly panelSize: number;
  readonly ofRun: number | null;
  readonly data: Dataset;
}

/** The new cells on the scale of the model, block by block. */
interface NewCells {
  readonly kept: Int32Array;
  readonly empty: number;
  readonly distances: Float64Array;
  /** cells x measured genes */
  table(from: number, to: number): Float32Array;
}

/** What can be said before anything is predicted. @throws AppError CANCELLED */
export async function prepareCells(input: PredictionInput, context: StepContext): Promise<NewCells> {
  const { data, measured, model } = input;
  const width = measured.columns.length;
  const map = columnMap(measured.columns, data.rows.genes);
  const logarithms = data.summary.alreadyLog;
  const buffer = new Float32Array(BLOCK * width);
  const rate = Math.log(model.scale.base);
  const read = (cells: ArrayLike<number>): { table: Float32Array; totals: Float64Array } => {
    const block = data.rows.gather(cells);
    const table = fillDense(block, map, width, buffer).slice();
    const totals = new Float64Array(block.rows);
    for (let row = 0; row < block.rows; row++) {
      const own = table.subarray(row * width, (row + 1) * width);
      for (let k = 0; k < width; k++) {
        // Counts, or logarithms of another base, as logarithms of the model's base.
        own[k] = logarithms === null ? Math.log1p(own[k]!) / rate : (own[k]! * Math.log(logarithms)) / rate;
      }
      totals[row] = scaleByPanel(own, model.scale);
    }
    return { table, totals };
  };
  const kept: number[] = [];
  const distances: number[] = [];
  const { cells } = data.rows;
  for (let from = 0; from < cells; from += BLOCK) {
    await pause(context.signal, WHAT);
    context.progress({ phase: 'predict', label: 'Looking at the new cells', done: from, of: cells });
    const some = range(Math.min(BLOCK, cells - from)).map(k => from + k);
    const { table, totals } = read(some);
    const far = distancesOf(table, model.means, model.deviations);
    totals.forEach((total, k) => {
      if (!(total > 0)) return;
      kept.push(some[k]!);
      distances.push(far[k]!);
    });
  }
  const all = Int32Array.from(kept);
  return {
    kept: all,
    empty: cells - kept.length,
    distances: Float64Array.from(distances),
    table: (from, to) => read(all.subarray(from, to)).table,
  };
}

export function reportOf(
  input: PredictionInput,
  cells: NewCells,
): { report: PredictionReport; trust: GeneTrust[] } {
  const { data, genes, measured, model, panelSize, ofRun, run } = input;
  const trust = trustOfGenes(model, measured.panel, genes);
  const counts: Record<Trust, number> = { measured: 0, predictable: 0, weak: 0, blind: 0 };
  for (const { trust: kind } of trust) counts[kind]++;
  const unlike = cells.distances.reduce((sum, far) => sum + (far > model.farthest ? 1 : 0), 0);
  const notes: string[] = [];
  const { missing } = measured;
  if (missing.length > 0) {
    notes.push(
      `${grouped(missing.length)} of ${counted(panelSize, 'panel gene')} ${missing.length === 1 ? 'is' : 'are'} not in ${data.summary.name} (${examples(missing)}): the model was fitted without ${missing.length === 1 ? 'it' : 'them'}, and its score is that of the genes that are there.`,
    );
  }
  const others = Object.entries(measured.foundBy).filter(([by]) => by === 'symbol' || by === 'name');
  if (others.length > 0 && Object.keys(measured.foundBy).length > 1)
    notes.push(
      `Genes were found by different ids: ${Object.entries(measured.foundBy)
        .map(([by, count]) => `${count} by ${by}`)
        .join(', ')}.`,
    );
  if (data.summary.alreadyLog !== null)
    notes.push(
      'The new values are logarithms; they were turned back into normalised counts and scaled by the total of the panel.',
    );
  if (cells.empty > 0)
    notes.push(
      `${counted(cells.empty, 'cell has', 'cells have')} no count in the panel genes and ${cells.empty === 1 ? 'is' : 'are'} left out: nothing can be predicted for ${cells.empty === 1 ? 'it' : 'them'}.`,
    );
  const share = cells.kept.length > 0 ? unlike / cells.kept.length : 0;
  if (share > 0.05)
    notes.push(
      `${percent(share)} of the new cells are farther from the cells that the model was trained on than 99 % of its held-out cells are: the promised score does not hold for them. They may be of another tissue, species, protocol or scale.`,
    );
  return {
    trust,
    report: {
      ...{ run, dataset: data.summary.id, cells: cells.kept.length, genes: genes.name.length },
      ...{ panel: panelSize, found: measured.panel.length, missing, foundBy: measured.foundBy },
      ...{ promised: model.promised, ofRun, testCells: model.testCells, ridge: model.ridge },
      ...{ trust: counts, unlike, empty: cells.empty, notes },
    },
  };
}

/**
 * Writes predicted expression, on the log scale of the run, with the trust of each gene beside it.
 * @param out a file that is not there yet (h5ad, csv), or a folder (mtx); a csv has its tables of genes and cells beside it
 * @throws AppError CANCELLED; what was written so far is then the caller's to remove
 */
export async function writePrediction(
  input: PredictionInput,
  cells: NewCells,
  { report, trust }: { readonly report: PredictionReport; readonly trust: readonly GeneTrust[] },
  format: PredictionFormat,
  out: string,
  context: StepContext,
): Promise<void> {
  const { engine, model, measured, genes, data } = input;
  const all = range(genes.name.length);
  const predictor = ridgePredictor(
    engine,
    model.coefficients,
    model.intercept,
    range(measured.panel.length),
    all,
  );
  const names = Array.from(cells.kept, cell => data.cellNames[cell]!);
  const unlike = Int32Array.from(cells.distances, far => (far > model.farthest ? 1 : 0));
  const obs: TableOf = {
    index: names,
    columns: [
      { name: 'unlike_training', values: unlike },
      { name: 'distance', values: Float32Array.from(cells.distances) },
    ],
  };
  const vars: TableOf = {
    index: genes.name,
    columns: [
      { name: 'symbol', values: genes.symbol },
      { name: 'ensembl', values: genes.ensembl },
      { name: 'trust', values: trust.map(gene => gene.trust) },
      { name: 'held_out_r2', values: Float32Array.from(trust, gene => gene.r2 ?? NaN) },
    ],
  };
  const about = {
    f910_prediction: JSON.stringify(report),
    scale: `log(x + 1) to the base ${model.scale.base}`,
  };
  const writer = await openWriter(format, out, obs, vars, about);
  try {
    for (let from = 0; from < cells.kept.length; from += BLOCK) {
      await pause(context.signal, WHAT);
      const to = Math.min(cells.kept.length, from + BLOCK);
      context.progress({ phase: 'predict', label: 'Predicting', done: from, of: cells.kept.length });
      const values = predictor.predict(cells.table(from, to), to - from);
      // A negative number of counts means none.
      for (let at = 0; at < values.length; at++) if (values[at]! < 0) values[at] = 0;
      await writer.rows(values);
    }
    await writer.close();
    if (context.signal.aborted) throw cancelled(WHAT);
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    predictor.dispose();
  }
}

interface Writer {
  rows(values: Float32Array): Promise<void>;
  close(): Promise<void>;
  abandon(): Promise<void>;
}

async function openWriter(
  format: PredictionFormat,
  out: string,
  obs: TableOf,
  vars: TableOf,
  about: Readonly<Record<string, string>>,
): Promise<Writer> {
  if (format === 'h5ad') {
    // The library is large, and few need it.
    const { H5adWriter } = await import('./write-h5ad.ts');
    const writer = await H5adWriter.create(out, obs, vars, about);
    return {
      rows: values => Promise.resolve(writer.rows(values)),
      close: () => Promise.resolve(writer.close()),
      abandon: () => Promise.resolve(writer.close()),
    };
  }
  const width = vars.index.length;
  if (format === 'csv') {
    const file = createWriteStream(out, { flags: 'wx' });
    const beside = besideCsv(out);
    await writeFile(beside.genes, tableText('name', vars), { flag: 'wx' });
    await writeFile(beside.cells, tableText('cell', obs), { flag: 'wx' });
    await send(file, csvOf(['cell', ...vars.index], []));
    let cell = 0;
    return {
      rows: async values => {
        const rows = Array.from({ length: values.length / width }, (_, row) => [
          obs.index[cell + row]!,
          ...values.subarray(row * width, (row + 1) * width),
        ]);
        cell += rows.length;
        await send(file, csvOf([], rows).replace(/^\r?\n/, ''));
      },
      close: () => ended(file),
      abandon: () => ended(file),
    };
  }
  await mkdir(out);
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(join(out, 'matrix.mtx.gz'), { flags: 'wx' });
  gzip.pipe(file);
  const cells = obs.index.length;
  await send(
    gzip,
    `%%MatrixMarket matrix coordinate real general\n%${JSON.stringify(about)}\n${width} ${cells} ${width * cells}\n`,
  );
  await writeFile(join(out, 'barcodes.tsv'), `${obs.index.join('\n')}\n`);
  await writeFile(
    join(out, 'features.tsv'),
    vars.index
      .map(
        (name, k) =>
          `${(vars.columns[1]!.values as readonly string[])[k] || name}\t${(vars.columns[0]!.values as readonly string[])[k]}\tGene Expression\n`,
      )
      .join(''),
  );
  await writeFile(join(out, 'genes.csv'), tableText('name', vars));
  await writeFile(join(out, 'cells.csv'), tableText('cell', obs));
  let cell = 0;
  return {
    rows: async values => {
      const lines: string[] = [];
      for (let at = 0; at < values.length; at++) {
        if (at % width === 0) cell++;
        lines.push(`${(at % width) + 1} ${cell} ${Number(values[at]!.toPrecision(6))}\n`);
      }
      await send(gzip, lines.join(''));
    },
    close: async () => {
      gzip.end();
      await once(file, 'close');
    },
    abandon: async () => {
      gzip.destroy();
      await ended(file);
    },
  };
}

/** Where the tables of genes (with their trust) and of cells go that belong to a CSV file. */
export function besideCsv(path: string): { readonly genes: string; readonly cells: string } {
  const stem = path.replace(/\.csv$/i, '');
  return { genes: `${stem}.genes.csv`, cells: `${stem}.cells.csv` };
}

function tableText(index: string, { index: names, columns }: TableOf): string {
  return csvOf(
    [index, ...columns.map(({ name }) => name)],
    names.map((name, k) => [name, ...columns.map(({ values }) => values[k]!)]),
  );
}

async function send(to: NodeJS.WritableStream, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}

async function ended(file: WriteStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    file.once('error', reject);
    file.end(() => resolve());
  });
}
