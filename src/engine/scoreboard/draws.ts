/**
 * How much the lead of a selector owes to the cells that it chose on: chosen anew on random four fifths of the training
 * cells, fitted and scored like every panel. The cells that score are the same for all draws, so their leads are paired.
 */
import { createRandom } from '../../core/random.ts';
import type { Board, BoardDraws, SelectorId } from '../../shared/scoreboard.ts';
import { columnMeans } from '../models/centred.ts';
import { crossProducts } from '../models/cross-products.ts';
import { meanJaccard } from '../steps/agreement.ts';
import { range, sampleOf } from '../steps/cells.ts';
import { lead } from './figures.ts';
import { choosePanels, type ChosenPanel, type PanelsInput } from './panels.ts';
import type { Fitted, PanelScorer } from './scorer.ts';

const SHARE = 0.8;

/** Panels chosen on some of the training cells, as the others were on all of them. @throws AppError CANCELLED */
export async function chooseOn(
  train: Int32Array,
  stop: Int32Array,
  input: Omit<PanelsInput, 'train' | 'means' | 'products'>,
): Promise<readonly ChosenPanel[]> {
  const { engine, rows, signal } = input;
  const genes = range(rows.genes);
  const means = await columnMeans(rows, train, genes, signal);
  const of = (part: Int32Array) =>
    crossProducts(engine, rows, part, genes, means, { signal, onShare: () => {} });
  const products = { train: await of(train), stop: await of(stop) };
  return (await choosePanels({ ...input, train, means, products })).panels;
}

/**
 * @param input as the panels of the board were chosen
 * @param named the selector of each size
 * @param random the random panels of each size
 * @throws AppError CANCELLED
 */
export async function drawsOf(
  input: Omit<PanelsInput, 'onShare'>,
  scorer: PanelScorer,
  named: ReadonlyMap<number, SelectorId>,
  random: ReadonlyMap<number, readonly Fitted[]>,
  count: number,
  onShare: (share: number) => void,
): Promise<ReadonlyMap<number, BoardDraws>> {
  const { signal, seed } = input;
  const selectors = [...new Set(named.values())];
  const chosen = new Map<number, number[][]>([...named.keys()].map(size => [size, []]));
  const leads = new Map<number, number[]>([...named.keys()].map(size => [size, []]));
  for (let draw = 0; draw < count; draw++) {
    const { train: all, stop } = scorer.cells;
    const train = sampleOf(all, Math.ceil(SHARE * all.length), createRandom(seed, 'draw', draw));
    const panels = await chooseOn(train, stop, {
      ...{ ...input, selectors, controls: false },
      sizes: [...named.keys()],
      onShare: share => onShare((draw + 0.9 * share) / count),
    });
    for (const [size, selector] of named) {
      const found = panels.find(panel => panel.id === selector && panel.size === size);
      const fitted = found && (await scorer.fit(Int32Array.from(found.genes).sort(), signal));
      if (!fitted) continue;
      chosen.get(size)!.push([...found.genes]);
      const variance = scorer.products.test.squares;
      const own = random.get(size)!.map(other => lead(fitted.test, other.test, variance));
      leads.get(size)!.push(own.reduce((sum, value) => sum + value, 0) / Math.max(1, own.length));
    }
    onShare((draw + 1) / count);
  }
  const draws = new Map<number, NonNullable<Board['draws']>>();
  for (const [size, own] of leads) {
    if (own.length === 0) continue;
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    draws.set(size, {
      count: own.length,
      lead: { mean, low: Math.min(...own), high: Math.max(...own) },
      jaccard: meanJaccard(chosen.get(size)!),
    });
  }
  return draws;
}
