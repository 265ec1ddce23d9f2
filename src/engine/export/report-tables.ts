/** The tables of report.html: what was kept, the models, their fair comparison, the panel, the cell types. */
import { basename } from 'node:path';
import { fromPanel, logName, modelLabel } from '../../shared/charts/labels.ts';
import { formatCount, formatFigure, formatP, formatScore, formatShare } from '../../shared/charts/text.ts';
import { isEnriched, SIGNIFICANT, type EnrichedSet } from '../../shared/enrichment.ts';
import type { ModelMetrics, PairMetrics, PanelGene, Spread } from '../../shared/model.ts';
import { stabilityWords } from '../../shared/panel-words.ts';
import { failing } from '../../shared/quality/words.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { EnrichmentFiles } from './enrichment-files.ts';
import { html, table, type Html, type TableColumn } from './html.ts';

interface Loss {
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

export function preprocessingPart({ metrics, dataset }: RunArtifacts): Html {
  const p = metrics.preprocess;
  const losses: Loss[] = [
    { what: 'Cells', before: p.cellsIn, after: p.cellsKept },
    { what: 'Genes', before: p.genesIn, after: p.genesKept },
    { what: 'L1000 landmarks', before: p.landmarksIn, after: p.landmarksKept },
  ];
  const groups: Loss[] = [
    ...p.perType.map(t => ({ what: `Cell type: ${t.type}`, before: t.before, after: t.after })),
    ...p.perExperiment.map(e => ({ what: `Experiment: ${e.experiment}`, before: e.before, after: e.after })),
  ];
  const columns: TableColumn<Loss>[] = [
    { name: '', numeric: false, cell: l => l.what },
    { name: 'Imported', numeric: true, cell: l => formatCount(l.before) },
    { name: 'Kept', numeric: true, cell: l => formatCount(l.after) },
    {
      name: 'Kept, share',
      numeric: true,
      cell: l => (l.before > 0 ? formatShare(l.after / l.before) : 'n/a'),
    },
  ];
  const scale =
    p.alreadyLog === null
      ? `Counts are normalised to ${formatCount(p.targetSum)} per cell, then ${logName(metrics.logBase)}(x + 1).`
      : 'The values were logarithms already; they were not normalised again.';
  const further = (p.cellFilters ?? [])
    .filter(({ filter }) => filter !== 'minLibrarySize')
    .map(({ filter, threshold, lost }) => `${failing(filter, threshold)} (${formatCount(lost)} cells)`);
  return html`<h2>Data and preprocessing</h2>
    <p>
      ${dataset.sources.length === 1 ? 'One file' : `${dataset.sources.length} files`}:
      ${dataset.sources.map(s => basename(s.path)).join(', ')}. ${scale}
    </p>
    ${table(`Cells below ${formatCount(p.minLibrarySize)} counts, and genes with fewer than ${p.minReads} reads in ${p.minCells} cells, are left out.`, columns, losses)}
    ${further.length > 0 ? html`<p>Cells were also removed for having ${further.join(', then ')}.</p>` : null}
    ${groups.length > 0 ? table('The same by group.', columns, groups) : null}
    ${p.notes.map(note => html`<p>${note}</p>`)}`;
}

export function modelsPart({ metrics }: RunArtifacts): Html {
  const scale = logName(metrics.logBase);
  const columns: TableColumn<ModelMetrics>[] = [
    {
      name: 'Model',
      numeric: false,
      cell: m => `${modelLabel(m.id, metrics.panel.name)}${m.id === 'mean' ? ' (floor)' : ''}`,
    },
    { name: 'Inputs', numeric: true, cell: m => formatCount(m.inputs) },
    { name: 'Targets', numeric: true, cell: m => formatCount(m.targets) },
    { name: 'Explained variance', numeric: true, cell: m => formatScore(m.ev) },
    { name: '… over all genes', numeric: true, cell: m => formatScore(m.evAllGenes) },
    { name: 'Gene R², median (quartiles)', numeric: true, cell: m => quartiles(m.geneR2) },
    { name: 'Gene Pearson r, median', numeric: true, cell: m => formatScore(m.medianGenePearson) },
    { name: `MSE (${scale})`, numeric: true, cell: m => formatFigure(m.mse) },
    { name: `Weighted MSE (${scale})`, numeric: true, cell: m => formatFigure(m.wmse) },
    { name: 'Epochs', numeric: true, cell: m => (m.epochs > 0 ? m.epochs : '') },
  ];
  return html`<h2>Models</h2>
    ${table(
      `Scores on ${formatCount(metrics.split.test)} held-out cells that no choice has seen. Explained variance: 0 is the mean of every gene, 1 is perfect; ` +
        '“over all genes” counts measured genes as known. Models have different targets, so their rows must not be compared with each other; the next table does that fairly.',
      columns,
      metrics.models,
    )}`;
}

function quartiles(spread: Spread): string {
  if (spread.median === null) return 'n/a';
  return `${formatScore(spread.median)} (${formatScore(spread.lower)} to ${formatScore(spread.upper)})`;
}

export function pairsPart({ metrics }: RunArtifacts): Html | null {
  if (metrics.pairs.length === 0) return null;
  const name = (id: PairMetrics['a']): string => modelLabel(id, metrics.panel.name);
  const columns: TableColumn<PairMetrics>[] = [
    { name: 'Comparison', numeric: false, cell: p => `${name(p.b)} against ${name(p.a)}` },
    { name: 'Common targets', numeric: true, cell: p => formatCount(p.targets) },
    { name: 'First', numeric: true, cell: p => formatScore(p.evB) },
    { name: 'Second', numeric: true, cell: p => formatScore(p.evA) },
    {
      name: 'Difference (95 % interval)',
      numeric: true,
      cell: p => `${formatScore(p.difference)} (${formatScore(p.low)} to ${formatScore(p.high)})`,
    },
    { name: 'Reading', numeric: false, cell: reading },
  ];
  return html`<h2>Fair comparisons</h2>
    ${table(
      `Explained variance on the genes that are targets of both, held-out cells; intervals by bootstrap over ${metrics.pairs[0]!.resampled}.`,
      columns,
      metrics.pairs,
    )}`;
}

function reading({ low, high }: PairMetrics): string {
  if (low > 0) return 'first is better';
  return high < 0 ? 'second is better' : 'no clear difference';
}

/** Genes shown of a panel; the whole list stands in panel.csv. */
const SHOWN_GENES = 40;

export function panelPart({ metrics, genes }: RunArtifacts): Html {
  const { panel, preprocess } = metrics;
  const top = genes
    .filter(g => g.inPanel)
    .toSorted((a, b) => b.norm - a.norm)
    .slice(0, SHOWN_GENES);
  const columns: TableColumn<PanelGene>[] = [
    { name: 'Gene', numeric: false, cell: g => g.symbol || g.name },
    { name: 'Ensembl', numeric: false, cell: g => g.ensembl },
    { name: 'List', numeric: false, cell: g => g.list },
    { name: 'Norm of weights', numeric: true, cell: g => formatFigure(g.norm) },
    { name: 'Largest', numeric: true, cell: g => formatFigure(g.maximum) },
    { name: 'Smallest', numeric: true, cell: g => formatFigure(g.minimum) },
    { name: 'Detected in', numeric: true, cell: g => formatShare(g.detected) },
    { name: 'L1000', numeric: false, cell: g => (g.landmark ? 'yes' : '') },
  ];
  const overlap =
    panel.l1000Present > 0
      ? html`<p>
          ${panel.name} shares ${formatCount(panel.l1000Overlap)} genes with the
          ${formatCount(panel.l1000Present)} L1000 landmarks in these data;
          ${panel.expectedOverlap.toFixed(1)} would be expected by chance (two-sided hypergeometric p
          ${formatP(panel.p)}, background ${formatCount(preprocess.genesKept)} genes).
        </p>`
      : html`<p>
          None of the L1000 landmarks is among the genes of this run, so the panel cannot be compared with
          L1000.
        </p>`;
  const shown =
    top.length < panel.size
      ? `The ${top.length} genes with the largest weights; all ${formatCount(panel.size)} stand in panel.csv.`
      : 'All genes of the panel.';
  return html`<h2>Panel ${panel.name}</h2>
    ${overlap} ${panel.stability ? html`<p>${stabilityWords(panel.stability)}</p>` : null}
    ${panel.ties > 0 ? html`<p>${formatCount(panel.ties)} genes at the cut tie with others and were taken in the order of the data.</p>` : null}
    ${table(`${shown} “Detected in”: share of training cells with a count.`, columns, top)}`;
}

type TypeScore = ModelMetrics['perType'][number];

export function typesPart({ metrics }: RunArtifacts): Html | null {
  const best = metrics.models.findLast(m => fromPanel(m.id) && m.perType.length > 0);
  if (best === undefined) return null;
  const columns: TableColumn<TypeScore>[] = [
    { name: 'Cell type', numeric: false, cell: t => t.type },
    { name: 'Held-out cells', numeric: true, cell: t => formatCount(t.cells) },
    { name: 'Explained variance', numeric: true, cell: t => formatScore(t.ev) },
    { name: `MSE (${logName(metrics.logBase)})`, numeric: true, cell: t => formatFigure(t.mse) },
  ];
  return html`<h2>Cell types</h2>
    ${table(
      `${modelLabel(best.id, metrics.panel.name)}, held-out cells of each type.${best.worstType === null ? '' : ` Worst: ${best.worstType}.`}`,
      columns,
      best.perType.toSorted((a, b) => b.cells - a.cells),
    )}`;
}

/** Most rows of a list that the report shows; the files have all. */
const SHOWN_TERMS = 12;

export function enrichmentPart({ lists, release }: Pick<EnrichmentFiles, 'lists' | 'release'>): Html {
  const columns: TableColumn<EnrichedSet>[] = [
    { name: 'Term', numeric: false, cell: row => row.name },
    { name: 'Id', numeric: false, cell: row => row.id },
    { name: 'Kind', numeric: false, cell: row => row.namespace },
    { name: 'Genes', numeric: true, cell: row => `${row.overlap} of ${row.setSize}` },
    { name: 'Fold', numeric: true, cell: row => row.fold.toFixed(1) },
    { name: 'adjusted p', numeric: true, cell: row => formatP(row.adjusted) },
  ];
  return html`<h2>What the genes do</h2>
    <p>
      Terms of the Gene Ontology against the genes kept (${release}); adjusted p up to ${String(SIGNIFICANT)}.
      Shown are the enriched terms without an enriched one below them; enrichment/ has every term that was
      tested.
    </p>
    ${lists.map(({ name, rows }) => {
      const enriched = rows.filter(isEnriched).length;
      const shown = rows
        .filter(row => row.specific)
        .sort((a, b) => a.adjusted - b.adjusted || a.p - b.p)
        .slice(0, SHOWN_TERMS);
      const caption = `${name}: ${formatCount(enriched)} of ${formatCount(rows.length)} tested terms are enriched.`;
      return shown.length === 0 ? html`<p>${caption}</p>` : table(caption, columns, shown);
    })}`;
}
