/**
 * Forward selection: one gene after the other, each the one that explains most of what is left of the aim; and swaps
 * afterwards, which give a gene back where another one in its place explains more.
 */
import type { CrossProducts } from '../models/cross-products.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import type { Aim } from './aim.ts';
import { Residual } from './residual.ts';

export interface SelectionRequest {
  readonly engine: TensorEngine;
  /** Of all genes over the training cells. */
  readonly products: CrossProducts;
  readonly aim: Aim;
  /** Ridge strength, in the units of the products. */
  readonly ridge: number;
  /** Genes of the panel. */
  readonly size: number;
  /** Measured whatever they bring, in this order. */
  readonly mustHave: readonly number[];
  /** Per gene, 1 for one that may not be chosen. */
  readonly banned: Uint8Array;
  readonly signal: AbortSignal;
  onShare(share: number): void;
}

/** A chosen gene, and what it brought when it came. */
export interface Pick {
  readonly gene: number;
  /** Part of the aim, in its own units. */
  readonly gain: number;
  /** What it explained most of: genes by column, or names of other targets. */
  readonly carries: readonly (number | string)[];
}

/** Targets named for each pick. */
const NAMED = 3;
/** Part of the aim's smallest step below which a swap is rounding. */
const WORTH = 1e-6;

/**
 * The path of the selection: each prefix that holds the must-haves is the panel of its size.
 * @returns fewer picks than asked for where nothing is left to choose
 * @throws AppError CANCELLED
 */
export async function forwardPath(request: SelectionRequest): Promise<Pick[]> {
  const { engine, products, aim, ridge, size, mustHave, banned, signal } = request;
  const residual = new Residual(engine, products, aim, ridge);
  try {
    await residual.begin(signal);
    const taken = banned.slice();
    const picks: Pick[] = [];
    const take = async (gene: number): Promise<void> => {
      picks.push({ gene, gain: residual.gain(gene), carries: carried(residual, aim, gene) });
      taken[gene] = 1;
      await residual.add(gene, signal);
      request.onShare(picks.length / size);
    };
    for (const gene of mustHave.slice(0, size)) if (!picks.some(pick => pick.gene === gene)) await take(gene);
    while (picks.length < size) {
      const gene = best(residual, taken);
      if (gene < 0) break;
      await take(gene);
    }
    return picks;
  } finally {
    residual.dispose();
  }
}

/** A panel after swaps, and what they brought. */
export interface Swapped {
  readonly genes: Int32Array;
  readonly swaps: number;
  readonly gained: number;
}

/**
 * Panels of several sizes from a panel that is there: smaller ones drop the genes that cost least, larger ones add those that
 * bring most; then genes are swapped while that improves them, until `tries` in a row brought nothing.
 * @param sizes in any order
 * @returns by size; a size that cannot be reached is missing
 * @throws AppError CANCELLED
 */
export async function guidedPanels(
  request: Omit<SelectionRequest, 'size'>,
  start: readonly number[],
  sizes: readonly number[],
  tries: number,
): Promise<Map<number, Swapped>> {
  const found = new Map<number, Swapped>();
  const up = sizes.filter(size => size >= start.length).sort((a, b) => a - b);
  const down = sizes.filter(size => size < start.length).sort((a, b) => b - a);
  for (const way of [up, down]) {
    if (way.length === 0) continue;
    const editor = new Editor(request, new Set(request.mustHave));
    try {
      await editor.begin(start);
      for (const size of way) {
        await editor.reach(size);
        if (editor.size !== size) break;
        found.set(size, await editor.swap(tries));
        request.onShare(found.size / sizes.length);
      }
    } finally {
      editor.dispose();
    }
  }
  return found;
}

/** The same at the size it has. */
export async function improve(
  request: SelectionRequest,
  start: readonly number[],
  tries: number,
): Promise<Swapped> {
  const found = await guidedPanels(request, start, [request.size], tries);
  return found.get(request.size) ?? { genes: Int32Array.from(start).sort(), swaps: 0, gained: 0 };
}

