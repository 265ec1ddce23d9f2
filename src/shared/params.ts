/**
 * The parameters of a run: one table of keys with default, meaning and parser. The terminal's `--set`, the form of the
 * interface, params.json and the methods paragraph all read this table, so a key exists in one place.
 */
import { z } from 'zod';
import type { GeneFlag } from './assay-fit.ts';
import { badInput } from './errors.ts';

/** Raise when a key is added or changes its meaning, and add an upgrader below: old runs open for ever. */
export const PARAMS_VERSION = 5;

/** Smallest and largest number that a key takes. */
export interface ParamRange {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}
const ranges = new Map<z.ZodType, ParamRange>();
const ranged = <T extends z.ZodType>(schema: T, range: ParamRange): T => {
  ranges.set(schema, range);
  return schema;
};
const whole = (min: number, max: number) =>
  ranged(z.coerce.number().int().min(min).max(max), { min, max, whole: true });
const real = (min: number, max: number) =>
  ranged(z.coerce.number().min(min).max(max), { min, max, whole: false });
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(v => v === 'true')]);
const widths = z
  .union([
    z.array(z.number()),
    z.string().transform(s => s.split(',').map(Number)),
    z.number().transform(n => [n]),
  ])
  .pipe(z.array(z.number().int().min(1).max(8192)).min(1).max(4));

const shape = {
  seed: whole(0, 2 ** 31 - 1),
  maxCellsPerType: whole(0, 1e9),
  minLibrarySize: real(0, 1e12),
  maxLibrarySize: real(0, 1e12),
  minGenesPerCell: whole(0, 1e6),
  maxMitochondrialShare: real(0, 1),
  minReads: whole(1, 1e6),
  minCells: whole(1, 1e9),
  targetSum: real(1, 1e9),
  logBase: z.union([z.coerce.number().pipe(z.union([z.literal(2), z.literal(10)])), z.literal('e')]),
  testShare: real(0.05, 0.5),
  stopShare: real(0.05, 0.5),
  hidden: widths,
  dropout: real(0, 0.9),
  batch: whole(1, 65536),
  learningRate: real(1e-6, 1),
  epochs: whole(1, 10000),
  patience: whole(1, 1000),
  lambda: real(0, 1e3),
  rule: z.enum(['paper', 'norm', 'neighbours', 'distances', 'mixed', 'greedy', 'types', 'guided']),
  typeShare: real(0, 1),
  panelEnds: whole(1, 1e5),
  panelShare: real(0.0001, 0.5),
  panelSize: whole(1, 1e5),
  selectionDraws: whole(0, 50),
  randomPanels: whole(0, 99),
  avoidCrowding: flag,
  avoidBarelyDetected: flag,
  avoidMitochondrial: flag,
  avoidRibosomal: flag,
  avoidSexLinked: flag,
  avoidDissociation: flag,
  embeddings: flag,
};
const parser = z.strictObject(shape);
export type Params = z.infer<typeof parser>;
export type ParamKey = keyof Params;

/** `paper`: facts of the method with this project's documented readings. Network defaults come from docs/choices.md. */
const paper: Params = {
  seed: 1,
  maxCellsPerType: 0,
  minLibrarySize: 1000,
  maxLibrarySize: 0,
  minGenesPerCell: 0,
  maxMitochondrialShare: 1,
  minReads: 3,
  minCells: 5,
  targetSum: 10000,
  logBase: 10,
  testShare: 0.2,
  stopShare: 0.1,
  hidden: [256],
  dropout: 0.2,
  batch: 64,
  learningRate: 1e-3,
  epochs: 100,
  patience: 5,
  lambda: 5e-4,
  rule: 'paper',
  typeShare: 0.2,
  panelEnds: 500,
  panelShare: 0.056,
  panelSize: 910,
  selectionDraws: 0,
  randomPanels: 20,
  avoidCrowding: false,
  avoidBarelyDetected: false,
  avoidMitochondrial: false,
  avoidRibosomal: false,
  avoidSexLinked: false,
  avoidDissociation: false,
  embeddings: true,
};

export const PRESETS = {
  paper,
  quick: { ...paper, hidden: [128], epochs: 30, patience: 3, randomPanels: 5 },
} as const satisfies Record<string, Params>;
export type PresetName = keyof typeof PRESETS;

