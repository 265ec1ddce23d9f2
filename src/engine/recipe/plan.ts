/** What a run will do, in order, and what each part is expected to cost. */
import type { Params } from '../../shared/params.ts';
import type { Phase } from './meter.ts';

/** Multiply-adds that a second of work is worth; only the proportions of the phases matter. */
const PER_SECOND = 5e10;

export interface Sizes {
  readonly cells: number;
  readonly train: number;
  readonly genes: number;
  readonly landmarks: number;
  /** Expected size of the panel. */
  readonly panel: number;
}

/** Epochs that early stopping usually leaves of the longest allowed. */
const expectedEpochs = (params: Params): number => Math.min(params.epochs, 15 + 2 * params.patience);

export function planRun(sizes: Sizes, params: Params, withLandmarks: boolean): Phase[] {
  const { cells, train, genes, landmarks, panel } = sizes;
  const network = (inputs: number, targets: number): number => {
    const widths = [inputs, ...params.hidden, targets];
    const weights = widths.slice(1).reduce((sum, width, k) => sum + width * widths[k]!, 0);
    return 1 + (3 * weights * train * expectedEpochs(params)) / PER_SECOND;
  };
  const linear = (inputs: number): number => 2 + (inputs * inputs * (train + 40 * genes)) / PER_SECOND;
  const scoring = 0.5 + (cells * genes) / 2e8;
  const phase = (name: string, label: string, cost: number): Phase => ({ phase: name, label, cost });
  return [
    phase('prepare', 'Filtering and normalising', 1 + (cells * genes) / 1e8),
    ...(params.embeddings ? [phase('embedding', 'Drawing maps of the cells', 2 + cells / 400)] : []),
    ...(withLandmarks
      ? [
          phase('linear-l1000', 'Linear model from the L1000 landmarks', linear(landmarks) + scoring),
          phase(
            'dnn-l1000',
            'Network from the L1000 landmarks',
            network(landmarks, genes - landmarks) + scoring,
          ),
        ]
      : []),
    phase('select', 'Network that selects the panel', network(genes, genes) + scoring),
    phase('linear-panel', 'Linear model from the panel', linear(panel) + scoring),
    phase('dnn-panel', 'Network from the panel', network(panel, genes - panel) + scoring),
    ...(params.randomPanels > 0
      ? [phase('random-panels', 'Random panels of the same size', randomPanels(sizes, params.randomPanels))]
      : []),
    phase('finish', 'Comparing the models', 1 + scoring),
  ];
}

/** Products of the genes in any of the panels, then about three inversions and solutions for each panel. */
function randomPanels({ train, genes, panel }: Sizes, count: number): number {
  const inAny = genes * (1 - (1 - Math.min(1, panel / genes)) ** count);
  const each = panel * panel * (40 * panel + 3 * genes) + (panel * genes * train) / 5;
  return 1 + (inAny * genes * train + 3 * count * each) / (3 * PER_SECOND);
}
