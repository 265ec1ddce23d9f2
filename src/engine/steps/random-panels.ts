/**
 * The floor that chance gives: random panels of the same size and this panel, all with the same kind of linear model on the
 * same cells, compared one by one on the genes that are in neither (docs/metrics.md). The share of random panels that do as
 * well or better is the p value of the panel; with n of them it cannot be below 1 / (n + 1).
 */
import { spread } from '../../core/quantiles.ts';
import { createRandom } from '../../core/random.ts';
import type { ModelId, RandomPanel, RandomPanels } from '../../shared/model.ts';
import { columnMeans, columnSquares } from '../models/centred.ts';
import { crossProductBytes, crossProducts, type CrossProducts } from '../models/cross-products.ts';
import { scorePanelRidge, type PanelRidgeScore, type PartProducts } from '../models/panel-ridge.ts';
import type { CellRows } from '../counts/rows.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { range, sampleOf } from './cells.ts';
import { explained } from './metrics.ts';

export interface PanelsRequest {
  readonly engine: TensorEngine;
  readonly rows: CellRows;
  readonly cells: PanelCells;
  /** 1 for a gene that has one value in all test cells. */
  readonly constant: Uint8Array;
  /** That all others are compared with. */
  readonly panel: Int32Array;
  /** Strength of its linear model, in the units of ridge.ts: where the search begins. */
  readonly ridge: number;
  /** Bytes that the products of genes may take; with less, the cells are read several times. */
  readonly memoryLimit: number;
  readonly signal: AbortSignal;
  onShare(share: number): void;
}

export interface RandomPanelsRequest extends PanelsRequest {
  /** The panel's linear model. */
  readonly model: ModelId;
  readonly count: number;
  readonly seed: number;
}

/** Cells of each part, ascending. */
export interface PanelCells {
  readonly train: Int32Array;
  readonly stop: Int32Array;
  readonly test: Int32Array;
}

/** With so many cells a linear model is as good as with any number more, and the products take as long as with these. */
export const MOST_CELLS = { train: 40_000, stop: 10_000, test: 10_000 };

/** The cells that panels are compared on: all, or a seeded sample of a part that has more than are of use. */
export function comparedCells(all: PanelCells, seed: number, most = MOST_CELLS): PanelCells {
  const sample = (part: keyof PanelCells): Int32Array =>
    sampleOf(all[part], most[part], createRandom(seed, 'cells of random panels', part));
  return { train: sample('train'), stop: sample('stop'), test: sample('test') };
}

/** Share of the work that the products of genes take, for the progress. */
const PRODUCTS = 0.5;
/** Sets of cells with products of their own. */
const PARTS = 3;

/**
 * @returns null where no random panel could be scored
 * @throws AppError CANCELLED
 */
export async function scoreRandomPanels(request: RandomPanelsRequest): Promise<RandomPanels | null> {
  const { rows, panel, count, seed, model } = request;
  const random = Array.from({ length: count }, (_, k) => drawPanel(rows.genes, panel.length, seed, k));
  const scored = (await comparePanels(request, random)).filter(score => score !== null);
  if (scored.length === 0) return null;
  const asGood = scored.filter(({ ev, evPanel }) => ev >= evPanel).length;
  return {
    ...{ model, size: panel.length, asked: count, panels: scored, asGood },
    p: (asGood + 1) / (scored.length + 1),
  };
}

/**
 * Other panels beside this one, each on the genes in neither.
 * @returns in the order of the others; null for one that could not be scored
 * @throws AppError CANCELLED
 */
