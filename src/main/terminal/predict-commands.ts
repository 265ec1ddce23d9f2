/** predict: genes that were not measured in new cells, through the model of a run. */
import { resolve } from 'node:path';
import { badInput } from '../../shared/errors.ts';
import { PREDICTION_FORMATS, type PredictionFormat, type PredictionReport } from '../../shared/predict.ts';
import { importPaths, type AddCommand } from './data-commands.ts';
import { addLabelOptions, addReadOptions, type LabelFlags, type ReadFlags } from './options.ts';
import { count, figure, printResult } from './output.ts';
import { withEngine, type CommonFlags } from './session.ts';

interface PredictFlags extends CommonFlags, ReadFlags, LabelFlags {
  readonly run: string;
  readonly dataset?: string;
  readonly input?: string[];
  readonly genes?: string;
  readonly format?: string;
  readonly out?: string;
  readonly check?: boolean;
}

export function addPredictCommands(add: AddCommand, done: (code: Promise<number>) => Promise<void>): void {
  addLabelOptions(
    addReadOptions(
      add(
        'predict',
        'all genes of new cells in which only the panel of a run, or part of it, was measured',
      ).argument('[path...]'),
    ),
  )
    .requiredOption('--run <id>', 'the run whose panel was measured and whose model predicts')
    .option('--input <path...>', 'the new cells, the same as [path...]')
    .option('--dataset <id>', 'a stored data set instead of paths')
    .option('--genes <file>', 'a list of the measured genes, where it is not the panel of the run')
    .option('--format <format>', `${PREDICTION_FORMATS.join(', ')} (by the ending of --out, else h5ad)`)
    .option(
      '--out <file>',
      'where the prediction goes; a folder for mtx; csv has NAME.genes.csv and NAME.cells.csv beside it',
    )
    .option('--check', 'say what can be promised, and write nothing')
    .action((paths: string[], flags: PredictFlags) =>
      done(predict([...paths, ...(flags.input ?? [])], flags)),
    );
}

function predict(paths: readonly string[], flags: PredictFlags): Promise<number> {
  return withEngine(flags, async session => {
    const { client, output, meter, signal } = session;
    const format = formatOf(flags);
    if (flags.check !== true && flags.out === undefined) {
      throw badInput(
        '--out',
        'Say where the prediction goes with --out FILE, or ask with --check what can be promised.',
      );
    }
    if ((paths.length === 0) === (flags.dataset === undefined)) {
      throw badInput('path', 'Give the new cells: either paths or --dataset ID.');
    }
    const dataset = flags.dataset ?? (await importPaths(session, paths, flags)).id;
    const request = {
      ...{ run: flags.run, dataset },
      ...(flags.genes === undefined ? {} : { panel: { path: resolve(flags.genes) } }),
    };
    const call = { signal, onProgress: meter.phase };
    if (flags.check === true) {
      const found = await client.call('predict.check', request, call);
      meter.end();
      return printResult(output, found, reportLines(found.report));
    }
    const written = await client.call(
      'predict.write',
      { ...request, format, out: resolve(flags.out!) },
      call,
    );
    meter.end();
    printResult(output, written, [...reportLines(written.report), `Written to ${written.out}`]);
  });
}

function formatOf({ format, out }: PredictFlags): PredictionFormat {
  const asked = format ?? /\.(h5ad|csv)$/i.exec(out ?? '')?.[1]?.toLowerCase() ?? 'h5ad';
  const found = PREDICTION_FORMATS.find(known => known === asked);
  if (found === undefined) {
    throw badInput('--format', `There is no format ${asked}; there are ${PREDICTION_FORMATS.join(', ')}.`);
  }
  return found;
}

function reportLines(report: PredictionReport): string[] {
  const { cells, genes, panel, found, foundBy, promised, ofRun, testCells, trust, unlike } = report;
  return [
    `${count(cells)} cells; ${count(found)} of ${count(panel)} panel genes are measured (${Object.entries(
      foundBy,
    )
      .map(([by, n]) => `${count(n)} by ${by}`)
      .join(', ')})`,
    `From these, scaled by their own total, the model explains ${figure(promised)} of the variance of the other genes in ${count(testCells)} held-out cells${ofRun === null ? '' : ` (${figure(ofRun)} with the whole panel and the library size known)`}`,
    `${count(genes)} genes: ${count(trust.measured)} measured, ${count(trust.predictable)} predictable (held-out R2 of .1 or more), ${count(trust.weak)} weak, ${count(trust.blind)} blind`,
    `${count(unlike)} cells are unlike the cells of the run`,
    ...report.notes.map(note => `Note: ${note}`),
  ];
}
