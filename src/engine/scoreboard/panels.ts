/** The panels of a scoreboard: every selector and control at every size. Nothing here reads a stop or test cell but the ridge. */
import type { GeneTable, LabelColumn } from '../../shared/model.ts';
import type { PanelId, SelectorId } from '../../shared/scoreboard.ts';
import { createRandom } from '../../core/random.ts';
import type { CellRows } from '../counts/rows.ts';
import { fitPanelRidge, type PartProducts } from '../models/panel-ridge.ts';
import {
  componentTargets,
  geneAim,
  mixedTargets,
  typeTargets,
  type Aim,
  type OtherTargets,
} from '../selection/aim.ts';
import { differential, excessVariance, loadings, ranked } from '../selection/controls.ts';
import {
  forwardPath,
  guidedPanels,
  improve,
  type Pick as Chosen,
  type SelectionRequest,
} from '../selection/forward.ts';
import { distancesOf } from '../selection/distances.ts';
import { gatedGenes } from '../selection/gates.ts';
import { explained } from '../steps/metrics.ts';
import type { TensorEngine } from '../tensor/engine.ts';
import { COMPONENTS } from './places.ts';

export interface ChosenPanel {
  readonly id: PanelId;
  readonly size: number;
  /** In the order they were chosen. */
  readonly genes: readonly number[];
  readonly reasons?: readonly string[];
  /** Of `distances`: share of the genes that are those of `neighbours`. */
  readonly leading?: number;
}

/** What somebody wants of panels. */
export interface SelectionWishes {
  readonly selectors: readonly SelectorId[];
  /** Ascending. */
  readonly sizes: readonly number[];
  /** For `mixed`: share of the aim that cell types have. */
  readonly typeShare: number;
  /** Genes swapped after forward selection until so many tries in a row brought nothing; 0 for none. */
  readonly swaps: number;
  /** Where `guided` starts from; null for the landmarks in the data. */
  readonly start: readonly number[] | null;
  readonly mustHave: readonly number[];
  /** Per gene, 1 for one that may not be chosen. */
  readonly banned: Uint8Array;
  /** Per gene as a target of `greedy`; null for all alike. */
  readonly weights: Float32Array | null;
  /** For `distances`: the share of leading genes by size, where it is known; else a panel with each of them is chosen. */
  readonly leading?: ReadonlyMap<number, number>;
}

/** One selector at one size, with no other wish. */
export function plainWishes(selector: SelectorId, size: number, genes: number): SelectionWishes {
  const none = { typeShare: 0.2, swaps: 0, start: null, mustHave: [], weights: null };
  return { selectors: [selector], sizes: [size], ...none, banned: new Uint8Array(genes) };
}

export interface PanelsInput extends SelectionWishes {
  readonly engine: TensorEngine;
  readonly rows: CellRows;
  readonly train: Int32Array;
  readonly means: Float64Array;
  /** Test cells have no part in it. */
  readonly products: Pick<PartProducts, 'train' | 'stop'>;
  readonly genes: GeneTable;
  readonly landmarks: Int32Array;
  /** Of all kept cells. */
  readonly types: LabelColumn | null;
  /** Row norms of the selection network, by gene. */
  readonly norms: ArrayLike<number>;
  /** The run's own panel, ascending. */
  readonly panel: readonly number[];
  /** Whether controls are wanted beside the selectors. */
  readonly controls: boolean;
  readonly seed: number;
  readonly signal: AbortSignal;
  onShare(share: number, label: string): void;
}

/** Strengths of the selection that are tried, relative to the mean of the diagonal of X'X. */
const STRENGTHS = [0.01, 0.1, 1, 10];
/** Size at which they are compared. */
const TRIED_AT = 200;
/** Draws of landmarks where there are more of them than the size. */
const DRAWS = 5;
const GUIDED_TRIES = 30;
/** For `distances`: shares of the genes that are those of `neighbours`; with fewer it keeps more and predicts less. */
const LEADING = [0.25, 0.1];
/** And how far down the path of `neighbours` the others are looked for, in sizes of the panel. */
const REACH = 2;

export interface PanelsFound {
  readonly panels: readonly ChosenPanel[];
  readonly selectionRidge: number;
  readonly notes: readonly string[];
}

