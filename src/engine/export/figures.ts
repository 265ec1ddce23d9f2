/** The figures of a run, as SVG: which there are, at which size, and why one is missing. */
import { embeddingSvg, type CellColour } from '../../shared/charts/embedding.ts';
import { clusterColumn } from '../../shared/charts/categories.ts';
import { geneR2Option } from '../../shared/charts/gene-r2.ts';
import { fromL1000, fromPanel, logName, modelLabel } from '../../shared/charts/labels.ts';
import { librarySizeOption } from '../../shared/charts/library-size.ts';
import { modelScoresOption, pairsOption, perTypeOption } from '../../shared/charts/scores.ts';
import type { FigureSize } from '../../shared/charts/svg.ts';
import { formatCount, formatP, formatShare } from '../../shared/charts/text.ts';
import { LIGHT } from '../../shared/charts/theme.ts';
import { trainingOption } from '../../shared/charts/training.ts';
import { vennSvg } from '../../shared/charts/venn.ts';
import type { Embedding } from '../../shared/contract.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import { chartSvg } from './chart-svg.ts';
import type { FIGURE_NAMES } from './figure-names.ts';

export interface Figure {
  /** File name without ending. */
  readonly name: string;
  /** One line for the README and for those who cannot see it. */
  readonly caption: string;
  /** Draws it; called when it is its turn, so that a cancelled export draws no more. */
  readonly svg: () => string;
}

export interface MissingFigure {
  readonly name: string;
  readonly why: string;
}

export interface FigureSet {
  readonly figures: readonly Figure[];
  readonly missing: readonly MissingFigure[];
}

type FigureName = (typeof FIGURE_NAMES)[number];

const MAP: FigureSize = { width: 900, height: 640 };
const PLOT: FigureSize = { width: 800, height: 500 };
/** Height of a chart with one line a name. */
const rows = (count: number, each: number): number => 150 + each * Math.max(2, count);

export function runFigures(run: RunArtifacts): FigureSet {
  const figures: Figure[] = [];
  const missing: MissingFigure[] = [];
  const add = (name: FigureName, caption: string, svg: () => string): void =>
    void figures.push({ name, caption, svg });
  const lacks = (name: FigureName, why: string): void => void missing.push({ name, why });
  addMaps(run, add, lacks);
  addTraining(run, add, lacks);
  addScores(run, add, lacks);
  return { figures, missing };
}

type Add = (name: FigureName, caption: string, svg: () => string) => void;
type Lacks = (name: FigureName, why: string) => void;

function addMaps({ embedding, dataset, metrics }: RunArtifacts, add: Add, lacks: Lacks): void {
  if (embedding === null) {
    const skipped = metrics.skipped.find(s => /map|embedding|PCA/i.test(s.what));
    const why = skipped?.why ?? 'the run has no maps of the cells';
    for (const name of ['pca', 'tsne', 'umap', 'library-size'] as const) lacks(name, why);
    return;
  }
  const column = (name: string | null) => embedding.columns.find(c => c.name === name);
  const colour: CellColour = {
    kind: 'category',
    column: column(dataset.roles.type) ?? clusterColumn(embedding.clusters),
  };
  const experiments = column(dataset.roles.experiment);
  const coloured = colour.column.name === 'cluster' ? 'cluster' : 'cell type';
  const shown = `${formatCount(embedding.cells.length)} of ${formatCount(metrics.preprocess.cellsKept)} cells`;
  const maps = [
    { name: 'pca', title: 'PCA', points: embedding.pca, axes: componentAxes(embedding) },
    { name: 'tsne', title: 't-SNE', points: embedding.tsne, axes: ['t-SNE 1', 't-SNE 2'] as const },
    { name: 'umap', title: 'UMAP', points: embedding.umap, axes: ['UMAP 1', 'UMAP 2'] as const },
  ] as const;
  for (const { name, title, points, axes } of maps) {
    if (points.length === 0) {
      lacks(name, `the data are too few or too alike for ${title}`);
      continue;
    }
    const draw = (what: string, by: CellColour) => () =>
      embeddingSvg(
        {
          title: `${title} of the cells`,
          subtitle: `${shown}, coloured by ${what}`,
          points,
          axes,
          colour: by,
        },
        MAP,
        LIGHT,
      );
    add(name, `${title} of the cells, coloured by ${coloured}.`, draw(coloured, colour));
    if (name !== 'pca' && experiments !== undefined && experiments.levels.length > 1) {
      const by: CellColour = { kind: 'category', column: experiments };
      add(`${name}-experiments`, `${title} of the cells, coloured by experiment.`, draw('experiment', by));
    }
  }
  add('library-size', 'Number of cells against library size (counts per cell over all genes).', () =>
    chartSvg(
      'library-size',
      librarySizeOption(embedding.librarySize, metrics.preprocess.minLibrarySize, LIGHT),
      PLOT,
    ),
  );
}

