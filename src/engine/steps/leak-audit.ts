/**
 * Ways in which held-out figures can be too good, looked for in every run: a target that is an input, cells that occur in
 * training and test cells at once, genes that are each other's copy, and experiments that stand for cell types.
 */
import { createRandom } from '../../core/random.ts';
import type { GeneTable, LabelColumn, LeakCheck } from '../../shared/model.ts';
import type { CellRows } from '../counts/rows.ts';
import { examples } from '../genes/examples.ts';
import { sparseBlock, readCells } from './cells.ts';
import { inBlocks, type StepContext } from './context.ts';
import { isType } from './labels.ts';
import { counted, percent } from './words.ts';

export interface LeakFacts {
  readonly rows: CellRows;
  readonly genes: GeneTable;
  readonly split: { readonly train: Int32Array; readonly stop: Int32Array; readonly test: Int32Array };
  /** Copies of cells that the split keeps together. */
  readonly copies: number;
  /** Inputs and targets of every model but the one that selects, which predicts its inputs by design. */
  readonly models: readonly {
    readonly id: string;
    readonly inputs: Int32Array;
    readonly targets: Int32Array;
  }[];
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
  readonly experiments: LabelColumn | null;
  /** Genes of the panel. */
  readonly panel: Int32Array;
  readonly seed: number;
}

/** Correlation from which on two genes count as one. */
const SAME = 0.99;
/** Random directions by which similar genes are found. */
const DIRECTIONS = 16;
/** Share of a type's cells in one experiment from which on the two stand for each other. */
const BOUND = 0.95;

/** @throws AppError CANCELLED */
export async function auditLeaks(facts: LeakFacts, context: StepContext): Promise<LeakCheck[]> {
  return [
    targetsAmongInputs(facts),
    await sharedCells(facts, context),
    await sameGenes(facts, context),
    boundExperiments(facts),
  ];
}

function targetsAmongInputs({ models, genes }: LeakFacts): LeakCheck {
  const found = models.flatMap(({ id, inputs, targets }) => {
    const measured = new Set(inputs);
    const shared = targets.filter(gene => measured.has(gene));
    return shared.length === 0 ? [] : [`${id}: ${examples(Array.from(shared, gene => genes.symbol[gene]!))}`];
  });
  return found.length === 0
    ? { id: 'targets', ok: true, text: 'No model predicts a gene that it measures.' }
    : {
        id: 'targets',
        ok: false,
        text: `Models predict genes that they measure (${found.join('; ')}): their scores are too high.`,
      };
}

/** Cells of test and other sets with the same genes detected, which two cells by chance do not have. */
async function sharedCells({ rows, split, copies }: LeakFacts, context: StepContext): Promise<LeakCheck> {
  const seen = new Map<number, number>();
  const walk = async (cells: Int32Array, visit: (hash: number, genes: number) => void): Promise<void> => {
    const block = sparseBlock(rows);
    const task = { phase: 'finish', label: 'Looking for leaks', of: cells.length, block };
    await inBlocks(context, task, (from, to) => {
      const { ptr, idx, rows: count } = readCells(rows, cells, from, to);
      for (let row = 0; row < count; row++) {
        let [a, b] = [0x811c9dc5, 0x9747b28c];
        for (let e = ptr[row]!; e < ptr[row + 1]!; e++) {
          a = Math.imul(a ^ idx[e]!, 0x01000193);
          b = Math.imul(b ^ idx[e]! ^ (b >>> 13), 0xc2b2ae35);
        }
        visit((a >>> 0) * 2 ** 21 + (b >>> 11), ptr[row + 1]! - ptr[row]!);
      }
    });
  };
  // A handful of genes is detected in two cells by chance.
  const fewest = 20;
  for (const part of [split.train, split.stop]) {
    await walk(part, (hash, genes) => {
      if (genes >= fewest) seen.set(hash, (seen.get(hash) ?? 0) + 1);
    });
  }
  let shared = 0;
  await walk(split.test, (hash, genes) => {
    if (genes >= fewest && seen.has(hash)) shared++;
  });
  const kept =
    copies > 0
      ? ` ${counted(copies, 'exact copy', 'exact copies')} of cells ${copies === 1 ? 'was' : 'were'} kept on one side of the split.`
      : '';
  return shared === 0
    ? {
        id: 'cells',
        ok: true,
        text: `No test cell has the detected genes of a training or stop cell.${kept}`,
      }
    : {
        id: 'cells',
        ok: false,
        text: `${counted(shared, 'test cell has', 'test cells have')} exactly the detected genes of a training or stop cell: they may be the same cells under other names, read twice or scaled differently. Remove the copies and run again; held-out scores are too high.${kept}`,
      };
}

/**
 * Pairs of genes with a correlation of .99 or more over the training cells. Such genes have nearly the same standardised
 * products with random directions over the cells, so only pairs that agree there are compared.
 */
