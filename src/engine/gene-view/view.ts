/** One gene of a finished run: where it stands, what it is predicted from, what it helps to predict, where it is seen. */
import { AppError } from '../../shared/errors.ts';
import { standingOf, type GeneErrorView, type GeneLink, type GeneView } from '../../shared/gene-view.ts';
import type { GeneReference } from '../genes/reference.ts';
import { range, readCells, sparseBlock } from '../steps/cells.ts';
import { inBlocks, type StepContext } from '../steps/context.ts';
import { errorOf, LEVELS, type GeneErrors } from '../steps/gene-errors.ts';
import { UNLABELLED } from '../steps/labels.ts';
import type { GeneDesk } from './desk.ts';

/** Links that are shown, and points of the scatter. */
const MOST_PREDICTORS = 20;
const MOST_HELPED = 50;
const MOST_POINTS = 3000;

/** @throws AppError NOT_FOUND for a gene that the data do not have */
export async function viewGene(
  desk: GeneDesk,
  reference: GeneReference,
  name: string,
  context: StepContext,
): Promise<GeneView> {
  const { genes, columns, ofRun, preprocessed } = desk;
  const position = genes.name.indexOf(name);
  if (position < 0) {
    throw new AppError('NOT_FOUND', `The data have no gene "${name}". Look it up under another name.`, {
      what: 'gene',
      id: name,
    });
  }
  const column = columns[position]!;
  const head = {
    name,
    symbol: genes.symbol[position]!,
    ensembl: genes.ensembl[position]!,
    entrez: genes.entrez[position]!,
    landmark: genes.landmark[position]! >= 0,
    description: reference.byEntrez.get(genes.entrez[position]!)?.name ?? '',
    filter: {
      cells: preprocessed.seenIn[position]!,
      of: preprocessed.cellsLooked,
      minReads: desk.minReads,
      minCells: desk.minCells,
    },
  };
  const nothing = { r2: null, errors: null, predictors: [], helps: [], scatter: null, types: [] };
  if (column < 0) return { ...head, ...nothing, standing: 'lost' };
  const gene = ofRun[column]!;
  const values = await valuesOf(desk, column, context);
  const common = { ...head, ...nothing, standing: standingOf(gene), types: typesOf(desk, values) };
  if (gene.inPanel) return { ...common, helps: await helpedBy(desk, column, context) };
  const { coefficients, products } = await desk.linear.coefficientsOf(column, context);
  return {
    ...common,
    r2: gene.r2,
    errors: desk.errors && errorsOf(desk.errors, column),
    predictors: linksOf(
      desk,
      column,
      { among: desk.panel, coefficients, products, by: 'panel' },
      MOST_PREDICTORS,
    ),
    scatter: await scatterOf(desk, column, values, coefficients, context),
  };
}

function errorsOf(errors: GeneErrors, gene: number): GeneErrorView {
  return {
    low: errorOf(errors, 'low', gene),
    high: errorOf(errors, 'high', gene),
    levels: LEVELS.map((level, row) => ({
      level,
      cells: errorOf(errors, 'levelCells', gene, row) ?? 0,
      error: errorOf(errors, 'levelError', gene, row),
    })),
    types: errors.types.map((type, row) => ({ type, r2: errorOf(errors, 'typeR2', gene, row) })),
  };
}

/** The gene's value in every kept cell. */
async function valuesOf({ rows }: GeneDesk, column: number, context: StepContext): Promise<Float32Array> {
  const values = new Float32Array(rows.cells);
  const task = { phase: 'gene', label: 'Reading the gene', of: rows.cells, block: sparseBlock(rows) };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = rows.read(from, to);
    for (let r = 0; r < to - from; r++) {
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) if (idx[e] === column) values[from + r] = val[e]!;
    }
  });
  return values;
}

function typesOf({ types }: GeneDesk, values: Float32Array): GeneView['types'] {
  if (types === null) return [];
  const found = [...types.levels, UNLABELLED].map(type => ({ type, cells: 0, sum: 0, seen: 0 }));
  values.forEach((value, cell) => {
    const own = found.at(types.codes[cell]!)!; // -1 is the last: no label
    own.cells++;
    own.sum += value;
    if (value > 0) own.seen++;
  });
  return found
    .filter(({ cells }) => cells > 0)
    .map(({ type, cells, sum, seen }) => ({ type, cells, mean: sum / cells, detected: seen / cells }));
}

async function helpedBy(desk: GeneDesk, column: number, context: StepContext): Promise<GeneLink[]> {
  const { coefficients, products } = await desk.linear.coefficientsFrom(column, context);
  const others = range(desk.rows.genes).filter(gene => !desk.ofRun[gene]!.inPanel);
  const take = (of: Float64Array): Float64Array => Float64Array.from(others, gene => of[gene]!);
  return linksOf(
    desk,
    column,
    { among: others, coefficients: take(coefficients), products: take(products), by: 'target' },
    MOST_HELPED,
  );
}

interface Links {
  /** The genes at the other end. */
  readonly among: Int32Array;
  /** Per gene of `among`. */
  readonly coefficients: Float64Array;
  readonly products: Float64Array;
  /** Whether the genes of `among` are the panel's or the predicted ones. */
  readonly by: 'panel' | 'target';
}

/** The links with the largest weights. */
function linksOf(
  { ofRun, spread: { deviations }, train }: GeneDesk,
  column: number,
  { among, coefficients, products, by }: Links,
  most: number,
): GeneLink[] {
  const weights = coefficients.map((coefficient, k) => {
    const [own, other] = [deviations[column]!, deviations[among[k]!]!];
    if (!(own > 0 && other > 0)) return 0;
    return by === 'panel' ? (coefficient * other) / own : (coefficient * own) / other;
  });
  return Array.from(range(among.length))
    .sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!))
    .slice(0, most)
    .map(k => {
      const { name, symbol, landmark } = ofRun[among[k]!]!;
      const scale = train.length * deviations[column]! * deviations[among[k]!]!;
      const correlation = scale > 0 ? Math.max(-1, Math.min(1, products[k]! / scale)) : null;
      return { name, symbol, landmark, coefficient: coefficients[k]!, weight: weights[k]!, correlation };
    });
}

/** Predictions for held-out cells, evenly picked where there are more than a plot needs. */
async function scatterOf(
  desk: GeneDesk,
  column: number,
  values: Float32Array,
  coefficients: Float64Array,
  context: StepContext,
): Promise<GeneView['scatter']> {
  const { rows, test, panel, spread } = desk;
  const step = Math.max(1, test.length / MOST_POINTS);
  const cells = Int32Array.from(
    { length: Math.min(MOST_POINTS, test.length) },
    (_, k) => test[Math.floor(k * step)]!,
  );
  const weight = new Float64Array(rows.genes);
  panel.forEach((gene, k) => (weight[gene] = coefficients[k]!));
  const intercept =
    spread.means[column]! - panel.reduce((sum, gene, k) => sum + coefficients[k]! * spread.means[gene]!, 0);
  const predicted = new Float32Array(cells.length);
  const task = {
    phase: 'gene',
    label: 'Predicting held-out cells',
    of: cells.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val } = readCells(rows, cells, from, to);
    for (let r = 0; r < to - from; r++) {
      let sum = intercept;
      for (let e = ptr[r]!; e < ptr[r + 1]!; e++) sum += weight[idx[e]!]! * val[e]!;
      predicted[from + r] = sum;
    }
  });
  return { measured: Float32Array.from(cells, cell => values[cell]!), predicted, cells: test.length };
}