/** What each key means, in the words of the form and of `run --help`. */
export const PARAM_HELP: Readonly<Record<ParamKey, string>> = {
  seed: 'Number that fixes every random choice: same seed, same data, same result',
  maxCellsPerType: 'Draw at most this many cells of each cell type; 0 keeps all',
  minLibrarySize: 'Remove cells with fewer counts than this over all genes',
  maxLibrarySize: 'Remove cells with more counts than this, which may be two cells in one; 0 sets no limit',
  minGenesPerCell: 'Remove cells in which fewer genes than this have a count; 0 removes none',
  maxMitochondrialShare:
    'Remove cells with a larger share of their counts in mitochondrial genes (MT-), often damaged cells; 1 sets no limit',
  minReads: 'A gene counts as seen in a cell from this many reads on',
  minCells: 'Keep genes seen in at least this many cells',
  targetSum: 'Counts per cell after library-size normalisation',
  logBase: 'Base of log(x + 1): 10, 2 or e',
  testShare: 'Share of cells held out for the final scores only',
  stopShare: 'Share of the remaining cells used for early stopping and every choice',
  hidden: 'Width of the hidden layer; several widths with commas for several layers',
  dropout: 'Share of hidden units switched off at random in each training step',
  batch: 'Cells per training step',
  learningRate: 'Step size of the Adam optimiser at the start; it falls to zero over the epochs',
  epochs: 'Most passes over the training cells; many cells need fewer, which is then what they get',
  patience: 'Stop after this many epochs without improvement on the stop cells',
  lambda:
    'Strength of the group lasso that switches genes off, in units of the loss of predicting every mean',
  rule: 'How the panel is chosen: from the weights of the network by paper (largest and smallest weights) or norm (largest rows); by forward selection for neighbours, neighbours and distances between cells (distances), all genes (greedy), cell types, or both (mixed); or guided, from L1000',
  typeShare: 'mixed rule: share of the aim that cell types have, the rest being neighbours',
  panelEnds: 'paper rule: genes taken from each end of the ranking',
  panelShare: 'paper rule: never more than this share of the genes from each end',
  panelSize: 'All rules but paper: number of genes in the panel',
  selectionDraws:
    'paper and norm rules: further networks, each from another seed on a random half of the training cells; the panel is then the genes that most of them choose (stability selection). 0 reads it from one network',
  randomPanels: 'Random panels of the same size to compare with, as what chance gives; 0 compares with none',
  avoidCrowding:
    'Keep very highly expressed genes out of the panel: 20 normalised counts of 10,000 or more in a mean cell, whose spots crowd an image',
  avoidBarelyDetected: 'Keep genes out of the panel that fewer than 1 % of the training cells show',
  avoidMitochondrial: 'Keep mitochondrial genes (MT-) out of the panel',
  avoidRibosomal: 'Keep ribosomal proteins (RPL, RPS) out of the panel',
  avoidSexLinked: 'Keep genes out of the panel that tell the sexes apart: Y chromosome, XIST, TSIX',
  avoidDissociation:
    'Keep immediate-early and heat-shock genes that dissociation induces out of the panel (van den Brink et al. 2017)',
  embeddings: 'Compute PCA, t-SNE, UMAP and clusters for the figures',
};

/** Names of the fields of the form, of tables and of what can be undone. */
export const PARAM_NAMES: Readonly<Record<ParamKey, string>> = {
  seed: 'Seed',
  maxCellsPerType: 'Most cells of each type',
  minLibrarySize: 'Smallest library size',
  maxLibrarySize: 'Largest library size',
  minGenesPerCell: 'Fewest genes in a cell',
  maxMitochondrialShare: 'Largest mitochondrial share',
  minReads: 'Reads that count as seen',
  minCells: 'Cells a gene must be seen in',
  targetSum: 'Counts per cell after normalising',
  logBase: 'Base of the logarithm',
  testShare: 'Share of test cells',
  stopShare: 'Share of stop cells',
  hidden: 'Hidden layers',
  dropout: 'Dropout',
  batch: 'Cells per training step',
  learningRate: 'Learning rate',
  epochs: 'Most epochs',
  patience: 'Patience',
  lambda: 'Group lasso',
  rule: 'Panel rule',
  typeShare: 'Share of cell types',
  panelEnds: 'Genes from each end',
  panelShare: 'Most from each end, as a share',
  panelSize: 'Panel size',
  selectionDraws: 'Networks for stability',
  randomPanels: 'Random panels',
  avoidCrowding: 'Avoid crowding genes',
  avoidBarelyDetected: 'Avoid barely detected genes',
  avoidMitochondrial: 'Avoid mitochondrial genes',
  avoidRibosomal: 'Avoid ribosomal genes',
  avoidSexLinked: 'Avoid sex-linked genes',
  avoidDissociation: 'Avoid dissociation genes',
  embeddings: 'Maps of the cells',
};
export const PARAM_KEYS = Object.keys(shape) as ParamKey[];