/** @throws AppError CANCELLED */
export async function choosePanels(input: PanelsInput): Promise<PanelsFound> {
  const { engine, products, sizes, signal, banned, mustHave, genes } = input;
  const { squares } = products.train;
  const count = squares.length;
  const largest = sizes.at(-1)!;
  const notes: string[] = [];
  const steps = input.selectors.length + 2;
  let done = 0;
  const began = (label: string): ((share: number) => void) => {
    const from = done++;
    input.onShare(from / steps, label);
    return share => input.onShare((from + share) / steps, label);
  };
  const components = await componentTargets(engine, products.train, Math.min(COMPONENTS, count - 1), signal);
  const types = typesOf(input);
  const scale = squares.reduce((sum, square) => sum + square, 0) / count || 1;
  const requestOf = (
    aim: Aim,
    ridge: number,
    onShare: (share: number) => void,
  ): Omit<SelectionRequest, 'size'> => ({
    ...{ engine, products: products.train, aim, ridge: ridge * scale, mustHave, banned, signal, onShare },
  });
  const neighbourAim: Aim = { geneWeights: null, others: components };
  const selectionRidge = await chooseStrength(
    input,
    strength => requestOf(neighbourAim, strength, () => {}),
    Math.min(TRIED_AT, largest),
  );
  const panels: ChosenPanel[] = [];
  const addPath = async (id: SelectorId, aim: Aim): Promise<void> => {
    const request = requestOf(aim, selectionRidge, began(WORKING[id]));
    const path = await forwardPath({ ...request, size: largest });
    for (const size of sizes) {
      if (path.length < size || size < mustHave.length) continue;
      const picks = path.slice(0, size);
      if (input.swaps === 0) {
        panels.push({
          id,
          size,
          genes: picks.map(({ gene }) => gene),
          reasons: reasonsOf(picks, mustHave, genes),
        });
        continue;
      }
      const swapped = await improve(
        { ...request, size, onShare: () => {} },
        picks.map(({ gene }) => gene),
        input.swaps,
      );
      const reasons = new Map(reasonsOf(picks, mustHave, genes).map((reason, k) => [picks[k]!.gene, reason]));
      panels.push({
        ...{ id, size, genes: [...swapped.genes] },
        reasons: Array.from(
          swapped.genes,
          gene => reasons.get(gene) ?? 'swapped in: explains more than the gene before',
        ),
      });
      notes.push(
        `${swapped.swaps} of ${size} genes of the ${id} panel were swapped after the forward selection.`,
      );
    }
  };
  for (const id of input.selectors) {
    switch (id) {
      case 'greedy':
        await addPath(id, geneAim(count, input.weights));
        break;
      case 'neighbours':
        await addPath(id, neighbourAim);
        break;
      case 'types':
        if (types) await addPath(id, { geneWeights: null, others: types });
        break;
      case 'mixed':
        if (types)
          await addPath(id, {
            geneWeights: null,
            others: mixedTargets(components, types, input.typeShare),
          });
        break;
      case 'distances': {
        const share = began(WORKING[id]);
        const request = requestOf(neighbourAim, selectionRidge, part => share(part / 2));
        const path = await forwardPath({ ...request, size: Math.min(count, REACH * largest) });
        const order = path.map(({ gene }) => gene);
        const reasons = reasonsOf(path, mustHave, genes);
        const distances = distancesOf(engine, input.rows, input.train, input.seed);
        try {
          for (const [k, size] of sizes.entries()) {
            const known = input.leading?.get(size);
            const within = new Set(order.slice(0, REACH * size));
            const closed = banned.map((value, gene) => (within.has(gene) ? value : 1));
            for (const leading of known === undefined ? LEADING : [known]) {
              const start = order.slice(0, Math.max(mustHave.length, Math.round(leading * size)));
              const own = await distances.extend(start, size, closed, signal);
              if (own.length < size) continue;
              panels.push({
                ...{ id, size, leading, genes: own },
                reasons: own.map((_, rank) => reasons[rank < start.length ? rank : -1] ?? 'keeps distances'),
              });
            }
            share((1 + (k + 1) / sizes.length) / 2);
          }
        } finally {
          distances.dispose();
        }
        break;
      }
      case 'norm': {
        began(WORKING[id]);
        const order = first(mustHave, ranked(input.norms, banned));
        const reasons = byWeight(order, input.norms, mustHave);
        for (const size of sizes)
          panels.push({ id, size, genes: order.slice(0, size), reasons: reasons.slice(0, size) });
        break;
      }
      case 'guided': {
        const request = requestOf(neighbourAim, selectionRidge, began(WORKING[id]));
        const start = [...(input.start ?? input.landmarks)].filter(gene => banned[gene] === 0);
        const origin = input.start === null ? 'L1000' : 'your list';
        const found = await guidedPanels(request, start, sizes, GUIDED_TRIES);
        const from = new Set(start);
        for (const [size, { genes: own }] of found) {
          panels.push({
            ...{ id, size, genes: [...own] },
            reasons: Array.from(own, gene => (from.has(gene) ? `kept from ${origin}` : `added to ${origin}`)),
          });
        }
        break;
      }
      case 'gates': {
        const share = began(WORKING[id]);
        for (const [k, size] of sizes.entries()) {
          const chosen = await gatedGenes({
            ...{
              engine,
              rows: input.rows,
              train: input.train,
              means: input.means,
              components,
              squares,
              size,
            },
            ...{ mustHave, banned, seed: input.seed, signal },
            onShare: part => share((k + part) / sizes.length),
          });
          const fixed = new Set(mustHave);
          panels.push({
            ...{ id, size, genes: [...chosen] },
            reasons: Array.from(chosen, (gene, rank) =>
              fixed.has(gene) ? 'must have' : `gate ${rank + 1} of those that stayed open`,
            ),
          });
        }
        break;
      }
    }
  }
  if (types === null && input.selectors.some(id => id === 'types' || id === 'mixed'))
    notes.push(
      'Panels for cell types and the differential control need at least two labelled types of 10 training cells.',
    );
  if (!input.controls) return { panels, selectionRidge, notes };
  began('Picking genes by simple rules');
  const none = new Uint8Array(count);
  const byRule: [PanelId, ArrayLike<number>][] = [
    ['variance', ranked(squares, none)],
    ['hvg', ranked(excessVariance(input.means, squares, input.train.length), none)],
    ['loadings', ranked(loadings(components), none)],
    ...(types ? [['differential', differential(types, squares, none)] as [PanelId, Int32Array]] : []),
    [
      'worst',
      ranked(
        Float64Array.from(input.norms, norm => -norm),
        none,
      ),
    ],
  ];
  for (const size of sizes) {
    for (const [id, order] of byRule) panels.push({ id, size, genes: Array.from(order).slice(0, size) });
    panels.push(...landmarkPanels(input.landmarks, size, input.seed));
  }
  if (input.panel.length > 1) panels.push({ id: 'run', size: input.panel.length, genes: input.panel });
  return { panels, selectionRidge, notes };
}