/** A panel that changes gene by gene. */
class Editor {
  readonly #residual: Residual;
  readonly #taken: Uint8Array;
  readonly #banned: Uint8Array;
  readonly #fixed: ReadonlySet<number>;
  readonly #signal: AbortSignal;

  constructor(request: Omit<SelectionRequest, 'size'>, fixed: ReadonlySet<number>) {
    this.#residual = new Residual(request.engine, request.products, request.aim, request.ridge);
    this.#banned = request.banned;
    this.#taken = request.banned.slice();
    this.#fixed = fixed;
    this.#signal = request.signal;
  }

  get size(): number {
    return this.#residual.measured.length;
  }

  async begin(start: readonly number[]): Promise<void> {
    await this.#residual.begin(this.#signal);
    for (const gene of new Set([...this.#fixed, ...start])) await this.#add(gene);
  }

  async reach(size: number): Promise<void> {
    while (this.size > size) {
      // Several at a time while many have to go: the cheapest hardly depend on each other.
      const some = Math.max(1, Math.floor((this.size - size) / 8));
      const cheapest = this.#cheapest().slice(0, some);
      if (cheapest.length === 0) return;
      for (const { gene } of cheapest) await this.#remove(gene);
    }
    while (this.size < size) {
      const gene = best(this.#residual, this.#taken);
      if (gene < 0) return;
      await this.#add(gene);
    }
  }

  /** Tries every gene, the cheapest first. */
  async swap(tries: number): Promise<Swapped> {
    let [swaps, gained, failed] = [0, 0, 0];
    const order = tries === 0 ? [] : this.#cheapest();
    for (const { gene, cost } of order) {
      if (failed >= tries) break;
      const now = swaps === 0 ? cost : this.#costOf(gene);
      await this.#remove(gene);
      const instead = best(this.#residual, this.#taken);
      const gain = instead < 0 ? 0 : this.#residual.gain(instead);
      if (gain > now * (1 + WORTH)) {
        await this.#add(instead);
        [swaps, gained, failed] = [swaps + 1, gained + gain - now, 0];
      } else {
        await this.#add(gene);
        failed++;
      }
    }
    return { genes: Int32Array.from(this.#residual.measured).sort(), swaps, gained };
  }

  dispose(): void {
    this.#residual.dispose();
  }

  #cheapest(): { gene: number; cost: number }[] {
    const costs = this.#residual.costs();
    return this.#residual.measured
      .map((gene, place) => ({ gene, cost: costs[place]! }))
      .filter(({ gene }) => !this.#fixed.has(gene))
      .sort((a, b) => a.cost - b.cost);
  }

  #costOf(gene: number): number {
    return this.#residual.costs()[this.#residual.measured.indexOf(gene)]!;
  }

  async #add(gene: number): Promise<void> {
    this.#taken[gene] = 1;
    await this.#residual.add(gene, this.#signal);
  }

  async #remove(gene: number): Promise<void> {
    this.#taken[gene] = this.#banned[gene]!;
    await this.#residual.remove(this.#residual.measured.indexOf(gene), this.#signal);
  }
}

/** The gene with the largest gain that is not taken; of equal ones the first; -1 where none is left. */
function best(residual: Residual, taken: Uint8Array): number {
  let found = -1;
  let most = 0;
  for (let gene = 0; gene < residual.genes; gene++) {
    if (taken[gene] === 1) continue;
    const gain = residual.gain(gene);
    if (gain > most) [found, most] = [gene, gain];
  }
  return found;
}

function carried(residual: Residual, aim: Aim, gene: number): (number | string)[] {
  const { genes, others } = residual.explainedBy(gene);
  if (genes !== null) {
    genes[gene] = 0;
    return largest(genes);
  }
  return others === null ? [] : largest(others).map(t => aim.others!.names[t]!);
}

function largest(values: Float64Array): number[] {
  const found: number[] = [];
  for (let k = 0; k < NAMED; k++) {
    let best = -1;
    for (let t = 0; t < values.length; t++) {
      if (!found.includes(t) && values[t]! > 0 && (best < 0 || values[t]! > values[best]!)) best = t;
    }
    if (best >= 0) found.push(best);
  }
  return found;
}