export async function comparePanels(
  request: PanelsRequest,
  others: readonly Int32Array[],
): Promise<(RandomPanel | null)[]> {
  const { engine, rows, cells: parts, panel, signal } = request;
  const panels = [panel, ...others];
  const means = await columnMeans(rows, parts.train, range(rows.genes), signal);
  const cells = parts.train.length + parts.stop.length + parts.test.length;
  const start = request.ridge / (await meanDiagonal(rows, parts.train, panel, means, signal));
  let own: TestErrors | null = null;
  const scored: (RandomPanel | null)[] = [];
  let done = 0;
  for (const some of batches(panels, rows.genes, request.memoryLimit)) {
    const share = (part: number): void => request.onShare(part / panels.length);
    const chosen = union(some);
    let read = 0;
    const productsOf = async (part: Int32Array): Promise<CrossProducts> => {
      const products = await crossProducts(engine, rows, part, chosen, means, {
        signal,
        onShare: of => share(done + (PRODUCTS * some.length * (read + of * part.length)) / cells),
      });
      read += part.length;
      return products;
    };
    const products: PartProducts = {
      train: await productsOf(parts.train),
      stop: await productsOf(parts.stop),
      test: await productsOf(parts.test),
    };
    for (const [k, genes] of some.entries()) {
      const score = await scorePanelRidge(engine, products, genes, start, signal);
      const errors = score && testErrors(score, products.test.squares);
      if (genes === panel) own = errors;
      else if (errors === null || own === null) scored.push(null);
      else scored.push(comparison(errors, own, products.test.squares, request.constant, score!.strength));
      share(done + PRODUCTS * some.length + (1 - PRODUCTS) * (k + 1));
    }
    done += some.length;
  }
  return scored;
}

/** Genes of the k-th random panel, ascending; the same whatever else is drawn. */
export function drawPanel(genes: number, size: number, seed: number, k: number): Int32Array {
  const order = createRandom(seed, 'random panel', k).shuffle<number, Int32Array>(range(genes));
  return order.slice(0, size).sort();
}

/** Panels whose products fit into the memory together; one at least. */
function batches(panels: readonly Int32Array[], genes: number, limit: number): Int32Array[][] {
  if (crossProductBytes(union(panels).length, genes, PARTS) <= limit) return [[...panels]];
  const size = Math.max(...panels.map(({ length }) => length));
  let together = 1;
  while (crossProductBytes((together + 1) * size, genes, PARTS) <= limit) together++;
  return Array.from({ length: Math.ceil(panels.length / together) }, (_, k) =>
    panels.slice(k * together, (k + 1) * together),
  );
}

/** Genes of any of the panels, ascending. */
function union(panels: readonly Int32Array[]): Int32Array {
  return Int32Array.from(new Set(panels.flatMap(panel => [...panel]))).sort();
}

/** Per gene, the sum of the squared error over the test cells; NaN for genes of the panel. */
type TestErrors = Float64Array;

function testErrors({ targets, error }: PanelRidgeScore, { length: genes }: Float64Array): TestErrors {
  const errors = new Float64Array(genes).fill(NaN);
  targets.forEach((gene, k) => (errors[gene] = error[k]!));
  return errors;
}

/**
 * One random panel beside this panel, on the genes in neither; null where none of them varies in the test cells.
 * @param variance of every gene: its sum of squares over the test cells around the training mean
 */
function comparison(
  random: TestErrors,
  own: TestErrors,
  variance: Float64Array,
  constant: Uint8Array,
  strength: number,
): RandomPanel | null {
  const common = range(variance.length).filter(gene => !Number.isNaN(random[gene]! + own[gene]!));
  const over = (values: Float64Array): number => common.reduce((sum, gene) => sum + values[gene]!, 0);
  const ev = explained(over(random), over(variance));
  const evPanel = explained(over(own), over(variance));
  // Measured genes count as known.
  const evAllGenes = explained(
    total(random.map(error => (Number.isNaN(error) ? 0 : error))),
    total(variance),
  );
  if (ev === null || evPanel === null || evAllGenes === null) return null;
  const medianR2 = (errors: TestErrors): number | null =>
    spread(
      Float64Array.from(common, gene => (constant[gene] === 1 ? NaN : 1 - errors[gene]! / variance[gene]!)),
    ).median;
  return {
    targets: common.length,
    ev,
    evPanel,
    evAllGenes,
    medianGeneR2: medianR2(random),
    medianGeneR2Panel: medianR2(own),
    strength,
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Mean of the diagonal of X'X: the scale of the strengths of a ridge regression. */
async function meanDiagonal(
  rows: CellRows,
  train: Int32Array,
  genes: Int32Array,
  means: Float64Array,
  signal: AbortSignal,
): Promise<number> {
  const squares = await columnSquares(rows, train, genes, signal);
  const around = squares.map((square, k) => square - train.length * means[genes[k]!]! ** 2);
  return total(around) / genes.length || 1;
}
