/** One panel of one size by one selector, for a run that shall have it. */
import { AppError } from '../../shared/errors.ts';
import type { LabelColumn } from '../../shared/model.ts';
import { PANEL_NAMES, type SelectorId } from '../../shared/scoreboard.ts';
import { columnMeans } from '../models/centred.ts';
import { crossProducts, type CrossProducts } from '../models/cross-products.ts';
import type { Prepared } from '../recipe/prepare.ts';
import { range } from '../steps/cells.ts';
import { comparedCells } from '../steps/random-panels.ts';
import { counted, grouped } from '../steps/words.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { choosePanels, plainWishes } from './panels.ts';

export interface ChooseInput {
  readonly engine: TensorEngine;
  readonly prepared: Prepared;
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
  readonly norms: ArrayLike<number>;
  /** Per gene, 1 for one that may not be chosen. */
  readonly avoided: Uint8Array;
  readonly typeShare: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Copies of the products of all genes: of training and stop cells, one in the making, one in the engine. */
const COPIES = 4;
/** Share of the progress that the products take. */
const PRODUCTS = 0.4;

/** @throws AppError NOT_POSSIBLE where memory or labels do not suffice, CANCELLED */
export async function chooseBySelector(
  { engine, prepared, types, norms, avoided, typeShare, seed, signal }: ChooseInput,
  selector: SelectorId,
  size: number,
  memoryLimit: number,
  onShare: (share: number) => void,
): Promise<{
  readonly genes: readonly number[];
  readonly reasons?: readonly string[];
  readonly notes: readonly string[];
}> {
  const { rows, split, genes, landmarks } = prepared;
  refuseWithoutMemory(rows.genes, memoryLimit);
  const cells = comparedCells({ train: split.train, stop: split.stop, test: split.stop }, seed);
  const all = range(rows.genes);
  const means = await columnMeans(rows, cells.train, all, signal);
  const of = (part: Int32Array, from: number): Promise<CrossProducts> =>
    crossProducts(engine, rows, part, all, means, {
      signal,
      onShare: share => onShare(PRODUCTS * (from + share / 2)),
    });
  const products = { train: await of(cells.train, 0), stop: await of(cells.stop, 0.5) };
  const { panels, selectionRidge, notes } = await choosePanels({
    ...{ engine, rows, train: cells.train, means, products, genes, landmarks, types, norms, seed, signal },
    ...{ ...plainWishes(selector, size, rows.genes), typeShare, banned: avoided },
    ...{ panel: [], controls: false },
    onShare: share => onShare(PRODUCTS + (1 - PRODUCTS) * share),
  });
  const found = panels.find(({ id }) => id === selector);
  if (found === undefined) {
    const why =
      selector === 'types' || selector === 'mixed'
        ? 'it needs at least two labelled cell types of 10 training cells'
        : `fewer than ${counted(size, 'gene')} can be chosen`;
    throw new AppError(
      'NOT_POSSIBLE',
      `The panel cannot be selected by the rule ${selector}: ${why}. Choose another rule.`,
      {
        what: 'panel',
        why,
      },
    );
  }
  return {
    genes: found.genes,
    ...(found.reasons && { reasons: found.reasons }),
    notes: [
      ...notes,
      `The panel was selected by ${PANEL_NAMES[selector]}, with a ridge strength of ${selectionRidge} of the mean gene, chosen on the stop cells.`,
    ],
  };
}

/** @throws AppError NOT_POSSIBLE */
export function refuseWithoutMemory(genes: number, limit: number): void {
  const bytes = COPIES * 4 * genes * genes;
  if (bytes <= limit) return;
  const why = `the products of ${grouped(genes)} genes with each other take ${(bytes / 2 ** 30).toFixed(1)} GB of memory`;
  throw new AppError(
    'NOT_POSSIBLE',
    `Panels cannot be selected on this computer: ${why}. Use a stricter gene filter (more cells that a gene must be seen in).`,
    { what: 'panel', why },
  );
}
