/**
 * The panel, read out of the selection network: rules `paper` and `norm` (docs/method.md) over each gene's row of
 * first-layer weights.
 */
import { AppError } from '../../shared/errors.ts';
import type { PanelStability } from '../../shared/model.ts';
import type { Params } from '../../shared/params.ts';
import { agreement, meanJaccard, shareOfPanels } from './agreement.ts';
import { range } from './cells.ts';
import { counted, grouped } from './words.ts';

/** Per gene, over its row of first-layer weights (one weight per hidden unit). */
export interface WeightRows {
  readonly maximum: Float32Array;
  readonly minimum: Float32Array;
  /** Euclidean length of the row. */
  readonly norm: Float32Array;
}

export interface Panel {
  readonly rule: Params['rule'];
  /** F and its size. */
  readonly name: string;
  /** Positions among the run's genes, ascending. */
  readonly genes: Int32Array;
  /** Per gene of the run: 'maximum', 'minimum', 'both' or 'norm' for panel genes, '' for the others. */
  readonly list: readonly string[];
  /** Per gene of the run: 1 for the largest maximum, and 1 for the smallest minimum. */
  readonly rankMaximum: Int32Array;
  readonly rankMinimum: Int32Array;
  readonly switchedOff: Uint8Array;
  /** Panel genes whose value at a cut equals that of a gene left out; gene order decided. */
  readonly ties: number;
  /** Why a selector chose each gene of the panel. */
  readonly reasons?: ReadonlyMap<number, string>;
  /** Per gene of the run: share of further networks that choose it. */
  readonly shares?: Float64Array;
  readonly stability?: PanelStability;
  readonly notes: readonly string[];
}

/** A row below this share of the largest row is switched off. */
const SWITCHED_OFF = 1e-3;

/**
 * @param avoided per gene, 1 for one that must not be in the panel
 * @throws AppError NOT_POSSIBLE where the weights are not finite, or no gene is left on
 */
export function readPanel(
  weights: WeightRows,
  params: Pick<Params, 'rule' | 'panelEnds' | 'panelShare' | 'panelSize'>,
  avoided: Uint8Array = new Uint8Array(weights.norm.length),
): Panel {
  const { maximum, minimum, norm } = weights;
  const genes = norm.length;
  const largest = norm.reduce((most, value) => Math.max(most, value), 0);
  if (!Number.isFinite(largest)) {
    throw refusal(
      'The selection network has weights that are not numbers: its training went out of bounds. Lower `learningRate`.',
    );
  }
  if (largest === 0) {
    throw refusal('The group lasso switched off every gene, so no panel can be read. Lower `lambda`.');
  }
  const switchedOff = Uint8Array.from(norm, value => (value < SWITCHED_OFF * largest ? 1 : 0));
  const byMaximum = descending(maximum);
  const byMinimum = descending(minimum.map(value => -value));
  const notes: string[] = [];
  const size = sizeOf(params, genes, notes);
  const cut = (order: Int32Array, value: Float32Array): Cut =>
    take(
      order.filter(gene => switchedOff[gene] === 0 && avoided[gene] === 0),
      value,
      size,
    );
  const cuts =
    params.rule !== 'paper'
      ? { norm: cut(descending(norm), norm) }
      : { maximum: cut(byMaximum, maximum), minimum: cut(byMinimum, minimum) };

  const list = new Array<string>(genes).fill('');
  for (const [name, { chosen }] of Object.entries(cuts)) {
    for (const gene of chosen) list[gene] = list[gene] === '' ? name : 'both';
  }
  const panel = range(genes).filter(gene => list[gene] !== '');
  const on = switchedOff.reduce((sum, off, gene) => sum + (off === 0 && avoided[gene] === 0 ? 1 : 0), 0);
  if (on < size) {
    notes.push(
      `The group lasso left ${grouped(on)} of ${grouped(genes)} genes on, fewer than the ${grouped(size)} asked for${params.rule === 'paper' ? ' from each end' : ''}. Lower \`lambda\` for a larger panel.`,
    );
  }
  return {
    rule: params.rule,
    name: `F${panel.length}`,
    genes: panel,
    list,
    rankMaximum: ranks(byMaximum),
    rankMinimum: ranks(byMinimum),
    switchedOff,
    ties: Object.values(cuts).reduce((sum, { ties }) => sum + ties, 0),
    notes,
  };
}

