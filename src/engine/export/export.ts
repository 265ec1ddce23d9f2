/** The export of a run: tables, lists, figures, report, methods and the record to repeat it, in one folder. */
import { setImmediate } from 'node:timers/promises';
import { cancelled } from '../../shared/errors.ts';
import type { Progress } from '../../shared/model.ts';
import type { EngineEnvironment } from '../environment.ts';
import type { RunArtifacts } from '../recipe/artifacts.ts';
import { boardFiles, splitCsv } from './board-files.ts';
import { geneCsv } from './csv.ts';
import { ExportWorker } from './export-worker.ts';
import { FIGURE_NAMES } from './figure-names.ts';
import { ExportFolder } from './folder.ts';
import { enrichmentFiles } from './enrichment-files.ts';
import { geneLists } from './gene-lists.ts';
import { BACKGROUND_COLUMNS, PANEL_COLUMNS } from './gene-table.ts';
import { methodsText } from './methods.ts';
import { readmeText } from './readme.ts';
import { panelOrders } from './order-sheets.ts';
import { reportHtml, type DrawnFigure } from './report.ts';
import { TRUST_FILE, trustCsv } from './trust-table.ts';
import { runRecord } from './run-record.ts';

export interface ExportContext {
  readonly signal: AbortSignal;
  progress(value: Progress): void;
}

/** Figures are drawn at 96 dots per inch; three times that prints sharply in a journal's column. */
const PNG_ZOOM = 3;

/**
 * Writes everything about a run into the folder `out`, which is made if it is missing.
 * @returns names of the files, with / between folders
 * @throws AppError BAD_INPUT when `out` is a file, WORKSPACE or NO_ROOM when it cannot be written, CANCELLED; then
 *   nothing in `out` has changed
 */
export async function exportRun(
  run: RunArtifacts,
  out: string,
  environment: EngineEnvironment,
  context: ExportContext,
): Promise<string[]> {
  const folder = await ExportFolder.open(out);
  try {
    await writeAll(run, folder, environment, context);
    if (context.signal.aborted) throw cancelled('The export');
    context.progress({ phase: 'publish', label: 'Putting the files in place', done: 0, of: 0 });
    await folder.publish(isExportFile);
    return [...folder.files];
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

async function writeAll(
  run: RunArtifacts,
  folder: ExportFolder,
  environment: EngineEnvironment,
  context: ExportContext,
): Promise<void> {
  const step = async (phase: string, label: string, done = 0, of = 0): Promise<void> => {
    context.progress({ phase, label, done, of });
    await setImmediate();
    if (context.signal.aborted) throw cancelled('The export');
  };
  const { panel } = run.metrics;
  await step('tables', 'Writing tables and gene lists');
  await folder.write('metrics.json', `${JSON.stringify(run.metrics, null, 2)}\n`);
  await folder.write('run.json', runRecord(run));
  const inPanel = run.genes.filter(gene => gene.inPanel);
  await folder.write('panel.csv', geneCsv(PANEL_COLUMNS, inPanel));
  await folder.write('background.csv', geneCsv(BACKGROUND_COLUMNS, run.genes));
  const trust = trustCsv(run);
  if (trust !== null) await folder.write(TRUST_FILE, trust);
  const lists = geneLists(panel.name, run.genes);
  for (const list of lists) await folder.write(`lists/${list.file}`, list.content);
  await step('tables', 'Ordering the panel');
  const orders = panelOrders(run, environment);
  for (const sheet of orders) await folder.write(`orders/${sheet.file}`, sheet.content);
  await step('enrichment', 'Testing the panel and L1000 for GO terms');
  const enrichment = enrichmentFiles(run, environment);
  for (const file of enrichment.files) await folder.write(`enrichment/${file.file}`, file.content);

  const boards = boardFiles(run.board);
  for (const file of boards) await folder.write(`panels/${file.file}`, file.content);
  if (run.split !== null) await folder.write('split.csv', splitCsv(run.split));

  // The charts are a few hundred modules, which would slow down the start of every command.
  const { runFigures } = await import('./figures.ts');
  const { figures, missing } = runFigures(run);
  const drawn: DrawnFigure[] = [];
  const worker = new ExportWorker(environment, context.signal);
  try {
    await step('tables', 'Writing the spreadsheet');
    await folder.write('panel.xlsx', await worker.workbook(panel.name, run.genes));
    for (const [k, figure] of figures.entries()) {
      await step('figures', 'Drawing figures', k, figures.length);
      const svg = figure.svg();
      drawn.push({ ...figure, svg });
      await folder.write(`figures/${figure.name}.svg`, svg);
      await folder.write(`figures/${figure.name}.png`, await worker.png(svg, PNG_ZOOM));
    }
  } finally {
    await worker.close();
  }

  await step('report', 'Writing the report');
  const methods = methodsText(run, enrichment.release);
  await folder.write('methods.txt', methods);
  await folder.write('report.html', reportHtml(run, drawn, missing, methods, enrichment));
  await folder.write('README.txt', readmeText(run, { lists, orders, enrichment, boards }, figures, missing));
}

const FIXED = new Set([
  ...['metrics.json', 'run.json', 'panel.csv', 'background.csv', 'panel.xlsx', 'methods.txt', 'report.html'],
  ...['split.csv', TRUST_FILE],
  ...FIGURE_NAMES.flatMap(name => [`figures/${name}.svg`, `figures/${name}.png`]),
  'README.txt',
]);
const SETS = String.raw`(F\d+|L1000|F\d+_(and|or|not)_L1000|L1000_not_F\d+|background)`;
const VARYING = [
  new RegExp(`^lists/${SETS}_(symbols|ensembl|entrez)\\.txt$`),
  /^lists\/F\d+_(ranked\.rnk|ranked_entrez\.csv|panther_values\.txt|ordered\.txt)$/,
  /^lists\/(panels\.gm[tx]|gene_sets_cellxgene\.csv)$/,
  /^orders\/(imaging_panel|ampliseq|primer_plate_(96|384))\.csv$/,
  /^panels\/(scoreboard\.(csv|json)|\d+_[a-z0-9]+\.txt)$/,
  /^enrichment\/(F\d+|L1000)_GO\.csv$/,
];

/** Whether an export, of whatever run, writes a file of this name. */
export function isExportFile(name: string): boolean {
  return FIXED.has(name) || VARYING.some(pattern => pattern.test(name));
}
