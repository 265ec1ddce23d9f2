/** What a run will do, in order, and what each part is expected to cost. */
import type { Params } from '../../shared/params.ts';
import { MOST_CELLS } from '../steps/random-panels.ts';
import type { Phase } from './meter.ts';
import type { Speeds } from './speeds.ts';

/** Multiply-adds that one unit of cost stands for. */
const PER_UNIT = 5e10;

export interface Sizes {
  readonly cells: number;
  readonly train: number;
  readonly genes: number;
  /** Landmarks among the genes, or 0 where there are too few of them for the L1000 models. */
  readonly landmarks: number;
  /** Expected size of the panel. */
  readonly panel: number;
}

/** Updates that a training takes, and the fewest epochs; chosen in docs/choices.md. */
const UPDATES = 1000;
const FEWEST_EPOCHS = 8;

/**
 * Epochs in which the learning rate falls to zero, where patience does not end a training before: the more steps an epoch
 * has, the fewer are needed.
 */
export function scheduledEpochs({ epochs, batch }: Pick<Params, 'epochs' | 'batch'>, train: number): number {
  const steps = Math.max(1, Math.ceil(train / batch));
  return Math.min(epochs, Math.max(FEWEST_EPOCHS, Math.ceil(UPDATES / steps)));
}

/** Epochs that early stopping usually leaves of the scheduled ones. */
export function expectedEpochs(params: Params, train: number): number {
  return Math.min(scheduledEpochs(params, train), 15 + 2 * params.patience);
}

/**
 * Sizes of a run from the cells and genes that are kept.
 * @param landmarks among the kept genes; too few count as none
 */
export function sizesOf(
  kept: { readonly cells: number; readonly genes: number; readonly landmarks: number },
  params: Params,
  fewestLandmarks: number,
): Sizes {
  const { cells, genes } = kept;
  const asked =
    params.rule !== 'paper'
      ? params.panelSize
      : 2 * Math.min(params.panelEnds, Math.floor(params.panelShare * genes));
  return {
    cells,
    genes,
    train: Math.floor(Math.floor(cells * (1 - params.testShare)) * (1 - params.stopShare)),
    landmarks: kept.landmarks >= fewestLandmarks ? kept.landmarks : 0,
    panel: Math.max(1, Math.min(asked, Math.floor(genes / 2))),
  };
}

/** Weights of a network with biases left out. */
export function networkWeights(inputs: number, hidden: readonly number[], targets: number): number {
  const widths = [inputs, ...hidden, targets];
  return widths.slice(1).reduce((sum, width, k) => sum + width * widths[k]!, 0);
}

export interface PlanOptions {
  /** Seconds per unit of cost for each kind of phase; without them, costs stay in units. */
  readonly speeds?: Speeds | null;
  /** Epochs that every network takes. Default: what early stopping usually leaves. */
  readonly epochs?: number;
}

export function planRun(sizes: Sizes, params: Params, options: PlanOptions = {}): Phase[] {
  const { cells, train, genes, landmarks, panel } = sizes;
  const epochs = options.epochs ?? expectedEpochs(params, train);
  const speed = (kind: keyof Speeds): number => options.speeds?.[kind] ?? 1;
  const phase = (name: string, kind: keyof Speeds, label: string, cost: number): Phase => ({
    phase: name,
    label,
    cost: cost * speed(kind),
  });
  const network = (name: string, label: string, inputs: number, targets: number): Phase =>
    phase(name, 'network', label, networkCost(inputs, params.hidden, targets, train, epochs));
  const linear = (name: string, label: string, inputs: number): Phase =>
    phase(name, 'linear', label, 0.5 + (inputs * inputs * (train + 40 * genes)) / PER_UNIT);
  return [
    phase('prepare', 'prepare', 'Filtering and normalising', 0.2 + (cells * genes) / 1e8),
    ...(params.embeddings
      ? [phase('embedding', 'embedding', 'Drawing maps of the cells', 1 + cells / 400)]
      : []),
    ...(landmarks > 0
      ? [
          linear('linear-l1000', 'Linear model from the L1000 landmarks', landmarks),
          network('dnn-l1000', 'Network from the L1000 landmarks', landmarks, genes - landmarks),
        ]
      : []),
    network('select', 'Network that selects the panel', genes, genes),
    ...(drawsOf(params) > 0
      ? [
          phase(
            'stability',
            'network',
            'Networks on halves of the cells',
            drawsOf(params) * networkCost(genes, params.hidden, genes, train / 2, epochs),
          ),
        ]
      : []),
    ...(isSelected(params)
      ? [phase('choose', 'random', 'Selecting the panel', selection(sizes, params))]
      : []),
    linear('linear-panel', 'Linear model from the panel', panel),
    network('dnn-panel', 'Network from the panel', panel, genes - panel),
    ...(params.randomPanels > 0
      ? [
          phase(
            'random-panels',
            'random',
            'Random panels of the same size',
            randomPanels(sizes, params.randomPanels),
          ),
        ]
      : []),
    phase('finish', 'finish', 'Comparing the models', 2 + (cells * genes) / 1e8),
  ];
}

/** Cost of training a network. */
export function networkCost(
  inputs: number,
  hidden: readonly number[],
  targets: number,
  train: number,
  epochs: number,
): number {
  return 0.2 + (3 * networkWeights(inputs, hidden, targets) * train * epochs) / PER_UNIT;
}

/** Whether genes are chosen by a search of their own instead of being read from weights. */
export function isSelected({ rule }: Pick<Params, 'rule'>): boolean {
  return rule !== 'paper' && rule !== 'norm';
}

/** Further networks that the panel is read from. */
export function drawsOf(params: Pick<Params, 'rule' | 'selectionDraws'>): number {
  return isSelected(params) ? 0 : params.selectionDraws;
}

/** Products of all genes, then for each gene of the panel one look at all others, for greedy through all products. */
function selection({ train: all, genes, panel, landmarks }: Sizes, { rule }: Params): number {
  const train = Math.min(all, MOST_CELLS.train);
  const each = rule === 'greedy' ? 10 * genes * genes : 0;
  const steps = rule === 'guided' ? 2 * landmarks + panel : rule === 'distances' ? 3 * panel : panel;
  return 1 + (genes * genes * train + steps * (each + 20 * panel * genes)) / PER_UNIT;
}

/** Products of the genes in any of the panels, then about three inversions and solutions for each panel. */
function randomPanels({ train: all, genes, panel }: Sizes, count: number): number {
  const train = Math.min(all, MOST_CELLS.train);
  const inAny = genes * (1 - (1 - Math.min(1, panel / genes)) ** count);
  const each = panel * panel * (40 * panel + 3 * genes) + (panel * genes * train) / 5;
  return 1 + (inAny * genes * train + 3 * count * each) / (3 * PER_UNIT);
}