/** The paper rule has no size of its own: a gene is in when at least so many networks choose it. */
const MAJORITY = 0.5;

/**
 * Stability selection (Meinshausen and Buehlmann 2010): the genes that most of several networks choose. The norm rule takes as
 * many as it was asked for, those with larger rows first where shares are equal; the paper rule takes each gene that half of
 * the networks or more choose.
 * @param read the panel of the network on all training cells
 * @param draws panels of networks on random halves of them
 */
export function stablePanel(read: Panel, norm: Float32Array, draws: readonly Int32Array[]): Panel {
  const shares = shareOfPanels(draws, norm.length);
  const chosen = range(norm.length)
    .filter(gene => shares[gene]! > 0)
    .sort((g, h) => shares[h]! - shares[g]! || norm[h]! - norm[g]! || g - h);
  const genes =
    read.rule === 'paper'
      ? chosen.filter(gene => shares[gene]! >= MAJORITY)
      : chosen.slice(0, read.genes.length);
  if (genes.length < 2) {
    const note = `No panel could be made of genes that at least half of ${draws.length} networks choose, so the panel is that of one network.`;
    return { ...read, shares, notes: [...read.notes, note] };
  }
  const list = new Array<string>(norm.length).fill('');
  for (const gene of genes) list[gene] = read.list[gene] === '' ? 'stable' : read.list[gene]!;
  return {
    ...read,
    ...{ list, shares, ties: 0 },
    name: `F${genes.length}`,
    genes: genes.sort(),
    stability: { draws: draws.length, jaccard: meanJaccard(draws), ...agreement(genes, shares) },
  };
}

/** The same weights, with a panel that a search of its own chose. @param genes in the order they were chosen */
export function selectedPanel(
  read: Panel,
  rule: Panel['rule'],
  { genes, reasons }: { readonly genes: readonly number[]; readonly reasons?: readonly string[] },
): Panel {
  const list = new Array<string>(read.list.length).fill('');
  for (const gene of genes) list[gene] = rule;
  return {
    ...read,
    ...{ rule, list, ties: 0, notes: [] },
    ...(reasons && { reasons: new Map(genes.map((gene, k) => [gene, reasons[k]!])) }),
    name: `F${genes.length}`,
    genes: Int32Array.from(genes).sort(),
  };
}

/** Genes of the whole panel (norm) or from each end (paper); half of the genes at least are left to predict. */
function sizeOf(
  params: Pick<Params, 'rule' | 'panelEnds' | 'panelShare' | 'panelSize'>,
  genes: number,
  notes: string[],
): number {
  const half = Math.floor(genes / 2);
  if (params.rule !== 'paper') {
    if (params.panelSize > half) {
      notes.push(
        `A panel of ${grouped(params.panelSize)} of ${grouped(genes)} genes would leave too few to predict; ${grouped(half)} were taken.`,
      );
    }
    return Math.min(params.panelSize, half);
  }
  const byShare = Math.max(1, Math.floor(params.panelShare * genes + 1e-9));
  const ends = Math.min(params.panelEnds, byShare, Math.floor(half / 2));
  if (ends < params.panelEnds) {
    notes.push(
      `${counted(ends, 'gene was', 'genes were')} taken from each end instead of ${grouped(params.panelEnds)}, because the data have ${grouped(genes)} genes and most have to be left to predict.`,
    );
  }
  return ends;
}

interface Cut {
  readonly chosen: Int32Array;
  readonly ties: number;
}

/** The first `size` of an order, and how many of them have the value of the first one left out. */
function take(order: Int32Array, value: Float32Array, size: number): Cut {
  const chosen = order.slice(0, size);
  const next = order[size];
  if (next === undefined) return { chosen, ties: 0 };
  return { chosen, ties: chosen.filter(gene => value[gene] === value[next]).length };
}

/** Genes by value, largest first; equal values in gene order, because the sort is stable. */
function descending(value: Float32Array): Int32Array {
  return range(value.length).sort((g, h) => value[h]! - value[g]!);
}

/** Position of each gene in an order, from 1. */
function ranks(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  order.forEach((gene, k) => (rank[gene] = k + 1));
  return rank;
}

function refusal(why: string): AppError {
  return new AppError('NOT_POSSIBLE', why, { what: 'panel', why });
}
