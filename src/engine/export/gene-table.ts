/** The table of genes that exports write: its columns, once, for CSV and for spreadsheets. */
import type { PanelGene } from '../../shared/model.ts';

export interface Column {
  readonly name: string;
  /** What it means, for the README. */
  readonly meaning: string;
  /** Text stays text in every program: SEPT2 must not become a date. */
  readonly text: boolean;
  readonly value: (gene: PanelGene) => string | number | null;
}

const text = (name: string, meaning: string, value: (gene: PanelGene) => string): Column => ({
  name,
  meaning,
  text: true,
  value,
});
const number = (name: string, meaning: string, value: (gene: PanelGene) => number | null): Column => ({
  name,
  meaning,
  text: false,
  value,
});
const flag = (name: string, meaning: string, value: (gene: PanelGene) => boolean): Column =>
  text(name, meaning, gene => (value(gene) ? 'yes' : 'no'));

const ABOUT: readonly Column[] = [
  text('symbol', 'gene symbol', g => g.symbol),
  text(
    'ensembl',
    'Ensembl gene id, without version; it identifies the gene where a program changes symbols',
    g => g.ensembl,
  ),
  number('entrez', 'NCBI Entrez gene id', g => (g.entrez > 0 ? g.entrez : null)),
  text('name_in_file', 'name as the count file gives it', g => g.name),
];
const WEIGHTS: readonly Column[] = [
  text(
    'list',
    'how it came into the panel: maximum, minimum or both (paper rule), or the rule that chose it',
    g => g.list,
  ),
  text('reason', 'why a selector chose it; empty for panels read from weights', g => g.reason ?? ''),
  number(
    'selection_share',
    'share of networks on random halves of the training cells that choose it; empty where the run trained none',
    g => g.share ?? null,
  ),
  number('rank_maximum', 'place when genes are ranked by their largest weight', g => g.rankMaximum),
  number('rank_minimum', 'place when genes are ranked by their smallest weight', g => g.rankMinimum),
  number('maximum', 'largest first-layer weight', g => g.maximum),
  number('minimum', 'smallest first-layer weight', g => g.minimum),
  number('norm', 'Euclidean norm of its first-layer weights', g => g.norm),
];
const MEASURED: readonly Column[] = [
  number('mean', 'mean over the training cells on the log scale of the run', g => g.mean),
  number('detected', 'share of training cells with a count above zero', g => g.detected),
  flag('landmark', 'L1000 landmark gene', g => g.landmark),
];

/** Genes of the panel. */
export const PANEL_COLUMNS: readonly Column[] = [...ABOUT, ...WEIGHTS, ...MEASURED];

/** All genes of the run. */
export const BACKGROUND_COLUMNS: readonly Column[] = [
  ...ABOUT,
  flag('in_panel', 'belongs to the panel', g => g.inPanel),
  ...WEIGHTS,
  flag('switched_off', 'its weights were switched off by the group lasso', g => g.switchedOff),
  ...MEASURED,
  number(
    'r2',
    'held-out R2 of the panel’s linear model; empty for panel genes and constant genes',
    g => g.r2,
  ),
];