/** Null for keys that are no single number. */
export function paramRange(key: ParamKey): ParamRange | null {
  return ranges.get(shape[key]) ?? null;
}

/** Whether a key takes that value by itself. */
export function fits(key: ParamKey, value: unknown): boolean {
  return shape[key].safeParse(value).success;
}

/**
 * Preset plus changes, checked.
 * @throws AppError BAD_INPUT naming the unknown key or the value that is out of range, with the range.
 */
export function parseParams(preset: string, changes: Readonly<Record<string, unknown>> = {}): Params {
  if (!Object.hasOwn(PRESETS, preset)) {
    throw badInput(
      'preset',
      `There is no preset "${preset}"; there are ${Object.keys(PRESETS).join(' and ')}.`,
    );
  }
  for (const key of Object.keys(changes)) {
    if (!Object.hasOwn(shape, key)) {
      throw badInput(key, `There is no parameter "${key}". The parameters are ${PARAM_KEYS.join(', ')}.`);
    }
  }
  const result = parser.safeParse({ ...PRESETS[preset as PresetName], ...changes });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = String(issue.path[0] ?? 'params');
  throw badInput(key, `The parameter ${key} cannot be ${JSON.stringify(changes[key])}: ${issue.message}.`);
}

type Stored = Readonly<Record<string, unknown>>;

/** From each version to the next. A key that is new gets the value under which nothing changes. */
const UPGRADES: Readonly<Record<number, (params: Stored) => Stored>> = {
  1: params => ({
    maxLibrarySize: 0,
    minGenesPerCell: 0,
    maxMitochondrialShare: 1,
    randomPanels: 0,
    ...params,
  }),
  2: params => ({
    avoidCrowding: false,
    avoidBarelyDetected: false,
    avoidMitochondrial: false,
    avoidRibosomal: false,
    avoidSexLinked: false,
    avoidDissociation: false,
    ...params,
  }),
  3: params => ({ typeShare: 0.2, ...params }),
  4: params => ({ selectionDraws: 0, ...params }),
};

/** Stored parameters of any earlier version, brought to the present one. */
export function upgradeParams(stored: { readonly version: number; readonly params: Stored }): Params {
  if (!(Number.isInteger(stored.version) && stored.version >= 1 && stored.version <= PARAMS_VERSION)) {
    throw badInput(
      'version',
      `These parameters are of version ${stored.version}; this app knows up to ${PARAMS_VERSION}. Update F910 Studio.`,
    );
  }
  let params = stored.params;
  for (let version = stored.version; version < PARAMS_VERSION; version++) params = UPGRADES[version]!(params);
  return parser.parse(params);
}

/** Base of the logarithm as a number. */
export function logBaseOf(params: Pick<Params, 'logBase'>): number {
  return params.logBase === 'e' ? Math.E : params.logBase;
}

/** The flags of genes that a run keeps out of its panel. */
export function avoidedFlags(params: Params): GeneFlag[] {
  return AVOID.filter(([key]) => params[key]).map(([, flag]) => flag);
}

const AVOID = [
  ['avoidCrowding', 'crowding'],
  ['avoidBarelyDetected', 'barely-detected'],
  ['avoidMitochondrial', 'mitochondrial'],
  ['avoidRibosomal', 'ribosomal'],
  ['avoidSexLinked', 'sex-linked'],
  ['avoidDissociation', 'dissociation'],
] as const satisfies readonly (readonly [ParamKey, GeneFlag])[];
