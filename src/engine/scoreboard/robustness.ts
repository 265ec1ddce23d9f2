/**
 * How much a panel depends on the cells that it was selected on: selected anew on random halves of the training cells
 * (Meinshausen and Buehlmann 2010), and without one experiment, donor or cell type, on whose test cells it is then scored.
 */
import { createRandom } from '../../core/random.ts';
import { AppError } from '../../shared/errors.ts';
import type { LabelColumn } from '../../shared/model.ts';
import type { Robustness, RobustnessRequest, Transfer } from '../../shared/scoreboard.ts';
import { columnMeans } from '../models/centred.ts';
import { crossProducts, type CrossProducts } from '../models/cross-products.ts';
import { fitPanelRidge, type PartProducts } from '../models/panel-ridge.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { agreement, jaccard, meanJaccard, shareOfPanels } from '../steps/agreement.ts';
import { range, sampleOf } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { isType } from '../steps/labels.ts';
import { comparedCells, drawPanel } from '../steps/random-panels.ts';
import { grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { refuseWithoutMemory } from './choose.ts';
import { choosePanels, plainWishes } from './panels.ts';
import { allEv, errorsOfGenes, lead } from './figures.ts';

export interface RobustnessInput extends Pick<RobustnessRequest, 'selector' | 'size' | 'draws'> {
  readonly engine: TensorEngine;
  readonly prepared: Prepared;
  /** Of all kept cells; those that are to be left out value by value, and the types. */
  readonly labels: Readonly<Partial<Record<Transfer['by'], LabelColumn>>>;
  readonly types: LabelColumn | null;
  readonly norms: ArrayLike<number>;
  readonly seed: number;
  readonly memoryLimit: number;
}

/** Test cells of a value below which nothing is said about it. */
const FEWEST_CELLS = 20;
const RANDOM = 9;
/** Most values of one column that are left out. */
const MOST_VALUES = 20;

type Cells = Readonly<Record<'train' | 'stop' | 'test', Int32Array>>;

/** @throws AppError NOT_POSSIBLE, CANCELLED */
export async function robustness(input: RobustnessInput, context: StepContext): Promise<Robustness> {
  const { prepared, seed, draws, selector, size, labels } = input;
  const { rows, split, test, genes } = prepared;
  refuseWithoutMemory(rows.genes, input.memoryLimit);
  if (size > rows.genes / 2) {
    const why = `half of the ${grouped(rows.genes)} genes at least have to be left to predict`;
    throw new AppError('NOT_POSSIBLE', `No panel of ${grouped(size)} genes can be made: ${why}.`, {
      what: 'robustness',
      why,
    });
  }
  const cells: Cells = comparedCells({ ...split, test: test.cells }, seed);
  const notes: string[] = [];
  const leaves = Object.entries(labels).flatMap(([by, column]) => {
    const values = valuesOf(column, cells.test, by === 'type');
    if (values.length < 2) return [];
    if (values.length > MOST_VALUES)
      notes.push(
        `Of ${grouped(values.length)} values of ${by}, the first ${MOST_VALUES} were left out in turns.`,
      );
    return values.slice(0, MOST_VALUES).map(code => ({ by: by as Transfer['by'], column, code }));
  });
  const steps = 1 + draws + leaves.length;
  const tell = (done: number, label: string): void =>
    context.progress({ phase: 'robustness', label, done, of: steps });
  tell(0, 'Selecting the panel');
  const panel = await select(input, cells, context);
  const chosen: number[][] = [];
  for (let draw = 0; draw < draws; draw++) {
    tell(1 + draw, `Selecting on half of the cells (${draw + 1} of ${draws})`);
    const half = sampleOf(cells.train, Math.ceil(cells.train.length / 2), createRandom(seed, 'half', draw));
    chosen.push(await select(input, { ...cells, train: half }, context));
  }
  const transfer: Transfer[] = [];
  for (const [k, { by, column, code }] of leaves.entries()) {
    const left = column.levels[code]!;
    tell(1 + draws + k, `Leaving out ${left}`);
    const without = (part: Int32Array): Int32Array => part.filter(cell => column.codes[cell] !== code);
    const own = {
      train: without(cells.train),
      stop: without(cells.stop),
      test: cells.test.filter(cell => column.codes[cell] === code),
    };
    if (own.train.length < FEWEST_CELLS || own.stop.length === 0) continue;
    const found = await moved(input, own, panel, context);
    if (found !== null) transfer.push({ by, left, cells: own.test.length, ...found });
  }
  if (leaves.length === 0)
    notes.push(
      'No experiment, donor or cell type could be left out: each needs two values of 20 test cells.',
    );
  const shares = shareOfPanels(chosen, rows.genes);
  const inPanel = new Set(panel);
  const all = [...new Set([...panel, ...chosen.flat()])].sort(
    (a, b) => Number(inPanel.has(b)) - Number(inPanel.has(a)) || shares[b]! - shares[a]! || a - b,
  );
  return {
    ...{ selector, size: panel.length, draws, transfer, notes },
    jaccard: meanJaccard(chosen),
    genes: all.map(gene => ({
      name: genes.name[gene]!,
      symbol: genes.symbol[gene]!,
      inPanel: inPanel.has(gene),
      share: shares[gene]!,
    })),
    ...agreement(panel, shares),
  };
}

/** Values with enough of these cells. */
function valuesOf(column: LabelColumn, cells: Int32Array, types: boolean): number[] {
  const counts = new Int32Array(column.levels.length);
  for (const cell of cells) if (column.codes[cell]! >= 0) counts[column.codes[cell]!]!++;
  return [...counts.keys()].filter(
    code => counts[code]! >= FEWEST_CELLS && (!types || isType(column.levels[code]!)),
  );
}

async function productsOf(
  { engine, prepared: { rows } }: RobustnessInput,
  parts: readonly Int32Array[],
  { signal }: StepContext,
): Promise<{ means: Float64Array; products: CrossProducts[] }> {
  const all = range(rows.genes);
  const means = await columnMeans(rows, parts[0]!, all, signal);
  const products: CrossProducts[] = [];
  for (const part of parts) {
    products.push(await crossProducts(engine, rows, part, all, means, { signal, onShare: () => {} }));
  }
  return { means, products };
}

async function select(input: RobustnessInput, cells: Cells, context: StepContext): Promise<number[]> {
  const { means, products } = await productsOf(input, [cells.train, cells.stop], context);
  return chooseFrom(input, cells, means, { train: products[0]!, stop: products[1]! }, context);
}

async function chooseFrom(
  { engine, prepared, types, norms, seed, selector, size }: RobustnessInput,
  cells: Cells,
  means: Float64Array,
  products: Pick<PartProducts, 'train' | 'stop'>,
  { signal }: StepContext,
): Promise<number[]> {
  const { rows, genes, landmarks } = prepared;
  const { panels } = await choosePanels({
    ...{ engine, rows, train: cells.train, means, products, genes, landmarks, types, norms, seed, signal },
    ...{ ...plainWishes(selector, size, rows.genes), panel: [], controls: false },
    onShare: () => {},
  });
  const found = panels.find(({ id }) => id === selector);
  if (found === undefined) {
    const why = `the selector ${selector} finds no panel of ${grouped(size)} genes in a part of these cells`;
    throw new AppError(
      'NOT_POSSIBLE',
      `Nothing can be said about stability: ${why}. Choose another selector.`,
      {
        what: 'robustness',
        why,
      },
    );
  }
  return [...found.genes];
}

async function moved(
  input: RobustnessInput,
  cells: Cells,
  panel: readonly number[],
  context: StepContext,
): Promise<Omit<Transfer, 'by' | 'left' | 'cells'> | null> {
  const { engine, prepared, seed, size } = input;
  const { means, products } = await productsOf(input, [cells.train, cells.stop, cells.test], context);
  const parts: PartProducts = { train: products[0]!, stop: products[1]!, test: products[2]! };
  const chosen = await chooseFrom(input, cells, means, parts, context);
  const errorsOf = async (genes: Int32Array): Promise<Float64Array | null> => {
    const model = await fitPanelRidge(engine, parts, genes, 1, context.signal);
    if (model === null) return null;
    const errors = errorsOfGenes(model, parts.test);
    model.dispose();
    return errors;
  };
  const own = await errorsOf(Int32Array.from(chosen).sort());
  if (own === null) return null;
  const leads: number[] = [];
  for (let k = 0; k < RANDOM; k++) {
    const other = await errorsOf(drawPanel(prepared.rows.genes, size, seed, k));
    if (other !== null) leads.push(lead(own, other, parts.test.squares));
  }
  return {
    evAllGenes: allEv(own, parts.test.squares),
    lead: leads.reduce((sum, value) => sum + value, 0) / Math.max(1, leads.length),
    asGood: leads.filter(value => value <= 0).length,
    random: leads.length,
    jaccard: jaccard(chosen, panel),
  };
}