const WORKING: Readonly<Record<SelectorId, string>> = {
  greedy: 'Selecting genes that explain all others',
  neighbours: 'Selecting genes that keep neighbours',
  mixed: 'Selecting genes for genes and types',
  types: 'Selecting genes that mark types',
  distances: 'Selecting genes that keep distances',
  guided: 'Improving L1000',
  gates: 'Selecting by gates',
  norm: 'Ranking by weights',
};

function typesOf({ rows, train, means, types }: PanelsInput): OtherTargets | null {
  if (types === null) return null;
  const codes = train.map(cell => types.codes[cell]!);
  return typeTargets(rows, train, means, { ...types, codes });
}

/** The strength whose panel explains most of all genes in the stop cells. */
async function chooseStrength(
  { engine, products, signal }: PanelsInput,
  request: (strength: number) => Omit<SelectionRequest, 'size'>,
  size: number,
): Promise<number> {
  let best = { strength: STRENGTHS[1]!, ev: -Infinity };
  for (const strength of STRENGTHS) {
    const path = await forwardPath({ ...request(strength), size });
    const panel = Int32Array.from(path, ({ gene }) => gene).sort();
    const model = await fitPanelRidge(engine, products, panel, 1, signal);
    if (model === null) continue;
    const left = model.errors(products.stop).reduce((sum, error) => sum + error, 0);
    model.dispose();
    const ev =
      explained(
        left,
        products.stop.squares.reduce((sum, square) => sum + square, 0),
      ) ?? -Infinity;
    if (ev > best.ev) best = { strength, ev };
  }
  return best.strength;
}

/** All landmarks where they are as many as the size or fewer, else several random draws of them. */
function landmarkPanels(landmarks: Int32Array, size: number, seed: number): ChosenPanel[] {
  if (landmarks.length < 2) return [];
  if (landmarks.length <= size) return [{ id: 'l1000', size, genes: [...landmarks] }];
  return Array.from({ length: DRAWS }, (_, k) => ({
    id: 'l1000' as const,
    size,
    genes: [
      ...createRandom(seed, 'landmarks', size, k)
        .shuffle<number, Int32Array>(landmarks.slice())
        .slice(0, size),
    ],
  }));
}

function byWeight(order: readonly number[], norms: ArrayLike<number>, mustHave: readonly number[]): string[] {
  const fixed = new Set(mustHave);
  const largest = Math.max(...order.map(gene => norms[gene]!)) || 1;
  return order.map((gene, k) =>
    fixed.has(gene)
      ? 'must have'
      : `weight ${k + 1}: ${Math.round((100 * norms[gene]!) / largest)} % of the largest in the network`,
  );
}

/** Some genes before all others of an order. */
function first(genes: readonly number[], order: Int32Array): number[] {
  const held = new Set(genes);
  return [...genes, ...Array.from(order).filter(gene => !held.has(gene))];
}

function reasonsOf(picks: readonly Chosen[], mustHave: readonly number[], { symbol }: GeneTable): string[] {
  const total = picks.reduce((sum, { gain }) => sum + gain, 0) || 1;
  const fixed = new Set(mustHave);
  return picks.map(({ gene, gain, carries }, k) => {
    const names = carries.map(one => (typeof one === 'number' ? symbol[one]! : one));
    const share = `${((100 * gain) / total).toFixed(2)} % of what the panel explains`;
    return `${fixed.has(gene) ? 'must have' : `pick ${k + 1}`}: ${share}${names.length > 0 ? `, most of ${names.join(', ')}` : ''}`;
  });
}
