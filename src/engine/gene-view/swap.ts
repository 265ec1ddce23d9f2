/**
 * What the panel of a run would lose without one of its genes, and which genes would do best in its place: from the residual
 * of all genes given the panel (selection/residual.ts), over the training cells.
 */
import { AppError } from '../../shared/errors.ts';
import type { GeneSwap } from '../../shared/gene-view.ts';
import { crossProducts } from '../models/cross-products.ts';
import { refuseWithoutMemory } from '../scoreboard/choose.ts';
import { geneAim } from '../selection/aim.ts';
import { Residual } from '../selection/residual.ts';
import { range } from '../steps/cells.ts';
import type { StepContext } from '../steps/context.ts';
import { MOST_CELLS } from '../steps/random-panels.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { GeneDesk } from './desk.ts';

const SUBSTITUTES = 5;
const MEMORY_SHARE = 0.5;

export class SwapDesk {
  readonly #desk: GeneDesk;
  readonly #residual: Residual;
  /** Sum of squares of all genes over the training cells. */
  readonly #total: number;

  private constructor(desk: GeneDesk, residual: Residual, total: number) {
    this.#desk = desk;
    this.#residual = residual;
    this.#total = total;
  }

  /** @throws AppError NOT_POSSIBLE where memory does not suffice, CANCELLED */
  static async create(
    engine: TensorEngine,
    desk: GeneDesk,
    { signal, progress }: StepContext,
  ): Promise<SwapDesk> {
    const genes = desk.rows.genes;
    refuseWithoutMemory(genes, MEMORY_SHARE * process.availableMemory());
    const train = desk.train.slice(0, MOST_CELLS.train);
    const tell = (done: number, label: string): void => progress({ phase: 'gene', label, done, of: 100 });
    const products = await crossProducts(engine, desk.rows, train, range(genes), desk.spread.means, {
      signal,
      onShare: share => tell(Math.round(60 * share), 'Relating all genes'),
    });
    const residual = new Residual(engine, products, geneAim(genes), desk.ridge);
    try {
      await residual.begin(signal);
      for (const [k, gene] of desk.panel.entries()) {
        tell(60 + Math.round((40 * k) / desk.panel.length), 'Measuring the panel');
        await residual.add(gene, signal);
      }
    } catch (error) {
      residual.dispose();
      throw error;
    }
    return new SwapDesk(
      desk,
      residual,
      products.squares.reduce((sum, square) => sum + square, 0),
    );
  }

  /** @param gene column of a panel gene. @throws AppError NOT_POSSIBLE for another gene */
  async without(gene: number): Promise<GeneSwap> {
    // Short, and not to be stopped half-way: the next question finds the whole panel.
    const { signal } = new AbortController();
    const residual = this.#residual;
    const place = residual.measured.indexOf(gene);
    const { ofRun } = this.#desk;
    if (place < 0) {
      const why = `${ofRun[gene]!.symbol} is not in the panel`;
      throw new AppError('NOT_POSSIBLE', `Nothing can be swapped: ${why}.`, { what: 'swap', why });
    }
    const cost = residual.costs()[place]!;
    await residual.remove(place, signal);
    try {
      const measured = new Set(residual.measured);
      const best = range(residual.genes)
        .filter(other => other !== gene && !measured.has(other))
        .sort((a, b) => residual.gain(b) - residual.gain(a))
        .slice(0, SUBSTITUTES);
      return {
        cost: cost / this.#total,
        substitutes: Array.from(best, other => ({
          name: ofRun[other]!.name,
          symbol: ofRun[other]!.symbol,
          landmark: ofRun[other]!.landmark,
          gain: residual.gain(other) / this.#total,
        })),
      };
    } finally {
      await residual.add(gene, signal);
    }
  }

  dispose(): void {
    this.#residual.dispose();
  }
}