async function sameGenes(
  { rows, split, genes, panel, seed }: LeakFacts,
  context: StepContext,
): Promise<LeakCheck> {
  const count = rows.genes;
  const n = split.train.length;
  const random = createRandom(seed, 'similar genes');
  const directions = Array.from({ length: DIRECTIONS }, () =>
    Float64Array.from({ length: n }, () => random.normal()),
  );
  const totals = directions.map(direction => direction.reduce((sum, value) => sum + value, 0));
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  const products = Array.from({ length: DIRECTIONS }, () => new Float64Array(count));
  const block = sparseBlock(rows);
  const task = { phase: 'finish', label: 'Looking for genes that are the same', of: n, block };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val, rows: cells } = readCells(rows, split.train, from, to);
    for (let row = 0; row < cells; row++) {
      for (let e = ptr[row]!; e < ptr[row + 1]!; e++) {
        const [gene, value] = [idx[e]!, val[e]!];
        sums[gene]! += value;
        squares[gene]! += value * value;
        for (let k = 0; k < DIRECTIONS; k++) products[k]![gene]! += value * directions[k]![from + row]!;
      }
    }
  });
  const deviation = squares.map((square, gene) => Math.sqrt(Math.max(0, square - sums[gene]! ** 2 / n)));
  const marks = products.map((own, k) =>
    own.map((product, gene) =>
      deviation[gene]! > 0 ? (product - (sums[gene]! / n) * totals[k]!) / deviation[gene]! : NaN,
    ),
  );
  const order = Int32Array.from({ length: count }, (_, gene) => gene)
    .filter(gene => deviation[gene]! > 0)
    .sort((a, b) => marks[0]![a]! - marks[0]![b]!);
  // Two genes of correlation r differ in a mark by a normal of variance 2 (1 - r).
  const widest = 4 * Math.sqrt(2 * (1 - SAME));
  const most = 2 * DIRECTIONS * 2 * (1 - SAME);
  const candidates: [number, number][] = [];
  for (let at = 0; at < order.length; at++) {
    for (let next = at + 1; next < order.length; next++) {
      const [a, b] = [order[at]!, order[next]!];
      if (marks[0]![b]! - marks[0]![a]! > widest) break;
      let distance = 0;
      for (let k = 0; k < DIRECTIONS && distance <= most; k++)
        distance += (marks[k]![a]! - marks[k]![b]!) ** 2;
      if (distance <= most && candidates.length < 5000) candidates.push([a, b]);
    }
  }
  const pairs = await confirmed(rows, split.train, candidates, sums, deviation, context);
  if (pairs.length === 0) {
    return {
      id: 'genes',
      ok: true,
      text: `No two genes have a correlation of ${SAME} or more over the training cells.`,
    };
  }
  const inPanel = new Set(panel);
  const across = pairs.filter(([a, b]) => inPanel.has(a) !== inPanel.has(b));
  const names = examples(pairs.map(([a, b]) => `${genes.symbol[a]} and ${genes.symbol[b]}`));
  return {
    id: 'genes',
    ok: across.length === 0,
    text: `${counted(pairs.length, 'pair of genes is', 'pairs of genes are')} nearly identical over the training cells (correlation of ${SAME} or more: ${names})${
      across.length === 0
        ? '; none of them lies between the panel and its targets.'
        : `; in ${across.length} of them one gene is in the panel and predicts the other, which may be one gene under two names.`
    }`,
  };
}

/** The candidates whose correlation is what it has to be. */
async function confirmed(
  rows: CellRows,
  train: Int32Array,
  candidates: readonly [number, number][],
  sums: Float64Array,
  deviation: Float64Array,
  context: StepContext,
): Promise<[number, number][]> {
  const partners = new Map<number, number[]>();
  candidates.forEach(([a], k) => {
    const held = partners.get(a);
    if (held) held.push(k);
    else partners.set(a, [k]);
  });
  const crossed = new Float64Array(candidates.length);
  const own = new Float64Array(rows.genes);
  const task = {
    phase: 'finish',
    label: 'Comparing genes',
    of: candidates.length === 0 ? 0 : train.length,
    block: sparseBlock(rows),
  };
  await inBlocks(context, task, (from, to) => {
    const { ptr, idx, val, rows: cells } = readCells(rows, train, from, to);
    for (let row = 0; row < cells; row++) {
      for (let e = ptr[row]!; e < ptr[row + 1]!; e++) own[idx[e]!] = val[e]!;
      for (let e = ptr[row]!; e < ptr[row + 1]!; e++) {
        for (const k of partners.get(idx[e]!) ?? []) crossed[k]! += val[e]! * own[candidates[k]![1]]!;
      }
      for (let e = ptr[row]!; e < ptr[row + 1]!; e++) own[idx[e]!] = 0;
    }
  });
  return candidates.filter(([a, b], k) => {
    const correlation =
      (crossed[k]! - (sums[a]! * sums[b]!) / train.length) / (deviation[a]! * deviation[b]!);
    return correlation >= SAME;
  });
}

function boundExperiments({ types, experiments }: LeakFacts): LeakCheck {
  if (types === null || experiments === null || experiments.levels.length < 2) {
    return { id: 'experiments', ok: true, text: 'There are no experiments that could stand for cell types.' };
  }
  const bound = types.levels.flatMap((level, code) => {
    if (!isType(level)) return [];
    const counts = new Int32Array(experiments.levels.length);
    let cells = 0;
    types.codes.forEach((own, cell) => {
      const experiment = experiments.codes[cell]!;
      if (own !== code || experiment < 0) return;
      counts[experiment]!++;
      cells++;
    });
    const largest = counts.reduce((most, value) => Math.max(most, value), 0);
    return cells >= 20 && largest >= BOUND * cells
      ? [`${level} in ${experiments.levels[counts.indexOf(largest)]}`]
      : [];
  });
  const scored = types.levels.filter(isType).length;
  if (bound.length === 0) {
    return { id: 'experiments', ok: true, text: 'No cell type lies in one experiment alone.' };
  }
  return {
    id: 'experiments',
    ok: false,
    text: `${counted(bound.length, 'cell type lies', 'cell types lie')} to ${percent(BOUND)} or more in one experiment (${examples(bound)}) of ${counted(scored, 'type')}: what tells these types apart may be the experiment. Leave one experiment out to see what holds.`,
  };
}
