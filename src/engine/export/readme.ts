/** README.txt of an export: what each file is, what went missing on the way, which list goes into which tool. */
import { plainText } from '../../shared/charts/text.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { Figure, MissingFigure } from './figures.ts';
import type { EnrichmentFiles } from './enrichment-files.ts';
import type { ListFile } from './gene-lists.ts';
import { BACKGROUND_COLUMNS } from './gene-table.ts';
import { TRUST_FILE, TRUST_NOTE } from './trust-table.ts';

export function readmeText(
  run: RunArtifacts,
  written: {
    readonly lists: readonly ListFile[];
    readonly orders: readonly ListFile[];
    readonly boards: readonly ListFile[];
    readonly enrichment: Pick<EnrichmentFiles, 'files' | 'release'>;
  },
  figures: readonly Figure[],
  missing: readonly MissingFigure[],
): string {
  const { summary, metrics, dataset } = run;
  const { name } = metrics.panel;
  const files = [
    ['report.html', 'the whole run to read; opens in any browser, needs no network'],
    ['methods.txt', 'a methods paragraph with references'],
    ['metrics.json', 'all scores, for programs'],
    ['run.json', 'parameters, seed, sources and checksums: the run can be made again from it'],
    ['panel.csv', `the genes of ${name}`],
    ['panel.xlsx', `the same as a spreadsheet, with all genes of the run and the meaning of the columns`],
    ['background.csv', 'all genes of the run, with their weights and scores'],
    ...written.lists.map(list => [`lists/${list.file}`, list.note]),
    ...written.enrichment.files.map(file => [`enrichment/${file.file}`, file.note]),
    ...written.orders.map(sheet => [`orders/${sheet.file}`, sheet.note]),
    ...(run.errors === null ? [] : [[TRUST_FILE, TRUST_NOTE]]),
    ...(run.split === null ? [] : [['split.csv', 'which cell was used for training, stopping and testing']]),
    ...written.boards.map(file => [`panels/${file.file}`, file.note]),
    ...figures.map(figure => [`figures/${figure.name}.svg, .png`, figure.caption]),
  ];
  const sections = [
    `${oneLine(summary.name)}: export of F910 Studio ${metrics.app.version}`,
    ...(metrics.dataset.simulated ? ['SIMULATED DATA: these counts were made by a program.'] : []),
    oneLine(metrics.verdict),
    `Data set ${oneLine(dataset.name)}, SHA-256 ${dataset.checksum}; ${summary.preset} recipe, seed ${summary.seed}.`,
    `Files\n${files.map(([file, what]) => `  ${file!}\n      ${what!}`).join('\n')}`,
    ...(missing.length > 0
      ? [`Figures left out\n${missing.map(m => `  ${m.name}: ${oneLine(m.why)}`).join('\n')}`]
      : []),
    `Columns of the tables\n${BACKGROUND_COLUMNS.map(c => `  ${c.name}: ${c.meaning}`).join('\n')}`,
    [
      'Which list goes where',
      `  g:Profiler: lists/${name}_ensembl.txt with lists/background_ensembl.txt as custom background; lists/${name}_ordered.txt for an ordered query`,
      `  ShinyGO, Metascape: lists/${name}_ensembl.txt or _symbols.txt, with lists/background_* as background`,
      `  Enrichr: lists/${name}_symbols.txt, with lists/background_symbols.txt as background`,
      `  DAVID: lists/${name}_entrez.txt, with lists/background_entrez.txt as background`,
      `  clusterProfiler: lists/${name}_entrez.txt with lists/background_entrez.txt as universe; lists/${name}_ranked_entrez.csv for GSEA`,
      `  PANTHER: lists/${name}_ensembl.txt, with lists/background_ensembl.txt as reference list; lists/${name}_panther_values.txt for its enrichment test`,
      `  GSEA: lists/${name}_ranked.rnk (pre-ranked) and lists/panels.gmt or .gmx (the lists as gene sets)`,
      '  cellxgene: lists/gene_sets_cellxgene.csv',
      '  The other lists of the folder (L1000, in both, in one, in one only) go the same ways.',
      '  The only right background is the genes of this run: all others would make its tissues look enriched.',
    ].join('\n'),
    `GO terms: ${written.enrichment.release}. Over-representation by the hypergeometric test among the genes of the run that have\na term in the namespace, terms of 10 to 500 of them, annotations carried to all ancestors, adjusted by Benjamini and Hochberg\nwithin each namespace.`,
    'In tables (panel.csv, background.csv, enrichment/, orders/ but for ampliseq.csv) a text that starts with = + - or @, or that a\nspreadsheet would take for a date (SEPT2), has an apostrophe in front. Lists for other tools have none: open them in a text\neditor, or take panel.xlsx and the Ensembl ids, which are safe.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
