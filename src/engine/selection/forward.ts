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
 * Gives genes back where another one in the same place explains more: the cheapest first, until `tries` in a row brought
 * nothing or every gene was tried. A panel that is larger than `size` loses its cheapest genes before, a smaller one grows.
 */
export async function improve(
  request: SelectionRequest,
  start: readonly number[],
  tries: number,
): Promise<Swapped> {
  const { engine, products, aim, ridge, size, mustHave, banned, signal, onShare } = request;
  const fixed = new Set(mustHave);
  const residual = new Residual(engine, products, aim, ridge);
  try {
    await residual.begin(signal);
    const taken = banned.slice();
    for (const [k, gene] of start.entries()) {
      taken[gene] = 1;
      await residual.add(gene, signal);
      onShare((0.5 * (k + 1)) / start.length);
    }
    const { measured } = residual;
    const costs = (): { gene: number; cost: number }[] =>
      measured
        .map((gene, place) => ({ gene, cost: residual.cost(place) }))
        .filter(({ gene }) => !fixed.has(gene))
        .sort((a, b) => a.cost - b.cost);
    while (measured.length > size) {
      // Several at a time while many have to go: the cheapest hardly depend on each other.
      const some = Math.max(1, Math.floor((measured.length - size) / 8));
      const cheapest = costs().slice(0, some);
      if (cheapest.length === 0) break;
      for (const { gene } of cheapest) {
        await residual.remove(measured.indexOf(gene), signal);
        taken[gene] = banned[gene]!;
      }
    }
    while (measured.length < size) {
      const gene = best(residual, taken);
      if (gene < 0) break;
      taken[gene] = 1;
      await residual.add(gene, signal);
    }
    let [swaps, gained, failed] = [0, 0, 0];
    const order = costs();
    for (const [k, { gene }] of order.entries()) {
      if (failed >= tries) break;
      const place = measured.indexOf(gene);
      const cost = residual.cost(place);
      await residual.remove(place, signal);
      const instead = best(residual, taken);
      const gain = instead < 0 ? 0 : residual.gain(instead);
      if (gain > cost * (1 + WORTH)) {
        taken[gene] = banned[gene]!;
        taken[instead] = 1;
        await residual.add(instead, signal);
        swaps++;
        gained += gain - cost;
        failed = 0;
      } else {
        await residual.add(gene, signal);
        failed++;
      }
      onShare(0.5 + (0.5 * (k + 1)) / order.length);
    }
    return { genes: Int32Array.from(measured).sort(), swaps, gained };
  } finally {
    residual.dispose();
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