function componentAxes({ varianceExplained }: Embedding): readonly [string, string] {
  const name = (k: number): string => `PC${k + 1} (${formatShare(varianceExplained[k] ?? 0)} of variance)`;
  return [name(0), name(1)];
}

function addTraining({ curves, metrics }: RunArtifacts, add: Add, lacks: Lacks): void {
  if (curves.length === 0) return lacks('training-curves', 'the run trained no network');
  const size = { width: Math.max(560, 140 + 330 * curves.length), height: 440 };
  add('training-curves', 'Loss per epoch on training and stop cells, best epoch marked.', () =>
    chartSvg(
      'training-curves',
      trainingOption(curves, metrics.panel.name, logName(metrics.logBase), LIGHT),
      size,
    ),
  );
}

function addScores({ metrics, genes }: RunArtifacts, add: Add, lacks: Lacks): void {
  const { panel, models, pairs, split } = metrics;
  add('model-scores', 'Explained variance of every model on held-out cells.', () =>
    chartSvg('model-scores', modelScoresOption(models, panel.name, split.test, LIGHT), {
      width: 860,
      height: rows(models.length, 46),
    }),
  );
  if (pairs.length > 0) {
    add(
      'pairs',
      'Fair comparisons: difference of explained variance on common targets, with 95 % interval.',
      () =>
        chartSvg('pairs', pairsOption(pairs, panel.name, LIGHT), {
          width: 860,
          height: rows(pairs.length, 46),
        }),
    );
  } else lacks('pairs', 'there are no two models with common targets to compare');
  const typed = models.filter(m => (fromPanel(m.id) || fromL1000(m.id)) && m.perType.length > 1);
  const shown = [typed.findLast(m => fromPanel(m.id)), typed.findLast(m => fromL1000(m.id))].filter(
    m => m !== undefined,
  );
  if (shown.length > 0) {
    add('cell-types', 'Explained variance in the held-out cells of each cell type.', () =>
      chartSvg('cell-types', perTypeOption(shown, panel.name, LIGHT), {
        width: 860,
        height: rows(shown[0]!.perType.length, 26),
      }),
    );
  } else lacks('cell-types', 'the data name fewer than two cell types');
  const r2 = genes.flatMap(g => (g.r2 === null ? [] : [g.r2]));
  if (r2.length > 0) {
    const linear = models.find(m => fromPanel(m.id) && m.id.startsWith('linear'));
    const label = linear === undefined ? panel.name : modelLabel(linear.id, panel.name);
    add('gene-r2', 'Held-out R² of every gene outside the panel.', () =>
      chartSvg('gene-r2', geneR2Option(r2, label, split.test, LIGHT), PLOT),
    );
  } else lacks('gene-r2', 'no gene outside the panel has a score');
  if (panel.l1000Present > 0) {
    const subtitle =
      `Genes of this run; ${panel.expectedOverlap.toFixed(1)} shared genes expected by chance, ` +
      `two-sided hypergeometric p ${formatP(panel.p)}`;
    add('venn', `Genes shared by ${panel.name} and the L1000 landmarks present in the data.`, () =>
      vennSvg(
        {
          title: `${panel.name} and L1000`,
          subtitle,
          a: { name: panel.name, size: panel.size },
          b: { name: 'L1000 present', size: panel.l1000Present },
          shared: panel.l1000Overlap,
        },
        { width: 560, height: 420 },
        LIGHT,
      ),
    );
  } else lacks('venn', 'none of the L1000 landmarks is in the data');
}
