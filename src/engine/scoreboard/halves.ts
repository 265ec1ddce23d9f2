/**
 * The split-half ceiling (docs/metrics.md): the counts of each cell are dealt at random to two halves, as if the cell had been
 * measured twice at half the depth. What one half says of the other bounds what any panel can: noise cannot be predicted.
 * Panels are scored on the halves too, so that all figures are of the same depth.
 */
import { createRandom, type Random } from '../../core/random.ts';
import type { HalvesScore } from '../../shared/scoreboard.ts';
import { MemoryRows } from '../counts/memory-rows.ts';
import type { CellRows } from '../counts/rows.ts';
import { fitRidge } from '../models/ridge.ts';
import { range, readCells } from '../steps/cells.ts';
import { inBlocks, quiet } from '../steps/context.ts';
import type { ModelledView } from '../steps/log-rows.ts';
import { explained } from '../steps/metrics.ts';
import { comparedCells } from '../steps/random-panels.ts';
import { columnMap, fillDense, type Predictor } from '../steps/predictor.ts';
import { grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { PartCells } from './scorer.ts';

const MOST = { train: 2000, stop: 500, test: 2000 };
/** Beyond, the model from all genes to all genes takes too much memory. */
const MOST_GENES = 12_000;
const BLOCK = 256;

/** Genes of the run twice: columns of the first half, then those of the second. */
interface Halves {
  readonly rows: MemoryRows;
  readonly cells: PartCells;
}

/** A panel that is scored on the halves. */
export interface HalvedPanel {
  readonly id: string;
  readonly size: number;
  /** Ascending. */
  readonly genes: Int32Array;
}

/**
 * @param counts all cells and genes of the data set, as imported
 * @param view what of them is modelled
 * @param cells rows of what is modelled
 * @throws AppError CANCELLED
 */
export async function scoreHalves(
  engine: TensorEngine,
  counts: CellRows,
  view: ModelledView,
  cells: PartCells,
  panels: readonly HalvedPanel[],
  seed: number,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<HalvesScore> {
  const halves = await dealCounts(counts, view, cells, seed, signal);
  if (typeof halves === 'string') return { ev: null, why: halves, panels: [] };
  const genes = view.genes.length;
  const scorer = new HalvesScorer(engine, halves, genes, signal);
  const itself = await scorer.itself();
  const all = genes <= MOST_GENES ? await scorer.of(range(genes)) : -Infinity;
  const found: HalvesScore['panels'][number][] = [];
  for (const [k, { id, size, genes: own }] of panels.entries()) {
    onShare(k / panels.length);
    found.push({ id, size, ev: await scorer.of(own) });
  }
  const sizes = `${grouped(halves.cells.train.length)} training and ${grouped(halves.cells.test.length)} test cells`;
  const from =
    all > itself
      ? 'from all genes of the first half of its counts'
      : 'from its own counts in the first half alone';
  return {
    ev: Math.max(all, itself),
    why: `Counts dealt at random to two halves (${sizes}): the second half of each gene predicted ${from}.`,
    panels: found,
  };
}

/** @returns why not, where these are no counts */
async function dealCounts(
  counts: CellRows,
  { cells: kept, genes, scale, transform }: ModelledView,
  parts: PartCells,
  seed: number,
  signal: AbortSignal,
): Promise<Halves | string> {
  if (transform.from !== 'counts')
    return 'No ceiling from halves of the counts can be given: the data are logarithms.';
  const { train, stop, test } = comparedCells(parts, seed, MOST);
  const all = Int32Array.from([...train, ...stop, ...test]);
  const column = columnMap(genes, counts.genes);
  const random = createRandom(seed, 'halves');
  const perUnit = 1 / Math.log(transform.logBase);
  const ptr = new Float64Array(all.length + 1);
  const [idx, val]: [number[], number[]] = [[], []];
  let whole = true;
  await inBlocks(
    quiet(signal),
    { phase: 'halves', label: 'Dealing counts', of: all.length, block: BLOCK },
    (from, to) => {
      const block = counts.gather(Array.from(all.subarray(from, to), cell => kept[cell]!));
      for (let row = 0; row < to - from; row++) {
        const own: { at: number; first: number; second: number }[] = [];
        let [total, inFirst, inSecond] = [0, 0, 0];
        for (let e = block.ptr[row]!; e < block.ptr[row + 1]!; e++) {
          const at = column[block.idx[e]!]!;
          if (at < 0) continue;
          const count = Math.round(block.val[e]!);
          if (Math.abs(count - block.val[e]!) > 1e-3) whole = false;
          const first = halfOf(count, random);
          own.push({ at, first, second: count - first });
          total += count;
          inFirst += first;
          inSecond += count - first;
        }
        const target = scale[all[from + row]!]! * total;
        const put = (at: number, count: number, sum: number): void => {
          if (count === 0) return;
          idx.push(at);
          val.push(perUnit * Math.log1p((count * target) / sum));
        };
        own.sort((a, b) => a.at - b.at);
        for (const { at, first } of own) put(at, first, inFirst);
        for (const { at, second } of own) put(genes.length + at, second, inSecond);
        ptr[from + row + 1] = idx.length;
      }
    },
  );
  if (!whole) return 'No ceiling from halves of the counts can be given: the data are no whole numbers.';
  const end = train.length + stop.length;
  const rowsOf = range(all.length);
  return {
    rows: new MemoryRows(2 * genes.length, ptr, Uint32Array.from(idx), Float32Array.from(val)),
    cells: {
      train: rowsOf.slice(0, train.length),
      stop: rowsOf.slice(train.length, end),
      test: rowsOf.slice(end),
    },
  };
}

/** Binomial with probability a half: ones among so many random bits. */
function halfOf(count: number, random: Random): number {
  let ones = 0;
  for (let left = count; left > 0; left -= 32) {
    let bits = random.nextInt(2 ** 32) >>> 0;
    if (left < 32) bits &= (1 << left) - 1;
    for (; bits !== 0; bits &= bits - 1) ones++;
  }
  return ones;
}

class HalvesScorer {
  readonly #engine: TensorEngine;
  readonly #halves: Halves;
  readonly #genes: number;
  readonly #signal: AbortSignal;
  /** Columns of the second half. */
  readonly #second: Int32Array;

  constructor(engine: TensorEngine, halves: Halves, genes: number, signal: AbortSignal) {
    this.#engine = engine;
    this.#halves = halves;
    this.#genes = genes;
    this.#signal = signal;
    this.#second = range(genes).map(gene => genes + gene);
  }

  /** Explained variance of the second half of all genes from the first half of some. */
  async of(inputs: Int32Array): Promise<number> {
    const { rows, cells } = this.#halves;
    const spec = { inputs, targets: this.#second };
    const model = await fitRidge(this.#engine, rows, cells, spec, { signal: this.#signal });
    try {
      return await this.#explained(model);
    } finally {
      model.dispose();
    }
  }

  /** The same, each gene from its own first half: a straight line fitted in the training cells. */
  async itself(): Promise<number> {
    const genes = this.#genes;
    const n = this.#halves.cells.train.length;
    const [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0].map(() => new Float64Array(genes)) as Sums;
    await this.#each(this.#halves.cells.train, (x, y) => {
      for (let at = 0; at < x.length; at++) {
        const gene = at % genes;
        sumX[gene]! += x[at]!;
        sumY[gene]! += y[at]!;
        sumXX[gene]! += x[at]! ** 2;
        sumXY[gene]! += x[at]! * y[at]!;
      }
    });
    const slope = sumX.map((x, gene) => {
      const spread = sumXX[gene]! - x ** 2 / n;
      return spread > 0 ? (sumXY[gene]! - (x * sumY[gene]!) / n) / spread : 0;
    });
    return this.#explained({
      inputs: range(genes),
      targets: this.#second,
      predict: x =>
        x.map((value, at) => {
          const gene = at % genes;
          return sumY[gene]! / n + slope[gene]! * (value - sumX[gene]! / n);
        }),
      dispose: () => {},
    });
  }

  async #explained({ inputs, predict }: Predictor): Promise<number> {
    const { train, test } = this.#halves.cells;
    const genes = this.#genes;
    const means = new Float64Array(genes);
    await this.#each(train, (_, y) => y.forEach((value, at) => (means[at % genes]! += value / train.length)));
    let [error, variance] = [0, 0];
    await this.#each(test, (x, y, cells) => {
      const some = new Float32Array(cells * inputs.length);
      for (let cell = 0; cell < cells; cell++)
        inputs.forEach((gene, k) => (some[cell * inputs.length + k] = x[cell * genes + gene]!));
      const predicted = predict(some, cells);
      y.forEach((value, at) => {
        error += (value - predicted[at]!) ** 2;
        variance += (value - means[at % genes]!) ** 2;
      });
    });
    return explained(error, variance) ?? 0;
  }

  /** Both halves of some cells at a time, each cells x genes. */
  async #each(
    cells: Int32Array,
    look: (first: Float32Array, second: Float32Array, cells: number) => void,
  ): Promise<void> {
    const { rows } = this.#halves;
    const genes = this.#genes;
    const [first, second] = [range(genes), this.#second].map(columns => columnMap(columns, rows.genes)) as [
      Int32Array,
      Int32Array,
    ];
    const task = { phase: 'halves', label: 'Scoring halves', of: cells.length, block: BLOCK };
    await inBlocks(quiet(this.#signal), task, (from, to) => {
      const block = readCells(rows, cells, from, to);
      const dense = (map: Int32Array): Float32Array =>
        fillDense(block, map, genes, new Float32Array((to - from) * genes));
      look(dense(first), dense(second), to - from);
    });
  }
}

type Sums = [Float64Array, Float64Array, Float64Array, Float64Array];
