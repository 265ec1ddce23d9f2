/** README.txt of an export: what each file is, what went missing on the way, which list goes into which tool. */
import { plainText } from '../../shared/charts/text.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import type { Figure, MissingFigure } from './figures.ts';
import type { ListFile } from './gene-lists.ts';
import { BACKGROUND_COLUMNS } from './gene-table.ts';

export function readmeText(
  run: RunArtifacts,
  lists: readonly ListFile[],
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
    ...lists.map(list => [`lists/${list.file}`, list.note]),
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
      `  g:Profiler, ShinyGO, Metascape: lists/${name}_ensembl.txt or _symbols.txt, with lists/background_* as custom background`,
      `  Enrichr: lists/${name}_symbols.txt, with lists/background_symbols.txt as background`,
      `  DAVID, clusterProfiler: lists/${name}_entrez.txt, with lists/background_entrez.txt as background (universe)`,
      `  PANTHER: lists/${name}_ensembl.txt, with lists/background_ensembl.txt as reference list`,
      `  GSEA (pre-ranked): lists/${name}_ranked.rnk`,
      '  The only right background is the genes of this run: all others would make its tissues look enriched.',
    ].join('\n'),
    'In panel.csv and background.csv a text that starts with = + - or @ has an apostrophe in front, so that no spreadsheet\nruns it. Spreadsheets may turn symbols of CSV files such as SEPT2 into dates; panel.xlsx and the Ensembl ids are safe.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
