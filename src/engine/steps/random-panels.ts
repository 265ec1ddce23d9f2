/**
 * The floor that chance gives: random panels of the same size, with the same kind of linear model, compared with this
 * panel one by one on the genes that are in neither (docs/metrics.md). The share of random panels that do as well or better
 * is the p value of the panel; with n of them it cannot be below 1 / (n + 1).
 */
import { spread } from '../../core/quantiles.ts';
import { createRandom } from '../../core/random.ts';
import type { RandomPanel, RandomPanels } from '../../shared/model.ts';
import { columnMeans, columnSquares } from '../models/centred.ts';
import { crossProductBytes, crossProducts, type CrossProducts } from '../models/cross-products.ts';
import { scorePanelRidge, type PanelRidgeScore, type PartProducts } from '../models/panel-ridge.ts';
import type { CellRows } from '../counts/rows.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { range } from './cells.ts';
import { explained } from './metrics.ts';
import type { Scored } from './pairs.ts';
import type { Split } from './split.ts';
import type { TestSet } from './test-set.ts';

export interface RandomPanelsRequest {
  readonly engine: TensorEngine;
  readonly rows: CellRows;
  readonly split: Pick<Split, 'train' | 'stop'>;
  readonly test: TestSet;
  /** The panel's linear model and its genes. */
  readonly linear: Scored;
  readonly panel: Int32Array;
  /** Strength of the panel's linear model, in the units of ridge.ts. */
  readonly ridge: number;
  readonly count: number;
  readonly seed: number;
  /** Bytes that the products of genes may take; with less, the cells are read several times. */
  readonly memoryLimit: number;
  readonly signal: AbortSignal;
  onShare(share: number): void;
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
  const { engine, rows, split, test, panel, count, seed, signal } = request;
  const panels = Array.from({ length: count }, (_, k) => drawPanel(rows.genes, panel.length, seed, k));
  const means = await columnMeans(rows, split.train, range(rows.genes), signal);
  const parts = { train: split.train, stop: split.stop, test: test.cells };
  const cells = Object.values(parts).reduce((sum, part) => sum + part.length, 0);
  const start = request.ridge / (await meanDiagonal(rows, split.train, panel, means, signal));
  const scored: RandomPanel[] = [];
  let done = 0;
  for (const some of batches(panels, rows.genes, request.memoryLimit)) {
    const share = (part: number): void => request.onShare(part / count);
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
      const compared = score && comparison(request, genes, score);
      if (compared !== null) scored.push(compared);
      share(done + PRODUCTS * some.length + (1 - PRODUCTS) * (k + 1));
    }
    done += some.length;
  }
  if (scored.length === 0) return null;
  const asGood = scored.filter(({ ev, evPanel }) => ev >= evPanel).length;
  return {
    model: request.linear.id,
    size: panel.length,
    asked: count,
    panels: scored,
    asGood,
    p: (asGood + 1) / (scored.length + 1),
  };
}

/** Genes of the k-th random panel, ascending; the same whatever else is drawn. */
export function drawPanel(genes: number, size: number, seed: number, k: number): Int32Array {
  const order = createRandom(seed, 'random panel', k).shuffle<number, Int32Array>(range(genes));
  return order.slice(0, size).sort();
}

/** Panels whose products fit into the memory together; one at least. */
function batches(panels: readonly Int32Array[], genes: number, limit: number): Int32Array[][] {
  if (crossProductBytes(union(panels).length, genes, PARTS) <= limit) return [[...panels]];
  const size = panels[0]!.length;
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

/** One random panel beside this panel, on the genes in neither; null where none of them varies in the test cells. */
function comparison(
  { test, linear }: RandomPanelsRequest,
  genes: Int32Array,
  { targets, error, strength }: PanelRidgeScore,
): RandomPanel | null {
  const own = new Float64Array(test.genes).fill(NaN);
  linear.score.targets.forEach((gene, k) => (own[gene] = linear.score.mse[k]! * test.cells.length));
  const remaining = test.variance.slice();
  for (const gene of genes) remaining[gene] = 0;
  targets.forEach((gene, k) => (remaining[gene] = error[k]!));
  const common = targets.filter(gene => !Number.isNaN(own[gene]!));
  const varianceOf = (gene: number): number => (test.constant[gene] === 1 ? NaN : test.variance[gene]!);
  const variance = common.reduce((sum, gene) => sum + test.variance[gene]!, 0);
  const totalHere = common.reduce((sum, gene) => sum + own[gene]!, 0);
  const totalThere = common.reduce((sum, gene) => sum + remaining[gene]!, 0);
  const ev = explained(totalThere, variance);
  const evPanel = explained(totalHere, variance);
  const evAllGenes = explained(total(remaining), total(test.variance));
  if (ev === null || evPanel === null || evAllGenes === null) return null;
  return {
    targets: common.length,
    ev,
    evPanel,
    evAllGenes,
    medianGeneR2: spread(Float64Array.from(common, gene => 1 - remaining[gene]! / varianceOf(gene))).median,
    medianGeneR2Panel: spread(Float64Array.from(common, gene => 1 - own[gene]! / varianceOf(gene))).median,
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
