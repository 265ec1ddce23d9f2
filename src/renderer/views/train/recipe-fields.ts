/** How the form asks for each parameter: in which group it stands, and what a value means in words. */
import {
  fits,
  paramRange,
  PARAM_NAMES,
  PRESETS,
  type ParamKey,
  type Params,
  type PresetName,
} from '../../../shared/params.ts';
import { count } from '../../ui/format.ts';

export interface FieldGroup {
  readonly title: string;
  /** What the group decides. */
  readonly about: string;
  readonly keys: readonly ParamKey[];
}

/** Always in sight. Which of the two sizes is asked for depends on the rule. */
export const MAIN: readonly ParamKey[] = ['seed', 'epochs', 'lambda'];

export const GROUPS: readonly FieldGroup[] = [
  {
    title: 'Cells and genes',
    about:
      'Which cells and genes are kept, and how counts are normalised. Quality shows what each filter does.',
    keys: [
      'minLibrarySize',
      'maxLibrarySize',
      'minGenesPerCell',
      'maxMitochondrialShare',
      'maxCellsPerType',
      'minReads',
      'minCells',
      'targetSum',
      'logBase',
    ],
  },
  {
    title: 'Split',
    about: 'Which share of the cells is held out, for the scores and for choices.',
    keys: ['testShare', 'stopShare'],
  },
  {
    title: 'Network',
    about: 'Size and training of the three networks.',
    keys: ['hidden', 'dropout', 'batch', 'learningRate', 'patience'],
  },
  {
    title: 'Panel',
    about: 'How the panel is chosen, and compared with chance.',
    keys: ['panelEnds', 'panelShare', 'panelSize', 'selectionDraws', 'typeShare', 'randomPanels'],
  },
  {
    title: 'Genes to avoid',
    about:
      'Genes that probes measure badly or that say little about the cells: they stay among the genes that are predicted, but not in the panel.',
    keys: [
      'avoidCrowding',
      'avoidBarelyDetected',
      'avoidMitochondrial',
      'avoidRibosomal',
      'avoidSexLinked',
      'avoidDissociation',
    ],
  },
  { title: 'Maps', about: 'Pictures of the cells for the report.', keys: ['embeddings'] },
];

/** Keys of each rule; the others have no effect under it. */
export const RULES: readonly { readonly value: Params['rule']; readonly label: string }[] = [
  { value: 'paper', label: 'Both ends of the weights (paper)' },
  { value: 'norm', label: 'Largest weights' },
  { value: 'neighbours', label: 'Search: keep neighbours' },
  { value: 'distances', label: 'Search: keep neighbours and distances' },
  { value: 'mixed', label: 'Search: neighbours and cell types' },
  { value: 'greedy', label: 'Search: explain all genes' },
  { value: 'types', label: 'Search: mark cell types' },
  { value: 'guided', label: 'Start from L1000' },
];

export function sizeOfRule(rule: Params['rule']): ParamKey {
  return rule === 'paper' ? 'panelEnds' : 'panelSize';
}

const UNUSED_UNDER: Partial<Record<ParamKey, (rule: unknown) => boolean>> = {
  panelEnds: rule => rule !== 'paper',
  panelShare: rule => rule !== 'paper',
  panelSize: rule => rule === 'paper',
  selectionDraws: rule => rule !== 'paper' && rule !== 'norm',
  typeShare: rule => rule !== 'mixed',
};

export function hasEffect(key: ParamKey, rule: unknown): boolean {
  return UNUSED_UNDER[key]?.(rule) !== true;
}

export const PRESET_WORDS: Readonly<Record<PresetName, { readonly title: string; readonly text: string }>> = {
  paper: {
    title: 'Paper',
    text: 'The published method with 256 hidden units and up to 100 epochs (8 are enough for many cells). Use it for results you report.',
  },
  quick: {
    title: 'Quick',
    text: 'The same steps with half the hidden units and at most 30 epochs. Use it for a first look.',
  },
};

/** A value as it is read. */
export function valueText(key: ParamKey, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.join(', ');
  if (key === 'logBase') return value === 'e' ? 'e (natural)' : String(value);
  return typeof value === 'number' && value >= 10_000 && key !== 'seed' ? count(value) : String(value);
}

/** What can be entered, as a sentence; null where the value fits. */
export function problemOf(key: ParamKey, value: unknown): string | null {
  if (fits(key, value)) return null;
  return `${PARAM_NAMES[key]} takes ${rangeText(key)}.`;
}

export function rangeText(key: ParamKey): string {
  if (key === 'hidden') return 'one to four whole numbers from 1 to 8,192, with commas between them';
  const range = paramRange(key);
  if (range === null) return 'one of the values offered';
  return `${range.whole ? 'a whole number' : 'a number'} from ${bound(range.min)} to ${bound(range.max)}`;
}

function bound(value: number): string {
  return value !== 0 && value < 0.001 ? String(value) : count(value);
}

/** How many of these differ from the preset. */
export function changedIn(keys: readonly ParamKey[], isChanged: (key: ParamKey) => boolean): number {
  return keys.filter(isChanged).length;
}

/** The preset's value of a key, in words, to stand beside a changed one. */
export function presetText(preset: PresetName, key: ParamKey): string {
  return `${preset}: ${valueText(key, PRESETS[preset][key])}`;
}
